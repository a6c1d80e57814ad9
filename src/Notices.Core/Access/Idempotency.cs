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
public sealed class Idempotency(NoticesDb db, [FromKeyedServices("machine")] TimeProvider machine)
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);

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

        return (found.BodyHash != hash ? IdempotencyVerdict.OtherBody : found.Status is null ? IdempotencyVerdict.Running : IdempotencyVerdict.Replay, found);
    }

    /// <summary>Keeps the answer.</summary>
    public Task CompleteAsync(long id, int status, string? contentType, string? location, string answer, CancellationToken cancellationToken) =>
        db.IdempotentAnswers.Where(a => a.Id == id).ExecuteUpdateAsync(
            set => set.SetProperty(a => a.Status, status).SetProperty(a => a.ContentType, contentType).SetProperty(a => a.Location, location).SetProperty(a => a.Answer, answer),
            cancellationToken);

    /// <summary>Gives the key back after a failure of ours, so that the caller may try again.</summary>
    public Task ReleaseAsync(long id, CancellationToken cancellationToken) =>
        db.IdempotentAnswers.Where(a => a.Id == id).ExecuteDeleteAsync(cancellationToken);
}
