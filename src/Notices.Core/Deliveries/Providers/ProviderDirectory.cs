using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Notices.Deliveries;

/// <summary>A provider picked for one message; ended by <see cref="ProviderDirectory.Done"/>.</summary>
internal readonly record struct Pick(Provider Provider, LinkedListNode<long> Begun);

/// <summary>The providers of the configuration, made and checked at start, and how each is doing.</summary>
public sealed class ProviderDirectory : IAsyncDisposable
{
    private readonly Dictionary<Medium, Provider[]> _byMedium;
    private readonly Dictionary<string, ProviderHealth> _health;

    /// <param name="machine">Machine time, for their health.</param>
    public ProviderDirectory(IReadOnlyList<Provider> providers, TimeProvider machine)
    {
        Providers = providers;
        // Calls go to the list only by rule, one by one, or where nothing else telephones: a carrier's trouble must not put a county's calls on it.
        bool Shares(Provider provider, Medium medium) => provider.Channel is not ICalledByHand || provider.Weight > 0 || providers.All(other => other == provider || !other.Media.Contains(medium));
        _byMedium = providers.SelectMany(provider => provider.Media, (provider, medium) => (provider, medium)).Where(pair => Shares(pair.provider, pair.medium)).GroupBy(pair => pair.medium, pair => pair.provider)
            .ToDictionary(group => group.Key, group => group.ToArray());
        _health = providers.ToDictionary(provider => provider.Name, provider => new ProviderHealth(provider.Limits.SlowAfter, machine), StringComparer.Ordinal);
        Media = _byMedium.Keys.ToHashSet();
        ByHand = providers.FirstOrDefault(provider => provider.Channel is ICalledByHand);
        Gathers = providers.Any(provider => provider.Channel is IBatchChannel { LargestBatch: > 1 });
    }

    /// <summary>Reads the section <c>Providers</c>.</summary>
    /// <exception cref="OptionsValidationException">With a sentence for everything that is wrong.</exception>
    public static ProviderDirectory Create(IConfiguration section, IEnumerable<ChannelKind> channels, IServiceProvider services, TimeProvider machine)
    {
        var known = channels.ToDictionary(channel => channel.Name, StringComparer.Ordinal);
        var (providers, faults) = (new List<Provider>(), new List<string>());
        foreach (var child in section.GetChildren())
        {
            try
            {
                providers.Add(Make(new ProviderSettings(child.Key, child), known, services, faults));
            }
            catch (OptionsValidationException fault)
            {
                faults.AddRange(fault.Failures);
            }
        }

        return faults.Count == 0 ? new ProviderDirectory(providers, machine) : throw new OptionsValidationException("Providers", typeof(ProviderDirectory), faults);
    }

    public IReadOnlyList<Provider> Providers { get; }

    /// <summary>The media somebody carries; messages of the others wait, visibly.</summary>
    public IReadOnlySet<Medium> Media { get; }

    public Provider? Find(string name) => Providers.FirstOrDefault(provider => string.Equals(provider.Name, name, StringComparison.Ordinal));

    /// <summary>As this process sees it.</summary>
    /// <exception cref="KeyNotFoundException">There is no such provider.</exception>
    public CircuitState StateOf(string name) => _health[name].State;

    /// <summary>Those that do not take messages now, as this process sees it.</summary>
    public IEnumerable<ProviderTrouble> Troubled => Providers.Select(provider => _health[provider.Name].TroubleOf(provider.Name)).OfType<ProviderTrouble>();

    /// <summary>Shares messages out by weight among the providers in order; a further try may fall to another. One that failed gets a message now and
    /// then, to see whether it is back; those standing by come in where no other is in order.</summary>
    /// <returns>Null where none is to be used now: the message waits.</returns>
    internal Pick? Pick(Medium medium, long deliveryId, int number)
    {
        if (!_byMedium.TryGetValue(medium, out var all)) return null;

        foreach (var provider in all)
        {
            if (_health[provider.Name] is { WantsTrial: true } health && health.Begin() is { } trial) return new Pick(provider, trial);
        }

        // Almost always the first choice is in order; else the others in turn, then those standing by.
        var first = Weighted(all, deliveryId, number);
        for (var i = 0; i < all.Length && first >= 0; i++)
        {
            if (Begin(all[(first + i) % all.Length], standingBy: false) is { } pick) return pick;
        }

        foreach (var provider in all)
        {
            if (Begin(provider, standingBy: true) is { } pick) return pick;
        }

        return null;
    }

    /// <summary>What a message of that medium costs on average, shared out by weight; null where a provider that would carry it has no price, or another currency.</summary>
    internal Price? PriceOf(Medium medium)
    {
        if (!_byMedium.TryGetValue(medium, out var all)) return null;

        var total = all.Sum(provider => provider.Weight);
        var carrying = all.Where(provider => provider.Weight > 0 || total == 0).ToList();
        if (carrying[0].Price is not { Currency: var currency } || carrying.Exists(provider => provider.Price?.Currency != currency)) return null;

        return new Price(carrying.Sum(provider => provider.Price!.Amount * Math.Max(1, provider.Weight)) / carrying.Sum(provider => Math.Max(1, provider.Weight)), currency);
    }

    /// <summary>Where calls go that people make; null where there is no such list.</summary>
    internal Provider? ByHand { get; }

    /// <summary>Any of them takes several numbers in a call.</summary>
    internal bool Gathers { get; }

    /// <returns>Whom <see cref="Pick"/> would choose while everybody is in order; null where that one is not.</returns>
    internal Provider? Likely(Medium medium, long deliveryId, int number) =>
        _byMedium.TryGetValue(medium, out var all) && Weighted(all, deliveryId, number) is >= 0 and var first && _health[all[first].Name].State == CircuitState.Closed ? all[first] : null;

    /// <returns>Null where the provider is not in order now.</returns>
    internal Pick? Begin(Provider provider) => Begin(provider, provider.Weight == 0);

    /// <param name="good">Null where the try says nothing about the provider.</param>
    /// <returns>Whether it is now known as failing (true) or well again (false); otherwise null.</returns>
    internal bool? Done(Pick pick, bool? good, string? fault = null) => _health[pick.Provider.Name].End(pick.Begun, good, fault);

    public async ValueTask DisposeAsync()
    {
        foreach (var provider in Providers)
        {
            if (provider.Channel is IAsyncDisposable later) await later.DisposeAsync();
            else (provider.Channel as IDisposable)?.Dispose();
        }
    }

    private Pick? Begin(Provider provider, bool standingBy) =>
        provider.Weight == 0 == standingBy && _health[provider.Name] is { State: CircuitState.Closed } health && health.Begin() is { } begun ? new Pick(provider, begun) : null;

    /// <returns>An index, or −1 where all stand by.</returns>
    private static int Weighted(Provider[] all, long deliveryId, int number)
    {
        var total = 0;
        foreach (var provider in all) total += provider.Weight;
        if (total == 0) return -1;

        var place = (int)((ulong)(deliveryId + number - 1) % (ulong)total);
        for (var i = 0; i < all.Length; i++)
        {
            if (place < all[i].Weight) return i;

            place -= all[i].Weight;
        }

        return all.Length - 1;
    }

    private static Provider Make(ProviderSettings settings, Dictionary<string, ChannelKind> known, IServiceProvider services, List<string> faults)
    {
        if (settings.Name.Length > 40 || settings.Name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_')) || settings.Name == "-")
            throw Fault($"Providers:{settings.Name} is no name; it must be letters, digits, - and _, at most 40.");

        var name = settings.Section["Channel"];
        if (name is null || !known.TryGetValue(name, out var kind))
            throw Fault($"{settings.Key("Channel")} is \"{name}\"; the channels are {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}.");
        if (!int.TryParse(settings.Section["Weight"] ?? "1", NumberStyles.None, CultureInfo.InvariantCulture, out var weight) || weight > 1000)
            faults.Add($"{settings.Key("Weight")} is \"{settings.Section["Weight"]}\"; it must be a whole number from 1 to 1000, or 0 to stand by.");

        var limits = ProviderLimits.Read(settings, faults);
        var channel = kind.Create(services, settings);

        return new Provider(settings.Name, channel, MediaOf(settings, channel), weight) { Limits = limits, Country = CountryOf(settings, channel, faults), Price = Price.Read(settings, faults) };
    }

    private static string? CountryOf(ProviderSettings settings, IChannel channel, List<string> faults)
    {
        if (settings.Section["Country"] is not { Length: > 0 } text) return (channel as IProcessesIn)?.Country;

        if (!Policy.ProcessingPolicy.IsCountry(text)) faults.Add($"{settings.Key("Country")} is \"{text}\"; it must be an ISO 3166 code of two capitals, such as CN.");

        return text;
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
