using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Policy;
using Notices.Publishing;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>Where letters are printed, stack by stack in walking order, and where what became of them is entered. Two people print at once without one letter twice: what is printed is claimed.</summary>
public sealed class LetterDesk
{
    /// <summary>Letters in one document: a stack two people carry in a day.</summary>
    public const int MostAtOnce = 500;

    private const int Usual = 300;

    /// <summary>Outcomes in one call: one short transaction.</summary>
    public const int MostOutcomes = 500;

    /// <summary>Looks at the queue where another printer was faster.</summary>
    private const int Looks = 5;

    private readonly Func<NoticesDb> _open;
    private readonly LetterReading _reading;
    private readonly LetterLedger _ledger;
    private readonly TimeProvider _clock;
    private readonly bool _shadow;

    internal LetterDesk(Func<NoticesDb> open, LetterReading reading, LetterLedger ledger, TimeProvider clock, bool shadow = false) =>
        (_open, _reading, _ledger, _clock, _shadow) = (open, reading, ledger, clock, shadow);

    /// <summary>How far the letters of a round have come.</summary>
    /// <returns>Null where there is no such round for this actor.</returns>
    public Task<PaperView?> FindAsync(long round, Actor actor, CancellationToken cancellationToken) => _reading.FindAsync(round, actor, cancellationToken);

    /// <summary>Takes the next letters of a round in walking order; <see cref="ShowAsync"/> has them as they are printed.</summary>
    /// <returns>Refused while the round is held or has ended, and always in a shadow.</returns>
    public async Task<Result<LettersPrinted>> PrintAsync(long round, PrintLetters request, Actor actor, CancellationToken cancellationToken)
    {
        if (_shadow) return new Problem("letter-shadow", null, null, ProblemKind.State);

        if (request.Limit is < 1 or > MostAtOnce) return new Problem("letter-limit-wrong", "limit", new { most = MostAtOnce });
        if (await _reading.RefusalAsync(round, actor, cancellationToken) is { } refused) return refused;

        for (var look = 1; ; look++)
        {
            // Read before the transaction that writes: of a hundred thousand letters it takes a second, and on SQLite that would be everybody's.
            var (walk, waiting) = await DeliverySql.ReadAsync(_open, sql => NextAsync(sql, round, request, cancellationToken), cancellationToken);
            if (waiting == 0) return new LettersPrinted(null, 0, 0);

            var printed = await DeliverySql.RunAsync(_open, sql => PrintAsync(sql, round, walk, actor, cancellationToken), cancellationToken);
            if (printed is var (batch, letters)) return new LettersPrinted(batch, letters, waiting - letters);
            if (look == Looks) return new Problem("letter-printers-busy", null, null, ProblemKind.State);
        }
    }

    /// <summary>Letters printed together, in the same order again; that they were read goes on record, since they show names and addresses.</summary>
    /// <returns>Null where there is no such batch for this actor.</returns>
    public async Task<LetterBatch?> ShowAsync(long round, string batch, Actor actor, CancellationToken cancellationToken)
    {
        if (await _reading.ShowAsync(round, batch, actor, cancellationToken) is not { } shown) return null;

        await DeliverySql.RunAsync(
            _open,
            async sql =>
            {
                await RecordAsync(sql, actor, "letters.read", Round.Subject(round), new { batch, count = shown.Letters.Count }, cancellationToken);

                return true;
            },
            cancellationToken);

        return shown;
    }

    /// <summary>Writes outcomes down, all or none; what was said before has no effect.</summary>
    public async Task<Result<LetterOutcomesEntered>> EnterAsync(EnterLetterOutcomes entered, Actor actor, CancellationToken cancellationToken)
    {
        if (entered.Outcomes is not { Count: > 0 and <= MostOutcomes } list) return new Problem("letter-outcomes-count", "outcomes", new { most = MostOutcomes });

        var read = list.Select((one, i) => LetterOutcome.Read(one, one.At is { } at ? _ => at : null)).ToList();
        var problems = read.SelectMany((one, i) => At(one.Problems, i)).ToList();
        if (problems.Count > 0) return problems;

        var outcomes = read.ConvertAll(one => one.Value!);

        return await DeliverySql.RunAsync<Result<LetterOutcomesEntered>>(
            _open,
            async sql =>
            {
                var done = await _ledger.ApplyAsync(sql, outcomes, actor, _clock.GetUtcNow(), fates => fates.All(fate => fate.Problems.Count == 0), cancellationToken);
                var wrong = done.Fates.SelectMany((fate, i) => At(fate.Problems, i)).ToList();
                if (wrong.Count > 0) return wrong;

                if (done.Entry is { } entry) await RecordAsync(sql, actor, BatchedRows.Attempts.Action, entry.Subject, entry, cancellationToken);

                return new LetterOutcomesEntered(done.Entered, outcomes.Count - done.Entered);
            },
            cancellationToken);

        static IEnumerable<Problem> At(IReadOnlyList<Problem> problems, int i) =>
            problems.Select(problem => problem with { Field = string.Create(CultureInfo.InvariantCulture, $"outcomes[{i}].{problem.Field}") });
    }

    /// <summary>The next letters in walking order, and how many wait in all.</summary>
    private async Task<(List<long> Walk, int Waiting)> NextAsync(DeliverySql sql, long round, PrintLetters request, CancellationToken cancellationToken)
    {
        var (now, limit) = (_clock.GetUtcNow(), request.Limit ?? Usual);
        var stops = await LetterSql.StopsAsync(sql, LetterSql.Addressed("", LetterSql.ToPrint), round, now, cancellationToken);
        stops.RemoveAll(stop => (request.Station is { } station && stop.Station != station) || (request.Place is { } place && stop.PlaceCode != place));
        var (near, reached) = (new List<LetterSql.Stop>(), 0);
        foreach (var stop in stops.TakeWhile(_ => reached < limit))
        {
            near.Add(stop);
            reached += stop.Letters;
        }

        var walk = near.Count == 0 ? [] : await WalkAsync(sql, round, near, now, cancellationToken);

        return ([.. walk.Take(limit)], stops.Sum(stop => stop.Letters));
    }

    /// <returns>Null where somebody else printed all of it meanwhile.</returns>
    private async Task<(string Batch, int Letters)?> PrintAsync(DeliverySql sql, long round, List<long> walk, Actor actor, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        var numbers = new Dictionary<long, short>(walk.Count);
        await using (var claim = sql.Command($"""
            UPDATE deliveries SET state = {(int)DeliveryState.Claimed}, attempts = attempts + 1, reason = '{DeliveryReasons.LetterPrinted}', provider = '{LetterSql.Provider}', lease_owner = NULL, lease_until = NULL
            WHERE id {sql.Among("@ids")} AND state = {(int)DeliveryState.Waiting} AND medium = 'Paper'
              AND EXISTS (SELECT 1 FROM rounds r WHERE r.id = deliveries.round_id AND {LetterSql.OpenRound}) RETURNING id, attempts
            """))
        {
            await using var rows = await claim.With("@ids", sql.Ids(walk)).ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken)) numbers[rows.GetInt64(0)] = rows.GetInt16(1);
        }

        if (numbers.Count == 0) return null;

        var batch = OutcomeBatch.NewId();
        // Their ids rise in walking order: the stack can be printed again as it was.
        var attempts = walk.Where(numbers.ContainsKey).Select(id => new Attempt
        {
            DeliveryId = id,
            Batch = batch,
            Number = numbers[id],
            StartedAt = now,
            EndedAt = now,
            Provider = LetterSql.Provider,
            Outcome = (short)SendOutcomeKind.Accepted,
            Detail = "printed",
        }).ToList();
        await sql.InsertAsync(attempts, cancellationToken);
        await sql.SettleRecipientsAsync(numbers.Keys, cancellationToken);
        using var hash = new RowsHash();
        foreach (var attempt in attempts) hash.Add(attempt);
        await RecordAsync(sql, actor, BatchedRows.Attempts.Action, BatchedRows.Attempts.Subject(batch), new { count = hash.Count, sha256 = hash.Finish(), printed = Round.Subject(round) }, cancellationToken);

        return (batch, attempts.Count);
    }

    /// <summary>The letters to some transformers, house by house.</summary>
    private static async Task<List<long>> WalkAsync(DeliverySql sql, long round, List<LetterSql.Stop> stops, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var order = stops.Index().ToDictionary(stop => (stop.Item.TransformerId, stop.Item.OrganisationId), stop => stop.Index);
        var found = new List<(int Stop, string Address, string Name, long Id)>();
        await using var find = sql.Command($"""
            SELECT d.id, MIN(q.transformer_id), MIN(c.organisation_id), MIN(c.address), MIN(c.name)
            FROM deliveries d JOIN rounds r ON r.id = d.round_id JOIN delivery_recipients l ON l.delivery_id = d.id JOIN recipients p ON p.id = l.recipient_id
              JOIN supply_points q ON q.id = p.supply_point_id JOIN customers c ON c.id = p.customer_id
            WHERE {LetterSql.ToPrint} GROUP BY d.id HAVING MIN(q.transformer_id) {sql.Among("@transformers")}
            """);
        find.With("@round", round).With("@now", sql.At(now)).With("@transformers", sql.Ids(stops.Select(stop => stop.TransformerId).Distinct()));
        await using var rows = await find.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            if (order.TryGetValue((rows.GetInt64(1), rows.GetInt64(2)), out var stop)) found.Add((stop, LetterSql.Text(rows, 3) ?? "", rows.GetString(4), rows.GetInt64(0)));
        }

        found.Sort((a, b) => a.Stop != b.Stop ? a.Stop.CompareTo(b.Stop)
            : LetterSql.Natural.Compare(a.Address, b.Address) is not 0 and var address ? address
            : LetterSql.Natural.Compare(a.Name, b.Name) is not 0 and var name ? name
            : a.Id.CompareTo(b.Id));

        return found.ConvertAll(letter => letter.Id);
    }

    private Task RecordAsync(DeliverySql sql, Actor actor, string action, string subject, object after, CancellationToken cancellationToken) => AuditTrail.AppendAsync(
        sql.Db, sql.Connection, sql.Transaction!, _clock.GetUtcNow(), [new AuditTrail.Pending(actor.Name, action, subject, null, JsonSerializer.Serialize(after, Json.Stored))], cancellationToken);
}
