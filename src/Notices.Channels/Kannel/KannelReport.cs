using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Notices.Deliveries;

namespace Notices.Channels.Kannel;

/// <summary>A channel whose provider is a Kannel, which tells what became of each message at the address it was given with it.</summary>
public interface IKannelGateway
{
    /// <summary>Whether this channel made the address, for that message.</summary>
    bool Made(long deliveryId, string? check);

    /// <summary>Whether the address of replies was made with this provider's key.</summary>
    bool MadeForReplies(string? check);
}

/// <summary>Kannel's delivery reports: a GET of the address that went with the message, <c>%d</c> replaced by what happened.</summary>
public static class KannelReport
{
    /// <summary>Below <c>Providers:NAME:ReportAddress</c>.</summary>
    public const string Path = "webhooks/kannel/report";

    /// <summary>Where Kannel leaves what people sent, as its <c>sms-service</c> is configured.</summary>
    public const string Inbound = "webhooks/kannel/inbound";

    /// <summary>Reports asked for: delivered (1), not delivered (2) and refused by the message centre (16). That it buffered (4) or took it (8) changes nothing. Source: Kannel 1.4.5 user guide, "Delivery reports".</summary>
    internal const string Mask = "19";

    /// <summary>Bytes of the hash that stand in the address; half of it leaves nothing to guess.</summary>
    private const int CheckBytes = 16;

    /// <returns>What the message becomes; null where it says nothing about that.</returns>
    public static DeliveryState? StateOf(string? type) => type switch
    {
        "1" => DeliveryState.Delivered,
        "2" or "16" => DeliveryState.Failed,
        "4" or "8" => DeliveryState.Accepted,
        _ => null,
    };

    internal static string Address(string reports, string provider, long deliveryId, byte[] key) => string.Create(
        CultureInfo.InvariantCulture, $"{reports}?provider={Uri.EscapeDataString(provider)}&delivery={deliveryId}&check={Check(provider, deliveryId, key)}&type=%d");

    /// <summary>Only who has the key can make it; whoever reads it in a log can say something about this one message alone.</summary>
    internal static string Check(string provider, long deliveryId, byte[] key) =>
        Short(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"kannel-report\n{provider}\n{deliveryId}"))));

    /// <summary>Stands in the address Kannel is configured to leave replies at; whoever reads it there can invent replies, and nothing else.</summary>
    internal static string ReplyCheck(string provider, byte[] key) => Short(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"kannel-inbound\n{provider}")));

    internal static bool MadeForReplies(string provider, byte[] key, string? check) => IsSame(ReplyCheck(provider, key), check);

    internal static bool Made(string provider, long deliveryId, byte[] key, string? check) => IsSame(Check(provider, deliveryId, key), check);

    private static string Short(byte[] hash) => Convert.ToHexStringLower(hash.AsSpan(0, CheckBytes));

    private static bool IsSame(string made, string? given) => given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(made), Encoding.UTF8.GetBytes(given));
}
