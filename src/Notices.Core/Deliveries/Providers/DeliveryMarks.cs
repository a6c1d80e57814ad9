using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Notices.Audit;

namespace Notices.Deliveries;

/// <summary>What a mark is good for; one made for another purpose is not taken.</summary>
public enum MarkPurpose
{
    /// <summary>Stands in the mail's head, and comes back with what a mail server says of it.</summary>
    Bounce,

    /// <summary>Stands in the link by which the reader stops further messages.</summary>
    Unsubscribe,

    /// <summary>Stands in the link by which a subscription is seen and withdrawn; names a subscription, not a delivery.</summary>
    Subscription,
}

/// <summary>Names a delivery to the outside so that nobody can name another: its id, and 80 bits of HMAC-SHA-256 under a key drawn from <c>Audit:PersonalDataKey</c>.
/// Holds no personal data, and is good as long as the key and the delivery's address are kept.</summary>
public sealed class DeliveryMarks(AuditOptions options)
{
    /// <summary>Hexadecimal digits of the seal; small letters, because a mail server may fold capitals.</summary>
    private const int SealLength = 20;

    private readonly byte[] _key = HMACSHA256.HashData(Convert.FromBase64String(options.PersonalDataKey), "notices delivery marks 1"u8);

    /// <summary>As <c>42.1f0c…</c>: fit for a Message-ID, a mail address, and a link.</summary>
    public string Of(long deliveryId, MarkPurpose purpose)
    {
        var id = deliveryId.ToString(CultureInfo.InvariantCulture);

        return $"{id}.{Seal(id, purpose)}";
    }

    /// <returns>The delivery; null for what is no mark of ours.</returns>
    public long? Read(string mark, MarkPurpose purpose)
    {
        var stop = mark.IndexOf('.', StringComparison.Ordinal);
        if (stop is < 1 or > 19 || mark.Length != stop + 1 + SealLength) return null;
        if (!long.TryParse(mark.AsSpan(0, stop), NumberStyles.None, CultureInfo.InvariantCulture, out var id) || mark[0] == '0') return null;

        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(mark[(stop + 1)..].ToLowerInvariant()), Encoding.UTF8.GetBytes(Seal(mark[..stop], purpose))) ? id : null;
    }

    private string Seal(string id, MarkPurpose purpose) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{purpose} {id}")).AsSpan(0, SealLength / 2));
}
