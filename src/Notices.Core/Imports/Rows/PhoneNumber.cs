using PhoneNumbers;

namespace Notices.Imports;

/// <summary>A number that can be called.</summary>
/// <param name="E164"><c>+8613800138000</c>.</param>
/// <param name="IsMobile">Takes SMS; a number that may be either counts as mobile.</param>
public sealed record PhoneNumber(string E164, bool IsMobile)
{
    private static readonly PhoneNumberUtil Util = PhoneNumberUtil.GetInstance();

    /// <param name="text">As people write it.</param>
    /// <param name="region">Whose national numbers come without a country code, e.g. <c>CN</c>.</param>
    public static bool TryParse(string text, string region, out PhoneNumber? number)
    {
        number = null;
        try
        {
            // Letters would be read as a dialling pad's.
            if (text.Length > 40 || text.AsSpan().IndexOfAnyInRange('A', 'z') >= 0) return false;
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
}
