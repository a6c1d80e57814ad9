using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Notices.Channels.Twilio;
using Notices.Deliveries;
using Notices.Feeds;
using Notices.Words;

namespace Notices.Channels.TwilioVoice;

/// <summary>A voice of Twilio's <c>Say</c>.</summary>
/// <param name="Name">As in its list of voices, such as <c>Polly.Zhiyu</c>.</param>
/// <param name="Language">As that list has it, such as <c>cmn-CN</c>.</param>
internal sealed record TwilioVoiceName(string Name, string Language);

/// <summary><c>Providers:NAME</c> of a Twilio account that telephones.</summary>
internal sealed partial class TwilioVoiceOptions
{
    /// <summary>Twilio, "TwiML Voice: Say", list of voices.</summary>
    private static readonly Dictionary<string, TwilioVoiceName> DefaultVoices = new(StringComparer.Ordinal)
    {
        [Languages.Chinese] = new("Polly.Zhiyu", "cmn-CN"),
        [Languages.English] = new("Polly.Amy", "en-GB"),
    };

    internal required TwilioAccount Account { get; init; }

    /// <summary>The number people see, E.164.</summary>
    internal required string From { get; init; }

    internal required IReadOnlyDictionary<string, TwilioVoiceName> Voices { get; init; }

    /// <summary>Below it Twilio asks what to say and tells what happens; null where it cannot, or could not prove that it is Twilio: then all that is said goes with the call,
    /// no key is listened for, and Twilio is asked how it ended.</summary>
    internal PublicOptions? CallsBackTo { get; init; }

    internal static TwilioVoiceOptions Read(ProviderSettings settings, PublicOptions outside)
    {
        var faults = new List<string>();
        if (TwilioAccount.Text(settings, "From") is null) faults.Add($"{settings.Key("From")} is missing: the number people see, in E.164 such as +14155550100.");
        TwilioAccount.Demand(settings, "From", Number(), "a number in E.164 such as +14155550100", faults);
        var inline = settings.Section["Inline"] ?? "false";
        if (!bool.TryParse(inline, out var isInline)) faults.Add($"{settings.Key("Inline")} is \"{inline}\"; it must be true (all that is said goes with the call) or false (Twilio asks).");
        var voices = new Dictionary<string, TwilioVoiceName>(DefaultVoices, StringComparer.Ordinal);
        foreach (var voice in settings.Section.GetSection("Voices").GetChildren())
        {
            if (!Languages.All.Contains(voice.Key)) faults.Add($"{settings.Key($"Voices:{voice.Key}")} is for no language of the service; those are {string.Join(", ", Languages.All)}.");
            else if (voice.Value is null || Voice().Match(voice.Value) is not { Success: true } parts) faults.Add($"{settings.Key($"Voices:{voice.Key}")} is \"{voice.Value}\"; it must be a voice and its language such as Polly.Zhiyu/cmn-CN.");
            else voices[voice.Key] = new TwilioVoiceName(parts.Groups["name"].Value, parts.Groups["language"].Value);
        }

        // Only one that calls back has to be reached from outside.
        var account = TwilioAccount.Read(settings, isInline ? new PublicOptions { BaseAddress = new Uri("https://not-called.invalid") } : outside, "a call", faults);

        return faults.Count > 0
            ? throw new OptionsValidationException(settings.Name, typeof(TwilioVoiceOptions), faults)
            : new TwilioVoiceOptions
            {
                Account = account!,
                From = TwilioAccount.Text(settings, "From")!,
                Voices = voices,
                CallsBackTo = isInline || account!.AuthToken is null ? null : outside,
            };
    }

    [GeneratedRegex(@"^\+[1-9][0-9]{1,14}$")]
    private static partial Regex Number();

    [GeneratedRegex(@"^(?<name>[A-Za-z][A-Za-z0-9.-]{1,60})/(?<language>[a-z]{2,3}-[A-Z]{2})$", RegexOptions.ExplicitCapture)]
    private static partial Regex Voice();
}
