using Microsoft.Extensions.Logging;
using Notices.Access;
using Notices.Evidence;
using Notices.Storage;

namespace Notices.Audit;

/// <summary>What became of a verification of the whole record.</summary>
/// <param name="Code">Of the sentence that says what is wrong; null where nothing is.</param>
/// <param name="Sequence">The entry it concerns; null for rows no entry speaks for, and where nothing is wrong.</param>
public sealed record VerifiedRecord(bool Ok, long Entries, long HeadSequence, string HeadHash, string? Code = null, long? Sequence = null)
{
    internal static VerifiedRecord Of(AuditVerdict verdict) =>
        new(verdict.Ok, verdict.Entries, verdict.HeadSequence, verdict.HeadHash, verdict.Fault?.Problem.Code, verdict.Fault?.Sequence);
}

/// <param name="Running">Null while nobody verifies.</param>
/// <param name="Fault">What the last one in this process found wrong, with all its values.</param>
/// <param name="BrokeOff">The last one in this process came to no end; the log says why.</param>
public sealed record VerificationState(AuditProgress? Running, AuditFault? Fault, bool BrokeOff);

/// <summary>Verifies the whole record behind whoever asked for it, and puts on record that it did: one at a time in a process, nobody waits for it.</summary>
public sealed class AuditVerification(Func<NoticesDb> open, CheckpointSigner signer, TimeProvider clock, ILogger<AuditVerification> log) : IAsyncDisposable
{
    /// <summary>The record's own subject, and what is recorded of it.</summary>
    internal const string Subject = "audit", Action = "audit.verified";

    private readonly CancellationTokenSource _gone = new();
    private readonly Lock _lock = new();
    private Task _work = Task.CompletedTask;
    private VerificationState _state = new(null, null, false);

    public VerificationState State
    {
        get
        {
            lock (_lock) return _state;
        }
    }

    /// <summary>Begins one; whoever asks while one is under way watches that.</summary>
    /// <returns>Forbidden for who is neither auditor nor administrator.</returns>
    public Result<VerificationState> Start(Actor actor)
    {
        if (!actor.IsAny(Role.Auditor, Role.Administrator)) return Problem.Forbidden("audit.verify");

        lock (_lock)
        {
            if (_state.Running is not null || _gone.IsCancellationRequested) return _state;

            _state = new VerificationState(new AuditProgress(0, 0), null, false);
            _work = Task.Run(() => RunAsync(actor, _gone.Token), CancellationToken.None);

            return _state;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        await _work;
        _gone.Dispose();
    }

    private async Task RunAsync(Actor actor, CancellationToken cancellationToken)
    {
        var end = new VerificationState(null, null, true);
        try
        {
            await using var db = open();
            var verdict = (await new AuditVerifier(db, signer).VerifyAsync(actor, new Told(this), null, cancellationToken)).Value!;
            end = new VerificationState(null, verdict.Fault, false);
            if (verdict.Fault is { } fault) log.LogCritical("The audit record is not as it was written: {Code} at entry {Sequence}.", fault.Problem.Code, fault.Sequence);

            await using var writing = open();
            var trail = new AuditTrail(writing, clock);
            trail.Record(actor, Action, Subject, null, VerifiedRecord.Of(verdict));
            await trail.CommitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The service stops.
        }
        catch (Exception fault)
        {
            log.LogError(fault, "Verifying the audit record broke off.");
        }
        finally
        {
            lock (_lock) _state = end;
        }
    }

    /// <summary>Told on the reader's own thread: the last word must not come after the end.</summary>
    private sealed class Told(AuditVerification verification) : IProgress<AuditProgress>
    {
        public void Report(AuditProgress value)
        {
            lock (verification._lock) verification._state = verification._state with { Running = value };
        }
    }
}
