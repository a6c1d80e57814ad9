using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Storage;

namespace Notices.Access;

/// <summary>What to do with a POST that carries an Idempotency-Key.</summary>
public enum IdempotencyVerdict
{
    /// <summary>First time: run it, then keep the answer.</summary>
    Fresh,

    /// <summary>Same key, same body, answered before: give that answer.</summary>
    Replay,

    /// <summary>Same key, another body.</summary>
    OtherBody,

    /// <summary>The first one has not been answered yet.</summary>
    Running,
}

/// <summary>Keeps answers for 24 h per key holder and route, so that a repeated POST is done once.</summary>
/// <param name="open">A connection beside the request's own, which is busy while it runs.</param>
public sealed class Idempotency(NoticesDb db, Func<NoticesDb> open, [FromKeyedServices("machine")] TimeProvider machine)
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>A request that has not said for so long that it still runs died with its process. Clocks of several processes may be a minute apart.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(20);

    /// <summary>Takes the key for this request, or says why not.</summary>
    public async Task<(IdempotencyVerdict Verdict, IdempotentAnswer Row)> BeginAsync(
        string holder, string route, string key, byte[] body, CancellationToken cancellationToken)
    {
        var (now, hash) = (machine.GetUtcNow(), Convert.ToHexStringLower(SHA256.HashData(body)));
        var old = now - Kept;
        await db.IdempotentAnswers.Where(a => a.CreatedAt < old).ExecuteDeleteAsync(cancellationToken);

        if (await FindAsync(holder, route, key, hash, cancellationToken) is { } known) return known;

        var row = new IdempotentAnswer { Holder = holder, Route = route, Key = key, BodyHash = hash, CreatedAt = now };
        db.IdempotentAnswers.Add(row);
        try
        {
            await db.SaveChangesAsync(cancellationToken);

            return (IdempotencyVerdict.Fresh, row);
        }
        catch (DbUpdateException)
        {
            db.ChangeTracker.Clear();
        }

        // Another request with the key came in between.
        return await FindAsync(holder, route, key, hash, cancellationToken) ?? throw new InvalidOperationException("The answer kept for a key is gone.");
    }

    private async Task<(IdempotencyVerdict Verdict, IdempotentAnswer Row)?> FindAsync(string holder, string route, string key, string hash, CancellationToken cancellationToken)
    {
        var found = await db.IdempotentAnswers.AsNoTracking().FirstOrDefaultAsync(a => a.Holder == holder && a.Route == route && a.Key == key, cancellationToken);
        if (found is null) return null;
        if (found is { Status: null } dead && dead.CreatedAt < machine.GetUtcNow() - Lease)
        {
            // Whether it had come to anything, nobody knows; whoever asks again looks at what there is. Renewed at this very moment it lives on.
            var gone = await db.IdempotentAnswers.Where(a => a.Id == dead.Id && a.Status == null && a.CreatedAt == dead.CreatedAt).ExecuteDeleteAsync(cancellationToken);

            return gone == 1 ? null : await FindAsync(holder, route, key, hash, cancellationToken);
        }

        return (found.BodyHash != hash ? IdempotencyVerdict.OtherBody : found.Status is null ? IdempotencyVerdict.Running : IdempotencyVerdict.Replay, found);
    }

    /// <summary>Says every few seconds that the request still runs, until it is disposed of.</summary>
    public IAsyncDisposable Running(long id)
    {
        var timer = new PeriodicTimer(Renewal, machine);

        return new Renewing(timer, RenewAsync(id, timer));
    }

    private async Task RenewAsync(long id, PeriodicTimer timer)
    {
        while (await timer.WaitForNextTickAsync())
        {
            try
            {
                await using var beside = open();
                await beside.IdempotentAnswers.Where(a => a.Id == id && a.Status == null).ExecuteUpdateAsync(set => set.SetProperty(a => a.CreatedAt, machine.GetUtcNow()));
            }
            catch (Exception error) when (StorageTrouble.Of(error) is not null)
            {
                // The database is busy or away; the lease outlasts several of these.
            }
        }
    }

    /// <summary>Keeps the answer.</summary>
    public Task CompleteAsync(long id, int status, string? contentType, string? location, string answer, CancellationToken cancellationToken) =>
        db.IdempotentAnswers.Where(a => a.Id == id).ExecuteUpdateAsync(
            set => set.SetProperty(a => a.Status, status).SetProperty(a => a.ContentType, contentType).SetProperty(a => a.Location, location).SetProperty(a => a.Answer, answer),
            cancellationToken);

    /// <summary>Gives the key back after a failure of ours, so that the caller may try again.</summary>
    public Task ReleaseAsync(long id, CancellationToken cancellationToken) =>
        db.IdempotentAnswers.Where(a => a.Id == id).ExecuteDeleteAsync(cancellationToken);

    private sealed class Renewing(PeriodicTimer timer, Task renewing) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            timer.Dispose();
            await renewing;
        }
    }
}
