using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Notices.Policy;
using Notices.Publishing;
using Notices.Ringing;
using Notices.Storage;

namespace Notices.Outages;

/// <summary>Keeps an outage's due rows in step with <see cref="NoticeSchedule"/>: computed again after every change, by key, so nothing is owed twice.</summary>
internal sealed class OutageSchedule(NoticesDb db, PolicyBook policy, TimeProvider clock)
{
    /// <summary>What is still owed, by plan, policy and now.</summary>
    internal async Task<DueSchedule> ComputeAsync(Outage outage, CancellationToken cancellationToken)
    {
        if (outage.IsHistory) return new DueSchedule([], []);

        return await ComputeAsync(outage, await OutageKnowledge.ReadAsync(db, [outage], cancellationToken), cancellationToken);
    }

    /// <summary>Brings the rows to what is owed; the caller commits. Returns true when a waiting row was added, moved or withdrawn.</summary>
    internal async Task<DueSchedule> RedrawAsync(Outage outage, CancellationToken cancellationToken)
    {
        return await RedrawAsync(outage, await OutageKnowledge.ReadAsync(db, [outage], cancellationToken), cancellationToken);
    }

    /// <summary>The same, from what was read for several outages at once.</summary>
    internal async Task<DueSchedule> RedrawAsync(Outage outage, OutageKnowledge known, CancellationToken cancellationToken)
    {
        var owed = await ComputeAsync(outage, known, cancellationToken);
        var rows = known.Rows(outage).ToDictionary(s => s.Key, StringComparer.Ordinal);
        IReadOnlyList<DueNotice> notices = OutageLife.IsApproved(outage.Status) ? owed.Notices : [];
        var keys = notices.Select(n => n.Key).ToHashSet(StringComparer.Ordinal);

        foreach (var row in rows.Values.Where(r => r.State == ScheduledState.Waiting && !keys.Contains(r.Key))) row.State = ScheduledState.Withdrawn;
        foreach (var due in notices)
        {
            if (!rows.TryGetValue(due.Key, out var row))
            {
                row = new ScheduledNotice { OutageId = outage.Id, Key = due.Key, Rule = due.Rule, Source = due.Source };
                db.ScheduledNotices.Add(row);
            }
            else if (row.State == ScheduledState.Published)
            {
                continue;
            }

            (row.Type, row.DueAt, row.Deadline, row.Late) = (due.Type, due.DueAt, due.Deadline, due.Late);
            (row.Rule, row.Source, row.Audience, row.WindowOrdinal, row.ExpiresAt) = (due.Rule, due.Source, due.Audience?.ToString(), due.WindowOrdinal, due.ExpiresAt);
            row.State = due.Skipped || IsOver(due.Type, due.ExpiresAt, clock.GetUtcNow()) ? ScheduledState.Skipped : ScheduledState.Waiting;
        }

        RedrawMoments(outage, owed, known);

        return owed;
    }

    /// <summary>The rows of what the service does besides publishing. Once done, a moment is not done again.</summary>
    private void RedrawMoments(Outage outage, DueSchedule owed, OutageKnowledge known)
    {
        var approved = OutageLife.IsApproved(outage.Status);
        var moments = owed.Moments.Where(m => m.Acts && m.BeforeApproval != approved && outage.Status is not (OutageStatus.Draft or OutageStatus.Rejected)).ToList();
        var rows = known.Moments(outage).ToDictionary(m => m.Key, StringComparer.Ordinal);
        var keys = moments.Select(m => m.Key).ToHashSet(StringComparer.Ordinal);
        var now = clock.GetUtcNow();

        foreach (var row in rows.Values.Where(r => r.State == MomentState.Waiting && !keys.Contains(r.Key))) row.State = MomentState.Withdrawn;
        // What has not left yet is not sent any more once its reason is gone.
        var reasons = rows.Values.Where(r => keys.Contains(r.Key)).Select(r => r.Id).ToHashSet();
        foreach (var ring in known.WaitingRings(outage).Where(r => !reasons.Contains(r.MomentId))) (ring.State, ring.EndedAt) = (OutboxState.Withdrawn, now);
        foreach (var moment in moments)
        {
            if (!rows.TryGetValue(moment.Key, out var row))
            {
                row = new ScheduledMoment { OutageId = outage.Id, Kind = moment.Kind, Key = moment.Key, Rule = moment.Rule, Source = moment.Source, State = MomentState.Withdrawn };
                db.ScheduledMoments.Add(row);
            }

            if (row.State is not (MomentState.Waiting or MomentState.Withdrawn)) continue;
            (row.DueAt, row.Rule, row.Source) = (moment.DueAt, moment.Rule, moment.Source);
            if (row.State == MomentState.Withdrawn) row.State = moment.Passes && moment.DueAt < now ? MomentState.Skipped : MomentState.Waiting;
        }
    }

    /// <summary>Came too late to be of use; how an outage began and ended is said however late.</summary>
    internal static bool IsOver(NoticeType type, DateTimeOffset expiresAt, DateTimeOffset now) =>
        now >= expiresAt && type is not (NoticeType.Initial or NoticeType.Restored or NoticeType.Cancelled);

    internal async Task<DueSchedule> ComputeAsync(Outage outage, OutageKnowledge known, CancellationToken cancellationToken)
    {
        if (outage.IsHistory) return new DueSchedule([], []);

        return NoticeSchedule.Compute(await DescribeAsync(outage, known, cancellationToken), Told(outage, known), policy.Options, policy.CalendarOf(outage.Organisation!), clock.GetUtcNow());
    }

    /// <summary>What people already know, from the notices themselves.</summary>
    private static List<Told> Told(Outage outage, OutageKnowledge known) =>
    [
        .. known.Notices(outage).Select(row =>
        {
            var facts = JsonSerializer.Deserialize<NoticeFacts>(row.Facts, Json.Stored)!;

            return new Told(
                row.Type, row.Key, row.PublishedAt,
                [.. facts.Windows.Select((w, i) => new PlannedWindow((short)(i + 1), w.StartsAt, w.EndsAt, w.AlternateStartsAt, w.AlternateEndsAt))],
                [.. facts.Places.Select(p => p.Name)], facts.ExpectedAt, facts.NextUpdateBy, row.Version);
        }),
    ];

    private async Task<PlannedOutage> DescribeAsync(Outage outage, OutageKnowledge known, CancellationToken cancellationToken)
    {
        var customers = known.Customers(outage);

        return new PlannedOutage
        {
            Kind = outage.Kind,
            Status = outage.Status,
            Windows = Windows(outage),
            Places = [.. outage.Places.Select(p => p.Name)],
            HasKeyCustomers = customers.HasKeyCustomers,
            HasLifeSupport = customers.HasLifeSupport,
            SubmittedAt = outage.SubmittedAt,
            ApprovedAt = outage.ApprovedAt,
            ChangedAt = outage.ChangedAt,
            LateReason = outage.LateReason,
            IsCorrection = outage.IsCorrection,
            AnnounceAt = outage.AnnounceAt,
            ExpectedAt = outage.ExpectedAt,
            NextUpdateBy = outage.NextUpdateBy,
            StartedAt = outage.StartedAt,
            StartHeld = outage.StartHeld,
            RestoredAt = outage.RestoredAt,
            PartlyRestoredAt = outage.Status == OutageStatus.PartlyRestored
                ? await db.OutageTransformers.Where(t => t.OutageId == outage.Id).MaxAsync(t => t.RestoredAt, cancellationToken)
                : null,
            CancelledAt = outage.CancelledAt,
            PostponedAt = outage.PostponedAt,
            PostponedUntil = outage.PostponedUntil,
            ReplacesTold = known.ReplacedNotices(outage).Any(),
            IsReplaced = known.IsReplaced(outage),
            ReviewOwed = outage.ReviewOwed,
        };
    }

    internal static IReadOnlyList<PlannedWindow> Windows(Outage outage) =>
        [.. outage.Windows.OrderBy(w => w.StartsAt).Select((w, i) => new PlannedWindow((short)(i + 1), w.StartsAt, w.EndsAt, w.AlternateStartsAt, w.AlternateEndsAt))];
}
