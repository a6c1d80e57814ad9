using Microsoft.Extensions.Logging;
using Notices.Access;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Operation;
using Notices.Outages;
using Notices.Policy;
using Notices.Storage;

namespace Notices.Ringing;

/// <summary>One moment at which people are rung.</summary>
/// <param name="Deadline">By when the notice must be out, for a plan that waits for approval.</param>
internal sealed record RingMoment(ScheduledMoment Row, Outage Outage, DateTimeOffset? Deadline);

/// <summary>Turns a moment that fell due into rings, in the transaction that takes the moment: they are there once, or the moment still waits.
/// Whoever cannot be rung gets a row that says why.</summary>
public sealed class StaffRinging(NoticesDb db, AuditTrail audit, ProviderDirectory providers, OperationOptions operation, TimeProvider clock, ILogger<StaffRinging> log)
{
    /// <summary>How long a question about a running outage is worth asking.</summary>
    private static readonly TimeSpan Worth = TimeSpan.FromHours(2);

    /// <summary>Opens the rings of what fell due; the caller commits.</summary>
    internal async Task OpenAsync(IReadOnlyList<RingMoment> due, CancellationToken cancellationToken)
    {
        if (due.Count == 0) return;

        var people = await RingPeople.ReadAsync(db, [.. due.Select(d => d.Outage).DistinctBy(o => o.Id)], cancellationToken);
        foreach (var moment in due)
        {
            var persons = people.For(moment.Row.Kind, moment.Outage);
            List<StaffRing> rings = persons.Count == 0 ? [Ring(moment, null, null, "nobody-to-ring")] : [.. persons.SelectMany(p => Rings(moment, p))];
            db.StaffRings.AddRange(rings);
            var unreachable = rings.Count(r => r.State == OutboxState.Unreachable);
            if (unreachable == rings.Count)
                log.LogWarning("{Kind} of {Number} rings nobody: {Reasons}", moment.Row.Kind, moment.Outage.Number, string.Join(", ", rings.Select(r => r.Reason).Distinct()));
            if (moment.Row.Kind == MomentKind.NextUpdateOwed) log.LogError("{Number} promised its next update by {By:u} and has not given it", moment.Outage.Number, moment.Outage.NextUpdateBy);
            audit.Record(
                Actor.System, moment.Row.Kind == MomentKind.NextUpdateOwed ? "promise.broken" : "staff.rung", OutagePlanning.Subject(moment.Outage), null,
                new { moment = moment.Row.Kind, moment.Row.DueAt, people = persons.Count, messages = rings.Count - unreachable, unreachable });
        }
    }

    /// <summary>One a medium they can be reached on.</summary>
    private IEnumerable<StaffRing> Rings(RingMoment moment, RingPerson person)
    {
        var media = new List<Medium>();
        if (person.Phone is not null) media.Add(Medium.Sms);
        if (person.Email is not null) media.Add(Medium.Email);

        return media.Count == 0
            ? [Ring(moment, person, null, "no-address")]
            : media.Select(medium => Ring(moment, person, medium, providers.Media.Contains(medium) ? null : "no-provider"));
    }

    private StaffRing Ring(RingMoment moment, RingPerson? person, Medium? medium, string? unreachable)
    {
        var now = clock.GetUtcNow();
        var language = person?.Language ?? Words.Languages.Chinese;
        var (subject, body) = RingWords.Of(moment.Row.Kind, moment.Outage, moment.Deadline, now, language);
        if (operation.IsDrill) (subject, body) = (DrillMark.Line(subject, language), DrillMark.Line(body, language));
        var start = moment.Outage.Windows.Count > 0 ? moment.Outage.Windows.Min(w => w.StartsAt) : now + Worth;

        return new StaffRing
        {
            MomentId = moment.Row.Id,
            OutageId = moment.Outage.Id,
            UserId = person?.User?.Id,
            Medium = medium,
            Language = language,
            Subject = subject,
            Body = body,
            State = unreachable is null ? OutboxState.Waiting : OutboxState.Unreachable,
            Reason = unreachable,
            DueAt = now,
            ExpiresAt = moment.Row.Kind is MomentKind.RingApprover or MomentKind.RingDeputy or MomentKind.RingDutyLeader && start > now ? start : now + Worth,
            EndedAt = unreachable is null ? null : now,
        };
    }
}
