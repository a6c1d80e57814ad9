using System.Globalization;
using Notices.Audit;
using Notices.Deliveries;

namespace Notices.Operation;

/// <summary>Addresses no network routes, one for each real one, so that whoever is told twice is seen to be. Made from a keyed digest, so that nobody reads the real one from it.
/// Numbers lie under country code 999, which ITU-T E.164 has given to nobody (the ranges set aside for fiction are a country's own and hold some hundred, too few to keep a city apart);
/// mails go to <c>.invalid</c>, a name that never resolves (RFC 6761, 6.4).</summary>
public static class DrillAddresses
{
    public const string CountryCode = "+999";

    public const string Domain = "@drill.invalid";

    /// <summary>The pretended address. One that is pretended already stays.</summary>
    public static string Of(Medium medium, string address, AuditOptions keys)
    {
        if (IsPretended(address)) return address;

        var digest = keys.Digest(address);
        var number = (ulong.Parse(digest.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture) % 1_000_000_000_000).ToString("D12", CultureInfo.InvariantCulture);

        return medium switch
        {
            Medium.Sms or Medium.Voice => CountryCode + number,
            Medium.Email => digest[..20] + Domain,
            _ => "DRILL 演练 " + number,
        };
    }

    public static bool IsPretended(string address) =>
        (address.Length == 16 && address.StartsWith(CountryCode, StringComparison.Ordinal) && address.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0)
        || address.EndsWith(Domain, StringComparison.Ordinal) || address.StartsWith("DRILL 演练 ", StringComparison.Ordinal);
}
