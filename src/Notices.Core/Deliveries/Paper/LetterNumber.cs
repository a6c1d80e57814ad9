using System.Globalization;
using System.Text;

namespace Notices.Deliveries;

/// <summary>The number on a letter and its receipt: the delivery's id and a check digit (ISO/IEC 7064, MOD 11,10), <c>1234567-8</c>. A single digit read or typed wrong is always found,
/// two exchanged almost always, so that an outcome does not go to somebody else's letter.</summary>
public static class LetterNumber
{
    /// <summary>Shorter ones are filled up with zeros, so that all of a stack look alike.</summary>
    private const int Digits = 7;

    /// <summary>Of a 64-bit id; longer ones are none of ours.</summary>
    private const int MostDigits = 18;

    public static string Of(long delivery)
    {
        var digits = delivery.ToString(CultureInfo.InvariantCulture).PadLeft(Digits, '0');

        return $"{digits}-{CheckDigit(digits)}";
    }

    /// <summary>Takes it with or without the hyphen, with blanks, also in full-width figures.</summary>
    /// <returns>The delivery's id; null where it is no such number or its check digit is wrong.</returns>
    public static long? Read(string? text)
    {
        var digits = string.Concat((text ?? "").Normalize(NormalizationForm.FormKC).Where(letter => !char.IsWhiteSpace(letter) && letter is not ('-' or '–' or '‐')));
        if (digits.Length is < 2 or > MostDigits || !digits.All(char.IsAsciiDigit)) return null;

        return CheckDigit(digits.AsSpan(0, digits.Length - 1)) == digits[^1] ? long.Parse(digits.AsSpan(0, digits.Length - 1), CultureInfo.InvariantCulture) : null;
    }

    private static char CheckDigit(ReadOnlySpan<char> digits)
    {
        var product = 10;
        foreach (var digit in digits)
        {
            var sum = (product + (digit - '0')) % 10;
            product = (sum == 0 ? 10 : sum) * 2 % 11;
        }

        return (char)('0' + ((11 - product) % 10));
    }
}
