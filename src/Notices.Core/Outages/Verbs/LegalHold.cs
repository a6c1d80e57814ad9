using Notices.Access;
using Notices.Audit;
using Notices.Policy;
using Notices.Storage;

namespace Notices.Outages;

/// <summary>依法保留: keeps what was sent about an outage, and to whom, from being erased, for a court or an inquiry.</summary>
/// <param name="Reason">For the record; never printed.</param>
public sealed record HoldOutage(string? Reason = null);

/// <summary>Puts outages under legal hold and releases them, in whatever state they are. Both need an administrator, who may erase, and a reason.</summary>
public sealed class LegalHold
{
    private readonly OutageActs _acts;

    public LegalHold(NoticesDb db, AuditTrail audit, TimeProvider clock, PolicyBook policy, DueAlarm alarm) => _acts = new OutageActs(db, audit, clock, policy, alarm);

    /// <summary>Once more with another reason is fine: an outage may concern two courts. One release ends it.</summary>
    public Task<Result<OutageView>> HoldAsync(string number, string? reason, Actor actor, CancellationToken cancellationToken) => SetAsync(number, true, "held", reason, actor, cancellationToken);

    /// <summary>What is past its time is erased with the next run.</summary>
    public Task<Result<OutageView>> ReleaseAsync(string number, string? reason, Actor actor, CancellationToken cancellationToken) => SetAsync(number, false, "released", reason, actor, cancellationToken);

    private Task<Result<OutageView>> SetAsync(string number, bool held, string verb, string? reason, Actor actor, CancellationToken cancellationToken) =>
        _acts.DoAsync(
            number, verb, [Role.Administrator], actor,
            outage =>
            {
                IReadOnlyList<Problem> problems = string.IsNullOrWhiteSpace(reason) ? [new Problem("reason-missing", "reason")]
                    : !held && !outage.LegalHold ? [new Problem("outage-not-held", null, new { number }, ProblemKind.State)]
                    : [];
                if (problems.Count == 0) outage.LegalHold = held;

                return Task.FromResult(problems);
            },
            new { reason = reason?.Trim() }, cancellationToken);
}
