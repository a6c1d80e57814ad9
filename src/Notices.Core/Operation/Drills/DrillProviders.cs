using Microsoft.Extensions.Configuration;
using Notices.Audit;
using Notices.Deliveries;

namespace Notices.Operation;

/// <summary>The configured providers as a drill sees them: names, media, shares and limits, so that it takes as long as it would, and a sandbox behind each.
/// Hosts, accounts and secrets are not read at all, whatever they say; nothing that could reach one is made.</summary>
internal static class DrillProviders
{
    /// <summary>What is taken over. An address to post to is none of it.</summary>
    private static readonly string[] Kept = ["Media", "Weight", "MessagesPerSecond", "CallsPerSecond", "Concurrency", "CallsAtOnce", "SlowAfter", "Country", "Price", "ReceiptDelay"];

    internal static IConfiguration Section(IConfiguration providers, IEnumerable<ChannelKind> channels)
    {
        var known = channels.ToDictionary(channel => channel.Name, StringComparer.Ordinal);
        var values = new Dictionary<string, string?>();
        foreach (var provider in providers.GetChildren())
        {
            // An unknown channel stays and stops the start, as it would in life.
            var kind = known.GetValueOrDefault(provider["Channel"] ?? "");
            values[$"{provider.Key}:Channel"] = kind is null ? provider["Channel"] : DrillChannel.Sandbox;
            foreach (var name in Kept.Where(name => provider[name] is not null)) values[$"{provider.Key}:{name}"] = provider[name];
            if (kind?.Name == DrillChannel.Sandbox)
                foreach (var rule in provider.GetSection("Rules").GetChildren()) values[$"{provider.Key}:Rules:{rule.Key}"] = rule.Value;
            if (kind is not null && provider["Media"] is not { Length: > 0 }) values[$"{provider.Key}:Media"] = string.Join(",", kind.Media).ToLowerInvariant();
        }

        return new ConfigurationBuilder().AddInMemoryCollection(values).Build();
    }

    /// <summary>The sandbox alone, behind the door.</summary>
    internal static IReadOnlyList<ChannelKind> Channels(IEnumerable<ChannelKind> channels, AuditOptions keys) =>
        [.. channels.Where(channel => channel.Name == DrillChannel.Sandbox).Select(sandbox => sandbox with { Type = typeof(DrillChannel), Create = (services, settings) => new DrillChannel(sandbox.Create(services, settings), keys) })];
}
