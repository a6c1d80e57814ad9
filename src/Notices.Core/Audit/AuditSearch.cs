using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Storage;

namespace Notices.Audit;

/// <summary>What to look for in the record; null looks for all.</summary>
/// <param name="To">Exclusive.</param>
/// <param name="SubjectPrefix">The start of the subject, e.g. <c>outage/JX-</c>.</param>
/// <param name="After">The <see cref="AuditPage.Next"/> of the page before.</param>
/// <param name="Limit">Kept between 1 and <see cref="AuditSearch.MaxLimit"/>.</param>
/// <param name="OldestFirst">Otherwise the newest come first.</param>
/// <param name="Text">Stands anywhere in the entry, as it was typed or as JSON writes it; letters of ASCII in either case. Reads every entry the rest leaves over.</param>
/// <param name="Before">The <see cref="AuditPage.Previous"/> of the page after; goes before <paramref name="After"/>.</param>
public sealed record AuditQuery(
    DateTimeOffset? From = null, DateTimeOffset? To = null, string? Actor = null, string? Action = null, string? SubjectPrefix = null,
    long? After = null, int Limit = AuditSearch.DefaultLimit, bool OldestFirst = false, string? Text = null, long? Before = null);

/// <param name="Next">Where the next page begins; null at the end.</param>
/// <param name="Previous">Where the page before ends; null at the beginning.</param>
public sealed record AuditPage(IReadOnlyList<AuditLine> Items, long? Next, long? Previous = null);

/// <summary>Looking into the record.</summary>
public sealed class AuditSearch(NoticesDb db)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 500;

    /// <summary>Of <see cref="AuditQuery.Text"/>.</summary>
    public const int LongestText = 200;

    public async Task<Result<AuditPage>> ListAsync(Actor actor, AuditQuery query, CancellationToken cancellationToken)
    {
        if (!actor.IsAny(Role.Auditor, Role.Administrator)) return Problem.Forbidden("audit.list");
        if (query.Text?.Length > LongestText) return new Problem("audit-text-too-long", "text", new { length = query.Text.Length, limit = LongestText });

        // No entry has the one character PostgreSQL does not take.
        if (new[] { query.Actor, query.Action, query.SubjectPrefix, query.Text }.Any(asked => asked?.Contains('\0', StringComparison.Ordinal) == true)) return new AuditPage([], null);

        var (limit, back) = (Math.Clamp(query.Limit, 1, MaxLimit), query.Before is not null);
        var entries = Matching(query);
        var rising = query.OldestFirst != back;
        if ((query.Before ?? query.After) is { } cursor) entries = entries.Where(e => rising ? e.Sequence > cursor : e.Sequence < cursor);
        var sorted = rising ? entries.OrderBy(e => e.Sequence) : entries.OrderByDescending(e => e.Sequence);

        var found = await sorted.Take(limit + 1).ToListAsync(cancellationToken);
        var page = found.Take(limit).Select(Shown).ToList();
        if (back) page.Reverse();
        if (page.Count == 0) return new AuditPage(page, null);

        var more = found.Count > limit;

        return back ? new AuditPage(page, page[^1].Sequence, more ? page[0].Sequence : null)
            : new AuditPage(page, more ? page[^1].Sequence : null, query.After is null ? null : page[0].Sequence);
    }

    private IQueryable<AuditEntry> Matching(AuditQuery query)
    {
        var entries = db.AuditEntries.AsNoTracking();
        if (query.From is { } from) entries = entries.Where(e => e.At >= from);
        if (query.To is { } to) entries = entries.Where(e => e.At < to);
        if (query.Actor is { } name) entries = entries.Where(e => e.Actor == name);
        if (query.Action is { } action) entries = entries.Where(e => e.Action == action);
        if (query.SubjectPrefix is { } subject) entries = entries.Where(e => e.Subject.StartsWith(subject));

        return query.Text is { Length: > 0 } text ? Saying(entries, text) : entries;
    }

    private IQueryable<AuditEntry> Saying(IQueryable<AuditEntry> entries, string text)
    {
        const string escape = "\\";
        var (typed, written) = (Pattern(text), Pattern(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value));

        return db is PostgreSqlNoticesDb
            ? entries.Where(e => EF.Functions.ILike(e.Line, typed, escape) || EF.Functions.ILike(e.Line, written, escape))
            : entries.Where(e => EF.Functions.Like(e.Line, typed, escape) || EF.Functions.Like(e.Line, written, escape));

        static string Pattern(string said) =>
            $"%{said.Replace(escape, escape + escape, StringComparison.Ordinal).Replace("%", escape + "%", StringComparison.Ordinal).Replace("_", escape + "_", StringComparison.Ordinal)}%";
    }

    /// <summary>A damaged line is shown by its columns.</summary>
    private static AuditLine Shown(AuditEntry entry) =>
        AuditLine.Of(entry) ?? new AuditLine(entry.Sequence, AuditChain.Time(entry.At), entry.Actor, entry.Action, entry.Subject, null, null, "", entry.Hash);
}
