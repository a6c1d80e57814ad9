using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Notices.Feeds;
using Notices.Outages;
using Notices.Publishing;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>Fills the personal marks of a rendered text.</summary>
/// <param name="place">The recipient's own place; null where none is known.</param>
/// <param name="accounts">Tails of the accounts the message stands for.</param>
/// <param name="backupStays">They all have another supply that is not cut.</param>
public delegate string PersonalFill(string body, string? place, string accounts, bool backupStays);

/// <summary>A text ready to be filled, and the kind of outage it is about (null for an announcement).</summary>
/// <param name="TraceParent">Where the sending of its round goes on from.</param>
internal sealed record SendableText(string Language, string? Subject, string Body, string? Html, OutageKind? Kind, string? TraceParent = null, string Variant = "")
{
    /// <summary>What goes into the reader's calendar, of a mail about planned outages.</summary>
    internal string? Calendar { get; init; }
}

/// <summary>The few texts of the rounds being sent: a text never changes, so it is read once, not once a message.</summary>
/// <param name="calendar">Null where mails carry none.</param>
internal sealed class RoundTexts(Func<NoticesDb> open, OutageCalendar? calendar = null)
{
    private const int Kept = 512;

    private readonly ConcurrentDictionary<long, SendableText> _texts = new();

    /// <returns>The texts of those ids; one that is missing in the database is missing here.</returns>
    internal async Task<IReadOnlyDictionary<long, SendableText>> LoadAsync(IEnumerable<long> ids, CancellationToken cancellationToken)
    {
        var wanted = ids.ToHashSet();
        var found = new Dictionary<long, SendableText>(wanted.Count);
        foreach (var id in wanted)
        {
            if (_texts.TryGetValue(id, out var text)) found[id] = text;
        }

        if (found.Count < wanted.Count)
        {
            wanted.ExceptWith(found.Keys);
            if (_texts.Count > Kept) _texts.Clear();
            await ReadAsync(wanted, found, cancellationToken);
        }

        return found;
    }

    private async Task ReadAsync(HashSet<long> ids, Dictionary<long, SendableText> found, CancellationToken cancellationToken)
    {
        await using var db = open();
        var rows = await db.RoundTexts.AsNoTracking().Where(text => ids.Contains(text.Id))
            .Join(db.Rounds, text => text.RoundId, round => round.Id, (text, round) => new { text, round.Notice!.Kind, round.TraceParent }).ToListAsync(cancellationToken);
        var mailed = calendar is null ? [] : await FactsAsync(db, rows.Where(row => row.text.Medium == Medium.Email).Select(row => row.text), cancellationToken);
        foreach (var row in rows)
        {
            found[row.text.Id] = _texts[row.text.Id] = new SendableText(row.text.Language, row.text.Subject, row.text.Body, row.text.Html, row.Kind, row.TraceParent, row.text.Variant)
            {
                Calendar = row.text.Medium == Medium.Email ? calendar?.Write([.. RoundsOf(row.text).Select(mailed.GetValueOrDefault).OfType<NoticeFacts>()], row.text.Language) : null,
            };
        }
    }

    private static async Task<Dictionary<long, NoticeFacts>> FactsAsync(NoticesDb db, IEnumerable<RoundText> texts, CancellationToken cancellationToken)
    {
        var rounds = texts.SelectMany(RoundsOf).ToHashSet();
        if (rounds.Count == 0) return [];

        var stored = await db.Rounds.AsNoTracking().Where(round => rounds.Contains(round.Id)).Select(round => new { round.Id, round.Notice!.Facts }).ToListAsync(cancellationToken);

        return stored.Select(round => (round.Id, Facts: Facts(round.Facts))).Where(round => round.Facts is not null).ToDictionary(round => round.Id, round => round.Facts!);
    }

    /// <returns>Null where an earlier program froze something else: the mail goes without a calendar.</returns>
    private static NoticeFacts? Facts(string stored)
    {
        try
        {
            return JsonSerializer.Deserialize<NoticeFacts>(stored, Json.Stored);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Its own round, or all that a joint text tells of.</summary>
    private static IEnumerable<long> RoundsOf(RoundText text) =>
        text.Variant.Contains('+', StringComparison.Ordinal) ? text.Variant.Split('+').Select(id => long.Parse(id, CultureInfo.InvariantCulture)) : [text.RoundId];
}
