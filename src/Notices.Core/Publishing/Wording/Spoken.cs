using System.Globalization;
using System.Text;
using Notices.Words;

namespace Notices.Publishing;

/// <summary>Numbers and times as they are said aloud in each language.</summary>
public static partial class Spoken
{
    private const string ChineseDigits = "零一二三四五六七八九";

    private static readonly string[] EnglishDigits = ["oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

    private static readonly string[] Small =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen",
        "seventeen", "eighteen", "nineteen",
    ];

    private static readonly string[] Tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    /// <summary>Digit by digit: 031 is 零三一, oh three one. Other characters are left out.</summary>
    public static string Digits(string text, string language)
    {
        var digits = text.Where(char.IsAsciiDigit).Select(digit => digit - '0');

        return language == Languages.English ? string.Join(' ', digits.Select(digit => EnglishDigits[digit])) : string.Concat(digits.Select(digit => ChineseDigits[digit]));
    }

    /// <summary>A number from 0 to 99,999,999: 10 is 十, 1200 is 一千二百, one thousand two hundred.</summary>
    public static string Number(int number, string language) => language == Languages.English ? English(number) : Chinese(number);

    private static string English(int number) => number switch
    {
        < 20 => Small[number],
        < 100 => number % 10 == 0 ? Tens[number / 10] : $"{Tens[number / 10]}-{Small[number % 10]}",
        < 1000 => English(number / 100) + " hundred" + (number % 100 == 0 ? "" : " and " + English(number % 100)),
        < 1_000_000 => English(number / 1000) + " thousand" + Rest(number % 1000),
        _ => English(number / 1_000_000) + " million" + Rest(number % 1_000_000),
    };

    private static string Rest(int rest) => rest == 0 ? "" : rest < 100 ? " and " + English(rest) : " " + English(rest);

    private static string Chinese(int number)
    {
        if (number == 0) return "零";
        if (number >= 10_000) return (number / 10_000 == 2 ? "两" : Chinese(number / 10_000)) + "万" + (number % 10_000 == 0 ? "" : (number % 10_000 < 1000 ? "零" : "") + Chinese(number % 10_000, true));

        return Chinese(number, false);
    }

    /// <param name="number">1 to 9999.</param>
    /// <param name="within">Inside a longer number 10 is 一十, alone 十.</param>
    private static string Chinese(int number, bool within)
    {
        var text = new StringBuilder();
        var skipped = false;
        foreach (var (unit, name) in new[] { (1000, "千"), (100, "百"), (10, "十"), (1, "") })
        {
            var digit = number / unit % 10;
            if (digit == 0)
            {
                skipped |= text.Length > 0;
                continue;
            }

            if (skipped) text.Append('零');
            skipped = false;
            if (!(unit == 10 && digit == 1 && text.Length == 0 && !within)) text.Append(digit == 2 && unit == 1000 ? '两' : ChineseDigits[digit]);
            text.Append(name);
        }

        return text.ToString();
    }
}
