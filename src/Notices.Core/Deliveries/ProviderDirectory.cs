using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Notices.Deliveries;

/// <summary>A channel the program knows; a configured provider names it.</summary>
/// <param name="Name">As in <c>Providers:NAME:Channel</c>.</param>
/// <param name="Type">The class behind it.</param>
/// <param name="Create">Makes one for a provider; throws <see cref="OptionsValidationException"/> with sentences where a setting is wrong.</param>
public sealed record ChannelKind(string Name, Type Type, Func<IServiceProvider, ProviderSettings, IChannel> Create);

/// <summary>What is configured under <c>Providers:NAME</c>.</summary>
public sealed record ProviderSettings(string Name, IConfiguration Section)
{
    /// <summary>How a setting is called in a sentence.</summary>
    public string Key(string setting) => $"Providers:{Name}:{setting}";
}

/// <summary>One configured account of a channel.</summary>
/// <param name="Media">What it carries: all its channel can, or fewer by its setting <c>Media</c>.</param>
/// <param name="Weight">Its share among the providers of one medium.</param>
public sealed record Provider(string Name, IChannel Channel, IReadOnlySet<Medium> Media, int Weight);

/// <summary>The providers of the configuration, made and checked at start.</summary>
public sealed class ProviderDirectory : IAsyncDisposable
{
    private readonly Dictionary<Medium, (Provider[] Providers, int Weight)> _byMedium;

    public ProviderDirectory(IReadOnlyList<Provider> providers)
    {
        Providers = providers;
        _byMedium = providers.SelectMany(provider => provider.Media, (provider, medium) => (provider, medium)).GroupBy(pair => pair.medium, pair => pair.provider)
            .ToDictionary(group => group.Key, group => (group.ToArray(), group.Sum(provider => provider.Weight)));
        Media = _byMedium.Keys.ToHashSet();
    }

    /// <summary>Reads the section <c>Providers</c>.</summary>
    /// <exception cref="OptionsValidationException">With a sentence for everything that is wrong.</exception>
    public static ProviderDirectory Create(IConfiguration section, IEnumerable<ChannelKind> channels, IServiceProvider services)
    {
        var known = channels.ToDictionary(channel => channel.Name, StringComparer.Ordinal);
        var (providers, faults) = (new List<Provider>(), new List<string>());
        foreach (var child in section.GetChildren())
        {
            try
            {
                providers.Add(Make(new ProviderSettings(child.Key, child), known, services));
            }
            catch (OptionsValidationException fault)
            {
                faults.AddRange(fault.Failures);
            }
        }

        return faults.Count == 0 ? new ProviderDirectory(providers) : throw new OptionsValidationException("Providers", typeof(ProviderDirectory), faults);
    }

    public IReadOnlyList<Provider> Providers { get; }

    /// <summary>The media somebody carries; messages of the others wait, visibly.</summary>
    public IReadOnlySet<Medium> Media { get; }

    public Provider? Find(string name) => Providers.FirstOrDefault(provider => string.Equals(provider.Name, name, StringComparison.Ordinal));

    /// <summary>Shares messages out by weight; a further try may fall to another provider.</summary>
    public Provider? Pick(Medium medium, long deliveryId, int number)
    {
        if (!_byMedium.TryGetValue(medium, out var choice)) return null;

        var place = (int)((ulong)(deliveryId + number - 1) % (ulong)choice.Weight);
        foreach (var provider in choice.Providers)
        {
            if (place < provider.Weight) return provider;

            place -= provider.Weight;
        }

        return choice.Providers[^1];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var provider in Providers)
        {
            if (provider.Channel is IAsyncDisposable later) await later.DisposeAsync();
            else (provider.Channel as IDisposable)?.Dispose();
        }
    }

    private static Provider Make(ProviderSettings settings, Dictionary<string, ChannelKind> known, IServiceProvider services)
    {
        var name = settings.Section["Channel"];
        if (name is null || !known.TryGetValue(name, out var kind))
            throw Fault($"{settings.Key("Channel")} is \"{name}\"; the channels are {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}.");
        if (!int.TryParse(settings.Section["Weight"] ?? "1", NumberStyles.None, CultureInfo.InvariantCulture, out var weight) || weight is < 1 or > 1000)
            throw Fault($"{settings.Key("Weight")} is \"{settings.Section["Weight"]}\"; it must be a whole number from 1 to 1000.");

        var channel = kind.Create(services, settings);

        return new Provider(settings.Name, channel, MediaOf(settings, channel), weight);
    }

    private static IReadOnlySet<Medium> MediaOf(ProviderSettings settings, IChannel channel)
    {
        if (settings.Section["Media"] is not { Length: > 0 } text) return channel.Media;

        var media = new HashSet<Medium>();
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Enum.TryParse<Medium>(word, true, out var medium) || !channel.Media.Contains(medium))
                throw Fault($"{settings.Key("Media")} names \"{word}\"; the channel {channel.Name} carries {string.Join(", ", channel.Media).ToLowerInvariant()}.");

            media.Add(medium);
        }

        return media;
    }

    private static OptionsValidationException Fault(string sentence) => new("Providers", typeof(ProviderDirectory), [sentence]);
}
