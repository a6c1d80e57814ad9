using Microsoft.Extensions.Configuration;
using Notices.Deliveries;

namespace Notices.Operation;

/// <summary>The configured providers as shadow mode sees them: names, media, shares and limits, as a drill takes them over, and nothing behind any. Letters have somebody too, so that they are counted like the rest.</summary>
internal static class ShadowProviders
{
    /// <summary>Carries letters, which need no provider in life.</summary>
    private const string Letters = "letters";

    internal static IConfiguration Section(IConfiguration providers, IEnumerable<ChannelKind> channels)
    {
        var section = new ConfigurationBuilder().AddConfiguration(DrillProviders.Section(providers, channels)).Build();
        if (section.GetSection(Letters).Exists()) return section;

        (section[$"{Letters}:Channel"], section[$"{Letters}:Media"]) = (DrillChannel.Sandbox, nameof(Medium.Paper));

        return section;
    }

    /// <summary>What stands in a drill for the sandbox sends nothing at all here.</summary>
    internal static IReadOnlyList<ChannelKind> Channels(IEnumerable<ChannelKind> channels) =>
        [.. channels.Where(channel => channel.Name == DrillChannel.Sandbox).Select(sandbox => sandbox with { Type = typeof(ShadowChannel), Create = (_, _) => new ShadowChannel(sandbox.Name) })];
}
