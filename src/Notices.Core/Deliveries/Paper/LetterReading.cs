using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Network;
using Notices.Operation;
using Notices.Outages;
using Notices.Policy;
using Notices.Publishing;
using Notices.Retention;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>Reads letters: how many there are and where, and a stack as it is printed.</summary>
internal sealed class LetterReading(Func<NoticesDb> open, RoundTexts texts, PersonalFill fill, PolicyBook policy, TimeProvider clock, AuditOptions? pretends)
{
    /// <summary>Stacks shown of a round; at a hundred thousand letters there are some hundred.</summary>
    private const int MostBatches = 1000;

    internal async Task<PaperView?> FindAsync(long roundId, Actor actor, CancellationToken cancellationToken)
    {
        if (await SeenAsync(roundId, actor, cancellationToken) is not var (round, notice, organisation)) return null;

        var (archived, now) = (round.ClosedAt is not null, clock.GetUtcNow());
        var (stops, batches) = await DeliverySql.ReadAsync(
            open,
            async sql => (
                await LetterSql.StopsAsync(sql, ArchiveSql.Over(archived, at => LetterSql.Addressed(at, "d.round_id = @round AND d.medium = 'Paper'")), roundId, now, cancellationToken),
                await BatchesAsync(sql, roundId, archived, cancellationToken)),
            cancellationToken);
        var groups = stops.GroupBy(stop => (stop.Station, stop.StationName, stop.Township, stop.PlaceCode, stop.Place))
            .Select(group => new PaperGroup(group.Key.Station, group.Key.StationName, group.Key.Township, group.Key.PlaceCode, group.Key.Place, Counts(group))).ToList();
        DateTimeOffset? postBy = notice.Deadline is { } deadline ? policy.CalendarOf(organisation).LatestFor(deadline, policy.Options.Paper.Deemed) : null;

        return new PaperView(
            roundId, notice.Number, round.State, await IsOvertakenAsync(notice, cancellationToken), round.ExpiresAt, notice.Deadline, postBy, organisation.TimeZone, Counts(stops), groups, batches);
    }

    /// <returns>Why nothing of the round may be printed now; null where it may.</returns>
    internal async Task<Problem?> RefusalAsync(long roundId, Actor actor, CancellationToken cancellationToken) =>
        await SeenAsync(roundId, actor, cancellationToken) is not var (round, _, _) ? Problem.NotFound("round", roundId.ToString(CultureInfo.InvariantCulture))
        : round.State is RoundState.Running or RoundState.Expanding && (round.HeldUntil is null || round.HeldUntil <= clock.GetUtcNow()) && round.ExpiresAt > clock.GetUtcNow() ? null
        : new Problem("letter-round-state", null, new { round = roundId, state = round.State.ToString().ToLowerInvariant() }, ProblemKind.State);

    internal async Task<LetterBatch?> ShowAsync(long roundId, string batch, Actor actor, CancellationToken cancellationToken)
    {
        if (await SeenAsync(roundId, actor, cancellationToken) is not var (round, notice, organisation)) return null;

        var rows = await DeliverySql.ReadAsync(open, sql => RowsAsync(sql, roundId, batch, cancellationToken), cancellationToken);
        if (rows.Count == 0) return null;

        var bodies = await texts.LoadAsync(rows.Select(row => row.TextId), cancellationToken);

        return new LetterBatch(
            batch, roundId, notice.Number, organisation.LocalName, organisation.Hotline ?? policy.Options.Hotline.Number, rows[0].PrintedAt, round.ExpiresAt, organisation.TimeZone,
            [.. rows.Select(row => bodies.TryGetValue(row.TextId, out var text) ? Write(row, text) : null).OfType<Letter>()]);
    }

    private Letter Write(Row row, SendableText text)
    {
        string Fill(string marked) => fill(marked, row.PlaceName, row.Accounts, row.BackupStays);
        var letter = new Letter(
            LetterNumber.Of(row.Id), text.Language, text.Subject is { } subject ? Fill(subject) : null, Fill(text.Body), row.Name, row.Address, row.Accounts, row.Village, row.Township, row.Station, row.Transformer,
            LetterWords.OfReason(row.Reason));

        // A drill is carried to nobody's door.
        return pretends is null ? letter : letter with
        {
            Subject = letter.Subject is { } heading ? DrillMark.Line(heading, letter.Language) : null,
            Body = DrillMark.Text(letter.Body, letter.Language),
            Name = DrillAddresses.Of(Medium.Paper, row.Name, pretends),
            Address = null,
        };
    }

    private async Task<(Round Round, Notice Notice, Organisation Organisation)?> SeenAsync(long roundId, Actor actor, CancellationToken cancellationToken)
    {
        await using var db = open();
        var found = await db.Rounds.AsNoTracking().Where(round => round.Id == roundId).Select(round => new { Round = round, Notice = round.Notice!, Organisation = round.Notice!.Organisation! })
            .SingleOrDefaultAsync(cancellationToken);

        return found is not null && actor.Sees(found.Organisation.Path) ? (found.Round, found.Notice, found.Organisation) : null;
    }

    private async Task<bool> IsOvertakenAsync(Notice notice, CancellationToken cancellationToken)
    {
        if (notice.OutageId is not { } outage) return false;

        await using var db = open();
        NoticeType[] types = [NoticeType.Changed, NoticeType.Postponed, NoticeType.Corrected, NoticeType.Cancelled];

        return await db.Notices.AnyAsync(later => later.OutageId == outage && later.Id > notice.Id && types.Contains(later.Type), cancellationToken);
    }

    private static LetterCounts Counts(IEnumerable<LetterSql.Stop> stops) => LetterCounts.Of(stops.Select(stop => (stop.State, stop.Letters)));

    private static async Task<List<PrintedBatch>> BatchesAsync(DeliverySql sql, long round, bool archived, CancellationToken cancellationToken)
    {
        var batches = new List<PrintedBatch>();
        await using var find = sql.Command($"""
            SELECT x.batch, MIN(x.started_at), COUNT(*), SUM(x.open) FROM ({ArchiveSql.Over(archived, at => $"""
              SELECT a.batch, a.started_at, CASE WHEN d.reason IN ('{DeliveryReasons.LetterPrinted}', '{DeliveryReasons.LetterNoOutcome}') THEN 1 ELSE 0 END AS open
              FROM deliveries{at} d JOIN attempts{at} a ON a.delivery_id = d.id WHERE d.round_id = @round AND d.medium = 'Paper' AND a.detail = 'printed'
              """)}) x GROUP BY x.batch ORDER BY MIN(x.started_at) DESC, x.batch DESC LIMIT {MostBatches}
            """);
        await using var rows = await find.With("@round", round).ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken)) batches.Add(new PrintedBatch(rows.GetString(0), sql.ReadAt(rows, 1), (int)rows.GetInt64(2), (int)rows.GetInt64(3)));

        return batches;
    }

    private static async Task<List<Row>> RowsAsync(DeliverySql sql, long round, string batch, CancellationToken cancellationToken)
    {
        // A stack is printed in the order its attempts were written.
        var printed = ArchiveSql.Over(true, at => $"""
            SELECT a.id AS place, a.started_at, d.id, d.text_id, d.place_name, d.accounts, d.reason, MIN(c.name) AS name, MIN(c.address) AS address, MIN(q.transformer_id) AS transformer_id, MIN(c.organisation_id) AS organisation_id,
              MIN(CASE WHEN p.backup_stays THEN 1 ELSE 0 END) AS stays
            FROM attempts{at} a JOIN deliveries{at} d ON d.id = a.delivery_id JOIN delivery_recipients{at} l ON l.delivery_id = d.id JOIN recipients p ON p.id = l.recipient_id
              JOIN supply_points q ON q.id = p.supply_point_id JOIN customers c ON c.id = p.customer_id
            WHERE a.batch = @batch AND a.detail = 'printed' AND d.round_id = @round AND d.medium = 'Paper'
            GROUP BY a.id, a.started_at, d.id, d.text_id, d.place_name, d.accounts, d.reason
            """);
        var found = new List<Row>();
        await using var find = sql.Command($"""
            SELECT x.id, x.text_id, x.place_name, x.accounts, x.reason, x.name, x.address, x.stays, x.started_at, t.code, t.name, o.name, pl.township, pl.name
            FROM ({printed}) x JOIN transformers t ON t.id = x.transformer_id JOIN organisations o ON o.id = x.organisation_id LEFT JOIN places pl ON pl.id = t.place_id ORDER BY x.place
            """);
        await using var rows = await find.With("@batch", batch).With("@round", round).ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            found.Add(new Row(
                rows.GetInt64(0), rows.GetInt64(1), LetterSql.Text(rows, 2), rows.GetString(3), LetterSql.Text(rows, 4), rows.GetString(5), LetterSql.Text(rows, 6),
                Convert.ToInt32(rows.GetValue(7), CultureInfo.InvariantCulture) == 1, sql.ReadAt(rows, 8), $"{rows.GetString(9)} {rows.GetString(10)}", rows.GetString(11), LetterSql.Text(rows, 12), LetterSql.Text(rows, 13)));
        }

        return found;
    }

    private sealed record Row(
        long Id, long TextId, string? PlaceName, string Accounts, string? Reason, string Name, string? Address, bool BackupStays, DateTimeOffset PrintedAt, string Transformer, string Station, string? Township, string? Village);
}
