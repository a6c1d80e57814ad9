using System.Collections.Concurrent;
using System.Globalization;
using PhoneNumbers;

namespace Notices.Imports;

/// <summary>A number that can be called.</summary>
/// <param name="E164"><c>+8613800138000</c>.</param>
/// <param name="IsMobile">Takes SMS; a number that may be either counts as mobile.</param>
public sealed record PhoneNumber(string E164, bool IsMobile)
{
    private static readonly PhoneNumberUtil Util = PhoneNumberUtil.GetInstance();

    private static readonly ConcurrentDictionary<int, bool?> ChineseMobile = new();

    /// <param name="text">As people write it.</param>
    /// <param name="region">Whose national numbers come without a country code, e.g. <c>CN</c>.</param>
    public static bool TryParse(string text, string region, out PhoneNumber? number)
    {
        number = null;
        try
        {
            // Letters would be read as a dialling pad's.
            if (text.Length > 40 || text.AsSpan().IndexOfAnyInRange('A', 'z') >= 0) return false;
            if (region == "CN" && IsChineseMobile(text) is { } known)
            {
                number = known ? new PhoneNumber("+86" + text, true) : null;

                return known;
            }

            var parsed = Util.Parse(text, region);
            var type = Util.GetNumberType(parsed);
            if (type == PhoneNumberType.UNKNOWN || parsed.HasExtension) return false;
            number = new PhoneNumber(Util.Format(parsed, PhoneNumberFormat.E164), type is PhoneNumberType.MOBILE or PhoneNumberType.FIXED_LINE_OR_MOBILE or PhoneNumberType.PERSONAL_NUMBER);

            return true;
        }
        catch (NumberParseException)
        {
            return false;
        }
    }

    /// <summary>Chinese mobile numbers are told by their first five digits; the last four never decide. Remembering by the first seven spares most of the work
    /// of a county's million.</summary>
    /// <returns>Null for what is not written as eleven digits beginning with 1.</returns>
    private static bool? IsChineseMobile(string text)
    {
        if (text.Length != 11 || text[0] != '1' || text.AsSpan().ContainsAnyExceptInRange('0', '9')) return null;
        var prefix = int.Parse(text.AsSpan(0, 7), NumberStyles.None, CultureInfo.InvariantCulture);

        return ChineseMobile.GetOrAdd(prefix, static (_, number) => Util.GetNumberType(Util.Parse(number, "CN")) switch
        {
            PhoneNumberType.MOBILE => true,
            PhoneNumberType.UNKNOWN => false,
            _ => default(bool?),
        }, text);
    }
}
