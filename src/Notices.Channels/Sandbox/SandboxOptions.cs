using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Notices.Deliveries;

namespace Notices.Channels.Sandbox;

/// <summary><c>Providers:NAME</c> of a sandbox carrier.</summary>
internal sealed class SandboxOptions
{
    /// <summary>Where to post each message instead of keeping it in this process; null for the outbox.</summary>
    internal Uri? BaseAddress { get; private init; }

    /// <summary>Machine time between acceptance and receipt.</summary>
    internal TimeSpan ReceiptDelay { get; private init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Behaviour by the end of the address.</summary>
    internal IReadOnlyDictionary<string, SandboxBehaviour> Rules { get; private init; } = new Dictionary<string, SandboxBehaviour>();

    /// <summary>Beside text messages and calls it takes what its setting <c>Media</c> names: a demonstration has no mail server.</summary>
    internal IReadOnlySet<Medium> Media { get; private init; } = new HashSet<Medium> { Medium.Sms, Medium.Voice };

    internal static SandboxOptions Read(ProviderSettings settings)
    {
        var faults = new List<string>();
        var (section, rules) = (settings.Section, new Dictionary<string, SandboxBehaviour>(StringComparer.Ordinal));
        Uri? address = null;
        if (section["BaseAddress"] is { Length: > 0 } text && !(Uri.TryCreate(text, UriKind.Absolute, out address) && address.Scheme is "http" or "https"))
            faults.Add($"{settings.Key("BaseAddress")} is \"{text}\"; it must be an http or https address, e.g. http://127.0.0.1:9000/sms.");

        var delay = TimeSpan.FromMilliseconds(500);
        if (section["ReceiptDelay"] is { Length: > 0 } wait && (!TimeSpan.TryParse(wait, CultureInfo.InvariantCulture, out delay) || delay < TimeSpan.Zero || delay > TimeSpan.FromHours(1)))
            faults.Add($"{settings.Key("ReceiptDelay")} is \"{wait}\"; it must be from 00:00:00 to 01:00:00.");

        foreach (var rule in section.GetSection("Rules").GetChildren())
        {
            if (SandboxBehaviour.Words.TryGetValue(rule.Value ?? "", out var behaviour)) rules[rule.Key] = behaviour;
            else faults.Add($"{settings.Key("Rules")}:{rule.Key} is \"{rule.Value}\"; it must be one of {string.Join(", ", SandboxBehaviour.Words.Keys)}.");
        }

        return faults.Count == 0
            ? new SandboxOptions { BaseAddress = address, ReceiptDelay = delay, Rules = rules, Media = MediaOf(section["Media"]) }
            : throw new OptionsValidationException(settings.Name, typeof(SandboxOptions), faults);
    }

    private static HashSet<Medium> MediaOf(string? named) =>
        [Medium.Sms, Medium.Voice, .. new[] { Medium.Email, Medium.Paper }.Where(medium => named?.Contains(medium.ToString(), StringComparison.OrdinalIgnoreCase) == true)];
}
