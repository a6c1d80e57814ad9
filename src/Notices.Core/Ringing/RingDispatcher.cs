using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Notices.Access;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Storage;

namespace Notices.Ringing;

/// <summary>Sends rings: claimed with one statement, handed over while no connection is held, written back with their record. A claim whose worker died ends as unconfirmed.</summary>
public sealed class RingDispatcher(
    NoticesDb db, AuditTrail audit, AuditOptions digests, ProviderDirectory providers, DeliveryOptions options, TimeProvider clock, [FromKeyedServices(CoreServices.Machine)] TimeProvider machine,
    ILogger<RingDispatcher> log)
{
    /// <summary>Rings in one claim; staff are few.</summary>
    private const int Batch = 20;

    private readonly string _worker = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}";

    /// <summary>Longer than a provider may take, so a claim is only ever lost by a death.</summary>
    private TimeSpan Lease => options.SendTimeout + TimeSpan.FromSeconds(30);

    /// <summary>Sends all that is due by now.</summary>
    public async Task SendDueAsync(CancellationToken cancellationToken)
    {
        await ReleaseAsync(cancellationToken);
        using var sending = new CancellationTokenSource();
        await using var stop = cancellationToken.Register(() => sending.CancelAfter(options.StopTimeout));
        while (await NextDueAsync(cancellationToken) <= clock.GetUtcNow())
        {
            var claimed = await ClaimAsync(cancellationToken);
            if (claimed.Count == 0) break;

            var addresses = await AddressesAsync(claimed, cancellationToken);
            // From here to the writing back nothing is asked of the database.
            var sent = await Task.WhenAll(claimed.Select(ring => SendAsync(ring, addresses.GetValueOrDefault(ring.Id), sending.Token)));
            await WriteAsync(sent, CancellationToken.None);
            db.ChangeTracker.Clear();
        }
    }

    /// <summary>When the next ring falls due; null when none waits.</summary>
    public async Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken) =>
        await db.StaffRings.Where(r => r.State == RingState.Waiting).MinAsync(r => (DateTimeOffset?)r.DueAt, cancellationToken);

    /// <summary>A worker died between claim and writing back: nobody knows whether it left, so it is not sent again.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (!await db.StaffRings.AnyAsync(r => r.State == RingState.Claimed, cancellationToken)) return;

        // The database's clock where processes share one; on SQLite there is one process, and its machine's clock.
        var sql = $"UPDATE staff_rings SET state = 'Unconfirmed', reason = '{DeliveryReasons.WorkerDied}', ended_at = {{0}} WHERE state = 'Claimed' AND lease_until < "
            + (db is PostgreSqlNoticesDb ? "now()" : "{1}") + " RETURNING *";
        await audit.BeginAsync(cancellationToken);
        var lost = await db.StaffRings.FromSqlRaw(sql, db.Instant(clock.GetUtcNow()), db.Instant(machine.GetUtcNow())).AsNoTracking().ToListAsync(cancellationToken);
        await RecordAsync(lost.ConvertAll(ring => (ring, (string?)null)), cancellationToken);
        await audit.CommitAsync(cancellationToken);
    }

    private Task<List<StaffRing>> ClaimAsync(CancellationToken cancellationToken)
    {
        var (until, skip) = db is PostgreSqlNoticesDb ? ($"now() + interval '{(int)Lease.TotalSeconds} seconds'", " FOR UPDATE SKIP LOCKED") : ("{1}", "");
        var sql = "UPDATE staff_rings SET state = 'Claimed', attempts = attempts + 1, lease_owner = {2}, lease_until = " + until
            + " WHERE id IN (SELECT id FROM staff_rings WHERE state = 'Waiting' AND due_at <= {0} ORDER BY due_at, id LIMIT {3}" + skip + ") RETURNING *";

        return db.StaffRings.FromSqlRaw(sql, db.Instant(clock.GetUtcNow()), db.Instant(machine.GetUtcNow() + Lease), _worker, Batch).AsNoTracking().ToListAsync(cancellationToken);
    }

    private async Task<Dictionary<long, string>> AddressesAsync(List<StaffRing> claimed, CancellationToken cancellationToken)
    {
        var users = claimed.Select(r => r.UserId).OfType<string>().ToHashSet();
        var outages = claimed.Where(r => r.UserId is null).Select(r => r.OutageId).ToHashSet();
        var known = await db.Users.AsNoTracking().Where(u => users.Contains(u.Id) && u.DisabledAt == null).ToDictionaryAsync(u => u.Id, cancellationToken);
        var owners = outages.Count == 0 ? [] : await db.Outages.Where(o => outages.Contains(o.Id)).ToDictionaryAsync(o => o.Id, o => o.Owner, cancellationToken);
        var addresses = new Dictionary<long, string>();
        foreach (var ring in claimed)
        {
            var address = ring.UserId is not { } id ? owners.GetValueOrDefault(ring.OutageId)
                : known.GetValueOrDefault(id) is { } user ? ring.Medium == Medium.Email ? user.Email : user.PhoneNumber : null;
            if (!string.IsNullOrWhiteSpace(address)) addresses[ring.Id] = address.Trim();
        }

        return addresses;
    }

    private async Task<(StaffRing Ring, string? Address)> SendAsync(StaffRing ring, string? address, CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow() >= ring.ExpiresAt) return (Ended(ring, RingState.Failed, DeliveryReasons.Expired), address);
        if (address is null) return (Ended(ring, RingState.Unreachable, "no-address"), null);
        if (!providers.Media.Contains(ring.Medium!.Value)) return (Ended(ring, RingState.Unreachable, "no-provider"), address);
        if (providers.Pick(ring.Medium.Value, ring.Id, ring.Attempts) is not { } pick) return (Later(ring, null), address); // All are sick; a later try may find one well.

        // Below zero, so that no provider and no receipt takes it for a delivery of that number.
        var message = new OutgoingMessage(-ring.Id, ring.Medium.Value, address, ring.Language, ring.Medium == Medium.Email ? ring.Subject : null, ring.Body, null, ring.ExpiresAt);
        var outcome = await HandOverAsync(pick, message, cancellationToken);
        (ring.Provider, ring.ProviderMessageId) = (pick.Provider.Name, outcome.ProviderMessageId ?? ring.ProviderMessageId);

        return (outcome.Kind switch
        {
            SendOutcomeKind.Accepted => Ended(ring, RingState.Sent, null),
            SendOutcomeKind.Refused => Ended(ring, RingState.Failed, DeliveryReasons.RefusedByCarrier),
            SendOutcomeKind.TryLater => Later(ring, outcome.RetryAfter),
            _ => Ended(ring, RingState.Unconfirmed, DeliveryReasons.OutcomeUnknown),
        }, address);
    }

    /// <summary>Past the provider's limits: staff are few, and what they are asked is urgent.</summary>
    private async Task<SendOutcome> HandOverAsync(Pick pick, OutgoingMessage message, CancellationToken stopping)
    {
        bool? good = false;
        try
        {
            using var limit = new CancellationTokenSource(options.SendTimeout, machine);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
            var outcome = await pick.Provider.Channel.SendAsync(message, both.Token).WaitAsync(options.SendTimeout + TimeSpan.FromSeconds(1), machine, stopping);
            good = outcome.Kind switch
            {
                SendOutcomeKind.Accepted or SendOutcomeKind.Refused => true,
                SendOutcomeKind.TryLater when outcome.OfRecipient => null,
                _ => false,
            };

            return outcome;
        }
#pragma warning disable CA1031 // Whatever went wrong in a channel, the message may have left.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            if (stopping.IsCancellationRequested) good = null;
            if (fault is not (OperationCanceledException or TimeoutException)) log.LogError(fault, "Provider {Provider} failed on a ring", pick.Provider.Name);

            return SendOutcome.Unknown(fault.GetType().Name);
        }
        finally
        {
            providers.Done(pick, good);
        }
    }

    private StaffRing Ended(StaffRing ring, RingState state, string? reason)
    {
        (ring.State, ring.Reason, ring.EndedAt) = (state, reason, clock.GetUtcNow());

        return ring;
    }

    private StaffRing Later(StaffRing ring, TimeSpan? asked)
    {
        if (ring.Attempts > options.Retries.Count) return Ended(ring, RingState.Failed, DeliveryReasons.RetriesExhausted);

        var pause = options.Retries[ring.Attempts - 1];
        (ring.State, ring.DueAt) = (RingState.Waiting, clock.GetUtcNow() + (asked > pause ? asked.Value : pause));

        return ring;
    }

    private async Task WriteAsync((StaffRing Ring, string? Address)[] sent, CancellationToken cancellationToken)
    {
        await audit.BeginAsync(cancellationToken);
        var ids = sent.Select(s => s.Ring.Id).ToList();
        var rows = await db.StaffRings.Where(r => ids.Contains(r.Id)).ToDictionaryAsync(r => r.Id, cancellationToken);
        var written = new List<(StaffRing Ring, string? Address)>();
        foreach (var (ring, address) in sent)
        {
            // Taken for dead while it was merely slow: what really became of it is believed, and nothing is sent again.
            var row = rows[ring.Id];
            if (row.State != RingState.Claimed || row.LeaseOwner != _worker)
            {
                if (row.State != RingState.Unconfirmed || ring.State != RingState.Sent) continue;
            }

            (row.State, row.Reason, row.DueAt, row.EndedAt) = (ring.State, ring.Reason, ring.DueAt, ring.EndedAt);
            (row.Provider, row.ProviderMessageId, row.LeaseOwner, row.LeaseUntil) = (ring.Provider, ring.ProviderMessageId, null, null);
            written.Add((row, address));
        }

        await RecordAsync(written, cancellationToken);
        await audit.CommitAsync(cancellationToken);
    }

    /// <summary>One entry an outage; an address stands in it as a digest.</summary>
    private async Task RecordAsync(List<(StaffRing Ring, string? Address)> rings, CancellationToken cancellationToken)
    {
        var ids = rings.Select(r => r.Ring.OutageId).Distinct().ToList();
        var numbers = await db.Outages.Where(o => ids.Contains(o.Id)).ToDictionaryAsync(o => o.Id, o => o.Number, cancellationToken);
        foreach (var outage in rings.GroupBy(r => r.Ring.OutageId).OrderBy(g => g.Key))
        {
            audit.Record(Actor.System, "rings.tried", $"outage/{numbers[outage.Key]}", null, new
            {
                rings = outage.Select(r => new { r.Ring.Id, r.Ring.MomentId, r.Ring.Medium, to = r.Address is { } address ? digests.Digest(address) : null, r.Ring.State, r.Ring.Reason, r.Ring.Provider, r.Ring.Attempts }).ToList(),
            });
        }
    }
}
