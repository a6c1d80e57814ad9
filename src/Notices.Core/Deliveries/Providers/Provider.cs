using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Notices.Deliveries;

/// <summary>A channel the program knows; a configured provider names it.</summary>
/// <param name="Name">As in <c>Providers:NAME:Channel</c>.</param>
/// <param name="Type">The class behind it.</param>
/// <param name="Create">Makes one for a provider; throws <see cref="OptionsValidationException"/> with sentences where a setting is wrong.</param>
public sealed record ChannelKind(string Name, Type Type, Func<IServiceProvider, ProviderSettings, IChannel> Create)
{
    /// <summary>What it carries, known without making one: a drill pretends it.</summary>
    public IReadOnlyList<Medium> Media { get; init; } = [];
}

/// <summary>What is configured under <c>Providers:NAME</c>.</summary>
public sealed record ProviderSettings(string Name, IConfiguration Section)
{
    /// <summary>How a setting is called in a sentence.</summary>
    public string Key(string setting) => $"Providers:{Name}:{setting}";
}

/// <summary>One configured account of a channel.</summary>
/// <param name="Media">What it carries: all its channel can, or fewer by its setting <c>Media</c>.</param>
/// <param name="Weight">Its share among the providers of one medium; 0 stands by until no other is in order.</param>
public sealed record Provider(string Name, IChannel Channel, IReadOnlySet<Medium> Media, int Weight)
{
    public ProviderLimits Limits { get; init; } = ProviderLimits.None;

    /// <summary>Where numbers and texts handed to it are processed, ISO 3166; null where nobody has said.</summary>
    public string? Country { get; init; }

    /// <summary>Of one part of a text message, one call or one mail; null where nobody has said.</summary>
    public Price? Price { get; init; }
}

/// <param name="Currency">ISO 4217, three capitals.</param>
public sealed record Price(decimal Amount, string Currency)
{
    /// <summary>Adds a sentence to <paramref name="faults"/> where it is none.</summary>
    internal static Price? Read(ProviderSettings settings, List<string> faults)
    {
        if (settings.Section[nameof(Provider.Price)] is not { Length: > 0 } text) return null;
        if (text.Split(' ') is [var amount, [>= 'A' and <= 'Z', >= 'A' and <= 'Z', >= 'A' and <= 'Z'] currency]
            && decimal.TryParse(amount, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var known) && known <= 1000) return new Price(known, currency);
        faults.Add($"{settings.Key(nameof(Provider.Price))} is \"{text}\"; it must be an amount up to 1000 and an ISO 4217 currency, such as 0.045 CNY.");

        return null;
    }
}

/// <summary>What a provider takes, from all processes together; null means that it names no limit.</summary>
/// <param name="MessagesPerSecond">Text messages counted in parts, mails one each.</param>
/// <param name="CallsPerSecond">Calls started.</param>
/// <param name="Concurrency">Messages being handed over at once.</param>
/// <param name="CallsAtOnce">Calls under way at once.</param>
/// <param name="SlowAfter">Machine time after which an answer counts against the provider's health.</param>
public sealed record ProviderLimits(double? MessagesPerSecond, double? CallsPerSecond, int? Concurrency, int? CallsAtOnce, TimeSpan SlowAfter)
{
    public static readonly ProviderLimits None = new(null, null, null, null, TimeSpan.FromSeconds(5));

    /// <summary>Adds a sentence to <paramref name="faults"/> for every limit that is none.</summary>
    internal static ProviderLimits Read(ProviderSettings settings, List<string> faults)
    {
        double? Rate(string name)
        {
            if (settings.Section[name] is not { Length: > 0 } text) return null;
            if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate) && rate is >= 0.01 and <= 100_000) return rate;
            faults.Add($"{settings.Key(name)} is \"{text}\"; it must be a number from 0.01 to 100000, or left out for no limit.");

            return null;
        }

        int? Count(string name)
        {
            if (settings.Section[name] is not { Length: > 0 } text) return null;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= 10_000) return count;
            faults.Add($"{settings.Key(name)} is \"{text}\"; it must be a whole number from 1 to 10000, or left out for no limit.");

            return null;
        }

        return new ProviderLimits(Rate(nameof(MessagesPerSecond)), Rate(nameof(CallsPerSecond)), Count(nameof(Concurrency)), Count(nameof(CallsAtOnce)), Slow(settings, faults));
    }

    private static TimeSpan Slow(ProviderSettings settings, List<string> faults)
    {
        if (settings.Section[nameof(SlowAfter)] is not { Length: > 0 } text) return None.SlowAfter;
        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var slow) && slow >= TimeSpan.FromMilliseconds(100) && slow <= TimeSpan.FromMinutes(5)) return slow;
        faults.Add($"{settings.Key(nameof(SlowAfter))} is \"{text}\"; it must be from 00:00:00.1 to 00:05:00.");

        return None.SlowAfter;
    }
}
