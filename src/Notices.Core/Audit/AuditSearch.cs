using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Storage;

namespace Notices.Audit;

/// <summary>What to look for in the record; null looks for all.</summary>
/// <param name="To">Exclusive.</param>
/// <param name="SubjectPrefix">The start of the subject, e.g. <c>outages/JX-</c>.</param>
/// <param name="After">The <see cref="AuditPage.Next"/> of the page before.</param>
/// <param name="Limit">Kept between 1 and <see cref="AuditSearch.MaxLimit"/>.</param>
/// <param name="OldestFirst">Otherwise the newest come first.</param>
public sealed record AuditQuery(
    DateTimeOffset? From = null, DateTimeOffset? To = null, string? Actor = null, string? Action = null, string? SubjectPrefix = null,
    long? After = null, int Limit = AuditSearch.DefaultLimit, bool OldestFirst = false);

/// <param name="Next">Where the next page begins; null at the end.</param>
public sealed record AuditPage(IReadOnlyList<AuditLine> Items, long? Next);

/// <summary>Looking into the record.</summary>
public sealed class AuditSearch(NoticesDb db)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 500;

    public async Task<Result<AuditPage>> ListAsync(Actor actor, AuditQuery query, CancellationToken cancellationToken)
    {
        if (!actor.IsAny(Role.Auditor, Role.Administrator)) return Problem.Forbidden("audit.list");
        var limit = Math.Clamp(query.Limit, 1, MaxLimit);
        var entries = db.AuditEntries.AsNoTracking();
        if (query.From is { } from) entries = entries.Where(e => e.At >= from);
        if (query.To is { } to) entries = entries.Where(e => e.At < to);
        if (query.Actor is { } name) entries = entries.Where(e => e.Actor == name);
        if (query.Action is { } action) entries = entries.Where(e => e.Action == action);
        if (query.SubjectPrefix is { } subject) entries = entries.Where(e => e.Subject.StartsWith(subject));
        if (query.After is { } after) entries = entries.Where(e => query.OldestFirst ? e.Sequence > after : e.Sequence < after);
        var sorted = query.OldestFirst ? entries.OrderBy(e => e.Sequence) : entries.OrderByDescending(e => e.Sequence);

        var found = await sorted.Take(limit + 1).ToListAsync(cancellationToken);
        var page = found.Take(limit).Select(Shown).ToList();

        return new AuditPage(page, found.Count > limit ? page[^1].Sequence : null);
    }

    /// <summary>A damaged line is shown by its columns.</summary>
    private static AuditLine Shown(AuditEntry entry) =>
        AuditLine.Of(entry) ?? new AuditLine(entry.Sequence, AuditChain.Time(entry.At), entry.Actor, entry.Action, entry.Subject, null, null, "", entry.Hash);
}
