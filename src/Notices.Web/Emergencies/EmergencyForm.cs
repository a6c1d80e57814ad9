using System.Globalization;
using System.Security.Cryptography;
using Notices.Network;
using Notices.Outages;
using Notices.Public;
using Notices.Words;

namespace Notices.Emergencies;

/// <summary>An emergency as its form has it, everything as it was typed.</summary>
/// <param name="Promise"><c>back</c>: supply returns in those hours; <c>word</c>: nobody knows, and the next word comes in them.</param>
/// <param name="Typed">The feeder's code by which it is meant; null before that was asked.</param>
/// <param name="Key">Tells one form from the next, so that one sent twice is one.</param>
internal sealed record EmergencyForm(string Kind, string Feeders, string MinutesLeft, string Hours, string Promise, string Reason, string? Typed, string Key)
{
    internal static EmergencyForm Empty => new("emergency", "", "30", "4", "back", "urgent-repair", null, RandomNumberGenerator.GetHexString(32, true));

    internal IReadOnlyList<string> Codes => Feeders.Split([',', '，', '、', ' ', ';', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    internal string? FirstFeeder => Codes.Count > 0 ? Codes[0].ToUpperInvariant() : null;

    /// <param name="field">What stands in a field; null where it was not sent.</param>
    internal static EmergencyForm Of(Func<string, string?> field)
    {
        string Typed(string name) => (field(name) ?? "").Trim();

        if (field("key") is null) return Empty;

        return new EmergencyForm(
            Typed("kind") == "fault" ? "fault" : "emergency", Typed("feeders"), Typed("minutesLeft"), Typed("hours"), Typed("promise") == "word" ? "word" : "back", Typed("reason"), field("typed")?.Trim(),
            Typed("key") is { Length: 32 } key ? key : Empty.Key);
    }

    /// <summary>What cannot be read is left out, and missed by who declares it.</summary>
    internal PlanOutage ToPlan(Organisation organisation, DateTimeOffset now)
    {
        var kind = Kind == "fault" ? OutageKind.Fault : OutageKind.Emergency;
        DateTimeOffset? promised = double.TryParse(Hours, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var hours) && hours is > 0 and <= 24 * 14 ? Whole(now.AddHours(hours)) : null;

        return new PlanOutage
        {
            Kind = kind,
            Organisation = organisation.Code,
            Feeders = [.. Codes.Select(code => code.ToUpperInvariant())],
            MinutesLeft = kind == OutageKind.Fault ? null : int.TryParse(MinutesLeft, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) ? minutes : MinutesLeft.Length == 0 ? 0 : -1,
            EstimatedRestoration = Promise == "back" ? promised : null,
            NextUpdateBy = Promise == "word" ? promised : null,
            Reason = Reason.Length > 0 ? LocalText.Same(Reason) : null,
        };
    }

    /// <summary>The form carried on to the page that asks for the code.</summary>
    internal string Hidden() => string.Concat(Fields.Select(field => $"<input type=\"hidden\" name=\"{field.Name}\" value=\"{Pages.Text(field.Value)}\">"));

    /// <summary>The same as an address, with what was typed.</summary>
    internal QueryString ToQuery() => QueryString.Create(Fields.Append((Name: "typed", Value: Typed ?? "")).Select(field => KeyValuePair.Create(field.Name, (string?)field.Value)));

    private IEnumerable<(string Name, string Value)> Fields => [("kind", Kind), ("feeders", Feeders), ("minutesLeft", MinutesLeft), ("hours", Hours), ("promise", Promise), ("reason", Reason), ("key", Key)];

    /// <summary>A promise is read aloud: whole five minutes, never earlier than meant.</summary>
    private static DateTimeOffset Whole(DateTimeOffset at)
    {
        var five = TimeSpan.FromMinutes(5).Ticks;

        return new DateTimeOffset((at.Ticks + five - 1) / five * five, at.Offset);
    }
}
