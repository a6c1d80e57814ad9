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
}

/// <summary>Kannel's delivery reports: a GET of the address that went with the message, <c>%d</c> replaced by what happened.</summary>
public static class KannelReport
{
    /// <summary>Below <c>Providers:NAME:ReportAddress</c>.</summary>
    public const string Path = "webhooks/kannel/report";

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
        Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"kannel-report\n{provider}\n{deliveryId}"))).AsSpan(0, CheckBytes));

    internal static bool Made(string provider, long deliveryId, byte[] key, string? check) =>
        check is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Check(provider, deliveryId, key)), Encoding.UTF8.GetBytes(check));
}
