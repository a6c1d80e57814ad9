using Notices.Deliveries;
using Notices.Storage;

namespace Notices.Evidence;

/// <summary>Ends a round in which nothing is open: its certificate is kept, and the closing entry bears its digest, in one transaction.</summary>
internal static class RoundClosing
{
    /// <returns>Null where it is not, or no longer, ready.</returns>
    internal static async Task<RoundStatement?> StateAsync(Func<NoticesDb> open, long roundId, DateTimeOffset now, CancellationToken cancellationToken) =>
        await RoundStating.StateAsync(open, roundId, now, true, cancellationToken) is { Recipients: { Waiting: 0, InFlight: 0 } } stated ? stated : null;

    /// <param name="nothingOpen">The condition on <c>rounds r</c> under which it may close.</param>
    /// <returns>0 where another process was faster.</returns>
    internal static async Task<int> CloseAsync(DeliverySql sql, RoundStatement stated, string nothingOpen, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var close = sql.Command($"""
            UPDATE rounds AS r SET state = CASE WHEN r.state = 'Running' THEN 'Closed' ELSE r.state END, closed_at = @now
            WHERE r.id = @id AND (r.state = 'Running' OR (r.state = 'Stopped' AND r.closed_at IS NULL)) AND {nothingOpen}
            """);
        if (await close.With("@now", sql.At(now)).With("@id", stated.Round).ExecuteNonQueryAsync(cancellationToken) == 0) return 0;

        var certificate = RoundStating.Seal(stated);
        await using var keep = sql.Command("INSERT INTO certificates (round_id, statement, sha256, at) VALUES (@round, @statement, @sha256, @at)");
        keep.With("@round", stated.Round).With("@statement", certificate.Statement).With("@sha256", certificate.Sha256).With("@at", sql.At(certificate.At));
        await keep.ExecuteNonQueryAsync(cancellationToken);
        await sql.RecordAsync(now, Certificates.Closed, Round.Subject(stated.Round), new { stated.Recipients, certificate = certificate.Sha256 }, cancellationToken);

        return 1;
    }
}
