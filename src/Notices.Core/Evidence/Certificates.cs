using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Storage;

namespace Notices.Evidence;

/// <summary>A round's certificate with what proves it.</summary>
/// <param name="Sha256">Over the statement's bytes, which <c>?part=statement</c> gives alone.</param>
/// <param name="Seal">The closing entry that keeps the digest; null while provisional.</param>
/// <param name="Head">The first signed head that covers the seal (the newest while provisional); null until it is signed, within a minute.</param>
/// <param name="Verified">The kept statement still gives the digest of its seal; false says that one of them was changed.</param>
/// <param name="Since">Recipients as they are now, where receipts came after the closing.</param>
public sealed record CertificateView(
    long Round, bool Provisional, string Sha256, CertificateSeal? Seal, CheckpointFile? Head, bool? Verified, StateCounts? Since, JsonElement Statement)
{
    /// <summary>The statement byte for byte.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string Text { get; init; } = "";

    /// <summary>The statement read again, for a page.</summary>
    public RoundStatement Read() => Statement.Deserialize<RoundStatement>(Json.Stored)!;
}

public sealed record CertificateSeal(long Sequence, DateTimeOffset At, string Hash);

/// <summary>Issues certificates of rounds, provisional ones while they are open.</summary>
public sealed class Certificates(NoticesDb db, Func<NoticesDb> open, CheckpointSigner signer, TimeProvider clock)
{
    /// <summary>The action of a closing entry.</summary>
    internal const string Closed = "rounds.closed";

    public async Task<Result<CertificateView>> FindAsync(long roundId, Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.IsAny(Role.Dispatcher, Role.Approver, Role.Agent, Role.Auditor, Role.Administrator)) return Problem.Forbidden("rounds.certificate");

        var path = await db.Rounds.Where(round => round.Id == roundId).Select(round => round.Notice!.Organisation!.Path).SingleOrDefaultAsync(cancellationToken);
        if (path is null || !actor.Sees(path)) return Problem.NotFound("round", roundId.ToString(CultureInfo.InvariantCulture));

        var kept = await db.Certificates.AsNoTracking().SingleOrDefaultAsync(certificate => certificate.RoundId == roundId, cancellationToken);

        return kept is null ? await ProvisionalAsync(roundId, cancellationToken) : await SealedAsync(kept, cancellationToken);
    }

    private async Task<CertificateView> ProvisionalAsync(long roundId, CancellationToken cancellationToken)
    {
        // A round closed before certificates were kept is stated as it is now; nothing seals that.
        var stated = RoundStating.Seal((await RoundStating.StateAsync(open, roundId, clock.GetUtcNow(), false, cancellationToken))! with { Provisional = true });
        var newest = await db.Checkpoints.AsNoTracking().OrderByDescending(head => head.Id).FirstOrDefaultAsync(cancellationToken);

        return View(stated, true, null, newest, null, null);
    }

    private async Task<CertificateView> SealedAsync(RoundCertificate kept, CancellationToken cancellationToken)
    {
        var subjects = Round.Subjects(kept.RoundId);
        var entry = await db.AuditEntries.AsNoTracking().Where(e => subjects.Contains(e.Subject) && e.Action == Closed).OrderByDescending(e => e.Sequence).FirstOrDefaultAsync(cancellationToken);
        var head = entry is null ? null : await db.Checkpoints.AsNoTracking().Where(c => c.Sequence >= entry.Sequence).OrderBy(c => c.Sequence).ThenBy(c => c.Id).FirstOrDefaultAsync(cancellationToken);
        var verified = entry is not null && RoundStating.Digest(kept.Statement) == kept.Sha256 && AuditLine.Of(entry)?.AfterText("certificate") == kept.Sha256;
        var now = StateCounts.Of(await DeliverySql.ReadAsync(open, sql => RoundTally.RecipientsAsync(sql, kept.RoundId, cancellationToken), cancellationToken));

        return View(kept, false, entry is null ? null : new CertificateSeal(entry.Sequence, entry.At, entry.Hash), head, verified, now);
    }

    private CertificateView View(RoundCertificate stated, bool provisional, CertificateSeal? seal, Checkpoint? head, bool? verified, StateCounts? now)
    {
        using var json = JsonDocument.Parse(stated.Statement);
        var view = new CertificateView(
            stated.RoundId, provisional, stated.Sha256, seal, head is null ? null : CheckpointFile.Of(head, signer), verified, null, json.RootElement.Clone())
        { Text = stated.Statement };

        return now is null || now == view.Read().Recipients ? view : view with { Since = now };
    }
}
