using System.Globalization;
using System.Text.RegularExpressions;
using Notices.Words;

namespace Notices.Publishing;

/// <content>Times, dates and whole texts.</content>
public static partial class Spoken
{
    private static readonly string[] Ordinals =
    [
        "", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth",
        "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    ];

    /// <param name="minutes">Since midnight, 0 to 1440: 480 is 上午八点, eight in the morning; 1440 is 夜里十二点, midnight.</param>
    public static string Time(int minutes, string language)
    {
        var (hour, minute) = (minutes / 60, minutes % 60);

        return language == Languages.English ? EnglishTime(hour, minute) : ChineseTime(hour, minute);
    }

    /// <summary>1 is first, 21 is twenty-first, up to 31.</summary>
    public static string Ordinal(int number) => number switch
    {
        < 20 => Ordinals[number],
        20 => "twentieth",
        < 30 => "twenty-" + Ordinals[number - 20],
        30 => "thirtieth",
        _ => "thirty-" + Ordinals[number - 30],
    };

    /// <summary>A name with its digits said one by one: 城关031线 is 城关零三一线.</summary>
    public static string Name(string name, string language) => DigitRun().Replace(name, run => Spaced(name, run, Digits(run.Value, language), language)).Trim();

    /// <summary>A text with its times, years and numbers written out; numbers that begin with 0 or have five digits and more are said digit by digit.</summary>
    public static string Text(string text, string language)
    {
        text = ClockTime().Replace(text, time => Spaced(
            text, time, Time((int.Parse(time.Groups[1].Value, CultureInfo.InvariantCulture) * 60) + int.Parse(time.Groups[2].Value, CultureInfo.InvariantCulture), language), language));
        text = Decimal().Replace(text, number => Spaced(
            text, number, $"{Whole(number.Groups[1].Value, language)}{(language == Languages.English ? " point " : "点")}{Digits(number.Groups[2].Value, language)}", language));
        if (language != Languages.English) text = Percent().Replace(text, number => "百分之" + Whole(number.Groups[1].Value, language));

        var rest = text;

        return DigitRun().Replace(rest, run => Spaced(rest, run, Whole(run.Value, language, rest.AsSpan(run.Index + run.Length).StartsWith("年")), language)).Trim();
    }

    private static string ChineseTime(int hour, int minute)
    {
        var part = hour switch
        {
            24 => "夜里",
            < 6 => "凌晨",
            < 12 => "上午",
            12 => "中午",
            < 19 => "下午",
            _ => "晚上",
        };
        var clock = hour switch
        {
            0 => "零",
            2 or 14 => "两",
            <= 12 => Chinese(hour),
            _ => Chinese(hour - 12),
        };

        return $"{part}{clock}点" + (minute == 0 ? "" : (minute < 10 ? "零" : "") + Chinese(minute) + "分");
    }

    private static string EnglishTime(int hour, int minute)
    {
        if (minute == 0 && hour is 0 or 24) return "midnight";
        if (minute == 0 && hour == 12) return "noon";

        var clock = English(hour % 12 == 0 ? 12 : hour % 12) + (minute == 0 ? "" : minute < 10 ? " oh " + English(minute) : " " + English(minute));

        return clock + hour switch
        {
            < 12 => " in the morning",
            < 18 => " in the afternoon",
            < 21 => " in the evening",
            _ => " at night",
        };
    }

    private static string Whole(string digits, string language, bool year = false) =>
        year || digits.Length > 4 || (digits.Length > 1 && digits[0] == '0') ? Digits(digits, language) : Number(int.Parse(digits, CultureInfo.InvariantCulture), language);

    /// <summary>English words stand apart from the letters beside them.</summary>
    private static string Spaced(string text, Match at, string words, string language)
    {
        if (language != Languages.English) return words;

        var before = at.Index > 0 && char.IsLetterOrDigit(text[at.Index - 1]) ? " " : "";
        var after = at.Index + at.Length < text.Length && char.IsLetterOrDigit(text[at.Index + at.Length]) ? " " : "";

        return before + words + after;
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex DigitRun();

    [GeneratedRegex("(?<![0-9])([01]?[0-9]|2[0-4])[:：]([0-5][0-9])(?![0-9])")]
    private static partial Regex ClockTime();

    [GeneratedRegex("([0-9]+)\\.([0-9]+)")]
    private static partial Regex Decimal();

    [GeneratedRegex("([0-9]+)[%％]")]
    private static partial Regex Percent();
}
