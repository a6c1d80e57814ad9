using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Storage;

namespace Notices.Ringing;

/// <summary>Sends the rows of one outbox: claimed with one statement, handed over while no connection is held, written back with their record. A claim whose worker died ends as unconfirmed,
/// so each leaves once at most.</summary>
public abstract class OutboxDispatcher<T>
    where T : OutboxRow
{
    /// <summary>Messages in one claim; they are few.</summary>
    private const int Batch = 20;

    /// <summary>Domain time a message goes back for when its provider has no room; it counts as no try.</summary>
    private static readonly TimeSpan ComeBack = TimeSpan.FromSeconds(2);

    private readonly OutboxParts _parts;
    private readonly string _table;
    private readonly string _worker = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}";

    private protected OutboxDispatcher(OutboxParts parts) => (_parts, _table) = (parts, parts.Db.Model.FindEntityType(typeof(T))!.GetTableName()!);

    private protected NoticesDb Db => _parts.Db;

    private protected AuditTrail Audit => _parts.Audit;

    private protected AuditOptions Digests => _parts.Digests;

    /// <summary>Longer than a provider may take, so a claim is only ever lost by a death.</summary>
    private TimeSpan Lease => _parts.Options.SendTimeout + ProviderGate.Patience + TimeSpan.FromSeconds(30);

    /// <summary>Sends all that is due by now.</summary>
    public async Task SendDueAsync(CancellationToken cancellationToken)
    {
        await ReleaseAsync(cancellationToken);
        using var sending = new CancellationTokenSource();
        await using var stop = cancellationToken.Register(() => sending.CancelAfter(_parts.Options.StopTimeout));
        while (!cancellationToken.IsCancellationRequested && await NextDueAsync(cancellationToken) <= _parts.Clock.GetUtcNow())
        {
            var claimed = await ClaimAsync(cancellationToken);
            if (claimed.Count == 0) break;

            var addresses = await AddressesAsync(claimed, cancellationToken);
            // From here to the writing back nothing is asked of the database.
            var sent = await Task.WhenAll(claimed.Select(row => SendAsync(row, addresses.GetValueOrDefault(row.Id), sending.Token)));
            await WriteAsync(sent, CancellationToken.None);
            Db.ChangeTracker.Clear();
        }
    }

    /// <summary>When the next falls due; null when none waits.</summary>
    public async Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken) =>
        await Db.Set<T>().Where(r => r.State == OutboxState.Waiting).MinAsync(r => (DateTimeOffset?)r.DueAt, cancellationToken);

    /// <summary>A worker died between claim and writing back: nobody knows whether it left, so it is not sent again.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (!await Db.Set<T>().AnyAsync(r => r.State == OutboxState.Claimed, cancellationToken)) return;

        // The database's clock where processes share one; on SQLite there is one process, and its machine's clock.
        var sql = $"UPDATE {_table} SET state = 'Unconfirmed', reason = '{DeliveryReasons.WorkerDied}', ended_at = {{0}} WHERE state = 'Claimed' AND lease_until < "
            + (Db is PostgreSqlNoticesDb ? "now()" : "{1}") + " RETURNING *";
        await Audit.BeginAsync(cancellationToken);
        var lost = await Db.Set<T>().FromSqlRaw(sql, Db.Instant(_parts.Clock.GetUtcNow()), Db.Instant(_parts.Machine.GetUtcNow())).AsNoTracking().ToListAsync(cancellationToken);
        await RecordAsync(lost.ConvertAll(row => (row, (string?)null)), cancellationToken);
        await Audit.CommitAsync(cancellationToken);
    }

    /// <summary>Whom each goes to; left out where there is nobody.</summary>
    private protected abstract Task<Dictionary<long, string>> AddressesAsync(List<T> claimed, CancellationToken cancellationToken);

    /// <summary>The number the provider is given: below zero, so that no provider and no receipt takes it for a delivery, and of no other outbox.</summary>
    private protected abstract long NumberOf(T row);

    /// <summary>By whom it goes.</summary>
    /// <returns>Null where all are out of order; a later try may find one that is not.</returns>
    private protected virtual Pick? PickFor(T row) => _parts.Providers.Pick(row.Medium!.Value, row.Id, row.Attempts);

    /// <summary>Whether it keeps to the providers' limits; what is urgent goes past them.</summary>
    private protected abstract bool KeepsLimits { get; }

    /// <summary>Notes entries about rows just written; an address stands in them as a digest.</summary>
    private protected abstract Task RecordAsync(List<(T Row, string? Address)> rows, CancellationToken cancellationToken);

    /// <inheritdoc cref="ProviderDirectory.Find"/>
    private protected Pick? PickNamed(string provider, Medium medium) =>
        _parts.Providers.Find(provider) is { } known && known.Media.Contains(medium) ? _parts.Providers.Begin(known) : null;

    private Task<List<T>> ClaimAsync(CancellationToken cancellationToken)
    {
        var (until, skip) = Db is PostgreSqlNoticesDb ? ($"now() + interval '{(int)Lease.TotalSeconds} seconds'", " FOR UPDATE SKIP LOCKED") : ("{1}", "");
        var sql = $"UPDATE {_table} SET state = 'Claimed', attempts = attempts + 1, lease_owner = {{2}}, lease_until = " + until
            + $" WHERE id IN (SELECT id FROM {_table} WHERE state = 'Waiting' AND due_at <= {{0}} ORDER BY due_at, id LIMIT {{3}}" + skip + ") RETURNING *";

        return Db.Set<T>().FromSqlRaw(sql, Db.Instant(_parts.Clock.GetUtcNow()), Db.Instant(_parts.Machine.GetUtcNow() + Lease), _worker, Batch).AsNoTracking().ToListAsync(cancellationToken);
    }

    private async Task<(T Row, string? Address)> SendAsync(T row, string? address, CancellationToken cancellationToken)
    {
        if (_parts.Clock.GetUtcNow() >= row.ExpiresAt) return (Ended(row, OutboxState.Failed, DeliveryReasons.Expired), address);
        if (address is null) return (Ended(row, OutboxState.Unreachable, "no-address"), null);
        if (!_parts.Providers.Media.Contains(row.Medium!.Value)) return (Ended(row, OutboxState.Unreachable, "no-provider"), address);
        if (PickFor(row) is not { } pick) return (Later(row, null), address);

        var message = new OutgoingMessage(NumberOf(row), row.Medium.Value, address, row.Language, row.Medium == Medium.Email ? row.Subject : null, row.Body, null, row.ExpiresAt);
        var gate = KeepsLimits ? _parts.Gates.Of(pick.Provider, message.Medium) : null;
        if (gate is not null && !await HasRoomAsync(gate, pick, message, cancellationToken)) return (GivenBack(row), address);

        SendOutcome outcome;
        try
        {
            outcome = await HandOverAsync(pick, message, cancellationToken);
        }
        finally
        {
            gate?.Leave();
        }

        (row.Provider, row.ProviderMessageId) = (pick.Provider.Name, outcome.ProviderMessageId ?? row.ProviderMessageId);

        return (outcome.Kind switch
        {
            SendOutcomeKind.Accepted => Ended(row, OutboxState.Sent, null),
            SendOutcomeKind.Refused when outcome.Detail == DeliveryReasons.Shadow => Ended(row, OutboxState.Withdrawn, DeliveryReasons.Shadow),
            SendOutcomeKind.Refused => Ended(row, OutboxState.Failed, DeliveryReasons.RefusedByCarrier),
            SendOutcomeKind.TryLater => Later(row, outcome.RetryAfter),
            _ => Ended(row, OutboxState.Unconfirmed, DeliveryReasons.OutcomeUnknown),
        }, address);
    }

    /// <summary>Behind whatever is sent of rounds.</summary>
    private async Task<bool> HasRoomAsync(ProviderGate gate, Pick pick, OutgoingMessage message, CancellationToken cancellationToken)
    {
        var room = false;
        try
        {
            return room = await gate.EnterAsync(ProviderGates.UnitsOf(message, pick.Provider), 2 * ProviderGate.Urgent, cancellationToken);
        }
        finally
        {
            if (!room) _parts.Providers.Done(pick, null);
        }
    }

    private async Task<SendOutcome> HandOverAsync(Pick pick, OutgoingMessage message, CancellationToken stopping)
    {
        bool? good = false;
        try
        {
            using var limit = new CancellationTokenSource(_parts.Options.SendTimeout, _parts.Machine);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
            var outcome = await pick.Provider.Channel.SendAsync(message, both.Token).WaitAsync(_parts.Options.SendTimeout + TimeSpan.FromSeconds(1), _parts.Machine, stopping);
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
            if (fault is not (OperationCanceledException or TimeoutException)) _parts.Log.LogError(fault, "Provider {Provider} failed on a row of {Outbox}", pick.Provider.Name, _table);

            return SendOutcome.Unknown(fault.GetType().Name);
        }
        finally
        {
            _parts.Providers.Done(pick, good);
        }
    }

    private T Ended(T row, OutboxState state, string? reason)
    {
        (row.State, row.Reason, row.EndedAt) = (state, reason, _parts.Clock.GetUtcNow());

        return row;
    }

    private T GivenBack(T row)
    {
        (row.State, row.Attempts, row.DueAt) = (OutboxState.Waiting, (short)(row.Attempts - 1), _parts.Clock.GetUtcNow() + ComeBack);

        return row;
    }

    private T Later(T row, TimeSpan? asked)
    {
        if (row.Attempts > _parts.Options.Retries.Count) return Ended(row, OutboxState.Failed, DeliveryReasons.RetriesExhausted);

        var pause = _parts.Options.Retries[row.Attempts - 1];
        (row.State, row.DueAt) = (OutboxState.Waiting, _parts.Clock.GetUtcNow() + (asked > pause ? asked.Value : pause));

        return row;
    }

    private async Task WriteAsync((T Row, string? Address)[] sent, CancellationToken cancellationToken)
    {
        await Audit.BeginAsync(cancellationToken);
        var ids = sent.Select(s => s.Row.Id).ToList();
        var rows = await Db.Set<T>().Where(r => ids.Contains(r.Id)).ToDictionaryAsync(r => r.Id, cancellationToken);
        var written = new List<(T Row, string? Address)>();
        foreach (var (row, address) in sent)
        {
            // Taken for dead while it was merely slow: what really became of it is believed, and nothing is sent again.
            if (!rows.TryGetValue(row.Id, out var now)) continue;
            if (now.State != OutboxState.Claimed || now.LeaseOwner != _worker)
            {
                if (now.State != OutboxState.Unconfirmed || row.State != OutboxState.Sent) continue;
            }

            (now.State, now.Reason, now.DueAt, now.EndedAt, now.Attempts) = (row.State, row.Reason, row.DueAt, row.EndedAt, row.Attempts);
            (now.Provider, now.ProviderMessageId, now.LeaseOwner, now.LeaseUntil) = (row.Provider, row.ProviderMessageId, null, null);
            written.Add((now, address));
        }

        await RecordAsync(written, cancellationToken);
        await Audit.CommitAsync(cancellationToken);
    }
}
