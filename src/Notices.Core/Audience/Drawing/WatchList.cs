using Notices.Deliveries;
using Notices.Outages;
using Notices.Storage;

namespace Notices.Audience;

/// <summary>The section <c>Watch</c>: staff who get a bulk round first, so that somebody can still press stop.</summary>
public sealed class WatchOptions
{
    /// <summary>From so many accounts a round is a bulk round; 0: there is no watch list.</summary>
    public int From { get; set; }

    /// <summary>E.164 numbers.</summary>
    public IReadOnlyList<string> Phones { get; set; } = [];

    /// <summary>Domain time by which all others wait.</summary>
    public TimeSpan Wait { get; set; } = TimeSpan.FromMinutes(1);

    internal IEnumerable<string> Faults()
    {
        if (From < 0) yield return $"Watch:From is {From}; it must be 0 (no watch list) or a number of accounts.";
        if (From > 0 && Phones.Count == 0) yield return "Watch:Phones is empty; name at least one number, e.g. Watch__Phones__0=+8613800000000, or set Watch:From to 0.";
        foreach (var phone in Phones.Where(phone => phone.Length is < 8 or > 16 || phone[0] != '+' || !phone.Skip(1).All(char.IsAsciiDigit)))
            yield return $"Watch:Phones has '{phone}'; a number begins with + and the country code, e.g. +8613800000000.";
        if (Wait < TimeSpan.FromSeconds(10) || Wait > TimeSpan.FromHours(1)) yield return $"Watch:Wait is {Wait}; it must be from 00:00:10 to 01:00:00.";
    }

    /// <summary>An emergency and a fault wait for nobody.</summary>
    internal bool Covers(Drawing drawing) => From > 0 && drawing.Facts.Customers >= From && drawing.Facts.Kind is not (OutageKind.Emergency or OutageKind.Fault);
}

/// <summary>Sends the ordinary text to the watch list; nobody there is a recipient.</summary>
internal sealed class WatchList(NoticesDb db, WatchOptions options, DrawingTexts texts)
{
    /// <param name="parameters">Those of tier 0.</param>
    /// <returns>How many watch; null when the text cannot be written.</returns>
    internal async Task<int?> DrawAsync(Drawing drawing, Dictionary<string, object?> parameters, CancellationToken cancellationToken)
    {
        if (await texts.ParametersAsync(drawing, Medium.Sms, "", parameters, cancellationToken) is false) return null;

        var phones = options.Phones.Distinct(StringComparer.Ordinal).ToList();
        for (var i = 0; i < phones.Count; i++) parameters[$"@phone{i}_"] = phones[i];

        return await new SetStatements(db).RunAsync(
            "INSERT INTO deliveries (round_id, text_id, medium, address, tier, accounts, state, due_at, expires_at, attempts, step, purpose) VALUES "
            + string.Join(", ", phones.Select((_, i) => $"(@round, @chinese, @medium, @phone{i}_, 0, '', {(int)DeliveryState.Waiting}, @now, @expires, 0, 0, {(int)DeliveryPurpose.Watch})"))
            + " ON CONFLICT (round_id, medium, address) DO NOTHING",
            parameters, cancellationToken);
    }
}
