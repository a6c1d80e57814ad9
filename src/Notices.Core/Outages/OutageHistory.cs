using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Notices.Audit;
using Notices.Storage;

namespace Notices.Outages;

/// <summary>One thing that was done to an outage or said about it.</summary>
/// <param name="Sequence">Of the entry of the record that proves it.</param>
/// <param name="By">User, key or <c>system</c>.</param>
/// <param name="What">The action of the record: <c>outage.approved</c>, <c>notice.published</c>.</param>
/// <param name="Notice">Identifier of the notice, where one was published.</param>
/// <param name="Why">What was given as the reason, as it was given.</param>
/// <param name="Changes">What differs, member by member; empty for the first entry.</param>
public sealed record OutageDeed(long Sequence, DateTimeOffset At, string By, string What, string? Notice, JsonElement? Why, IReadOnlyList<OutageChange> Changes);

/// <param name="Field">A member of the outage, as the API names it.</param>
public sealed record OutageChange(string Field, JsonElement? Before, JsonElement? After);

/// <summary>What a plan says otherwise than something an approver knows already.</summary>
/// <param name="Number">Of the outage it is compared with: itself, or the one it takes the place of.</param>
/// <param name="At">When that was submitted or last changed.</param>
/// <param name="Changes">Empty: it says the same.</param>
public sealed record DecisionDifference(string Number, DateTimeOffset At, string By, IReadOnlyList<OutageChange> Changes);

/// <summary>Who did what, when and why, before and after: read from the record.</summary>
internal sealed class OutageHistory(NoticesDb db)
{
    /// <summary>The last so many; a life has some dozens.</summary>
    private const int Most = 500;

    /// <summary>Members that say nothing by themselves: the version counts, notices and warnings stand beside the history.</summary>
    private static readonly HashSet<string> Silent = ["version", "notices", "warnings", "history", "difference"];

    /// <summary>What an approver decides about.</summary>
    private static readonly HashSet<string> Decided = ["kind", "organisation", "feeders", "sections", "transformers", "places", "windows", "reason", "work", "owner", "lateReason"];

    /// <summary>What is otherwise than in the last submission before this one, or than in the outage it takes the place of; null where an approver sees it for the first time.</summary>
    internal async Task<DecisionDifference?> DifferenceAsync(Outage outage, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        if (outage.Status != OutageStatus.Submitted) return null;

        var subject = OutagePlanning.Subject(outage);
        var submitted = await db.AuditEntries.AsNoTracking().Where(e => e.Subject == subject && e.Action == "outage.submitted").OrderByDescending(e => e.Sequence).Skip(1).FirstOrDefaultAsync(cancellationToken);
        var replaced = submitted is null && outage.Replaces is { } other ? OutagePlanning.Subject(other) : null;
        var entry = submitted ?? (replaced is null ? null
            : await db.AuditEntries.AsNoTracking().Where(e => e.Subject == replaced && e.Action.StartsWith("outage.")).OrderByDescending(e => e.Sequence).FirstOrDefaultAsync(cancellationToken));
        if (entry is null || Parse(AuditLine.Of(entry)?.After) is not { } known) return null;

        var now = JsonSerializer.SerializeToElement(OutageView.Of(outage), Json.Stored);

        return new DecisionDifference(entry.Subject[(entry.Subject.IndexOf('/', StringComparison.Ordinal) + 1)..], TimeZoneInfo.ConvertTime(entry.At, zone), entry.Actor, [.. Differences(Inner(known), now).Where(change => Decided.Contains(change.Field))]);
    }

    /// <summary>The oldest first.</summary>
    internal async Task<IReadOnlyList<OutageDeed>> ReadAsync(Outage outage, IReadOnlyList<OutageNotice> notices, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        List<string> subjects = [OutagePlanning.Subject(outage), .. notices.Select(n => NoticeHash.Prefix + n.Identifier)];
        var entries = await db.AuditEntries.AsNoTracking().Where(e => subjects.Contains(e.Subject)).OrderByDescending(e => e.Sequence).Take(Most).ToListAsync(cancellationToken);
        entries.Reverse();

        return entries.ConvertAll(entry =>
        {
            var line = AuditLine.Of(entry);
            var notice = entry.Subject.StartsWith(NoticeHash.Prefix, StringComparison.Ordinal) ? entry.Subject[NoticeHash.Prefix.Length..] : null;
            var after = Parse(line?.After);
            var changes = notice is null && Parse(line?.Before) is { } before && after is { } now ? Differences(before, Inner(now)) : [];

            return new OutageDeed(entry.Sequence, TimeZoneInfo.ConvertTime(entry.At, zone), entry.Actor, entry.Action, notice, notice is null ? Member(after, "why") : null, changes);
        });
    }

    /// <summary>A verb records the outage beside the reason given, an edit the outage alone.</summary>
    private static JsonElement Inner(JsonElement after) => Member(after, "outage") is { ValueKind: JsonValueKind.Object } outage ? outage : after;

    private static List<OutageChange> Differences(JsonElement before, JsonElement after)
    {
        if (before.ValueKind != JsonValueKind.Object || after.ValueKind != JsonValueKind.Object) return [];

        return [.. before.EnumerateObject().Concat(after.EnumerateObject()).Select(member => member.Name).Distinct().Where(name => !Silent.Contains(name))
            .Select(name => new OutageChange(name, Member(before, name), Member(after, name)))
            .Where(change => !Same(change.Before, change.After))];
    }

    private static bool Same(JsonElement? one, JsonElement? other) => one is { } first && other is { } second ? JsonElement.DeepEquals(first, second) : one is null && other is null;

    /// <summary>Null where there is none and where it is null.</summary>
    private static JsonElement? Member(JsonElement? from, string name) =>
        from is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static JsonElement? Parse(string? json)
    {
        if (json is null) return null;
        using var document = JsonDocument.Parse(json);

        return document.RootElement.Clone();
    }
}
