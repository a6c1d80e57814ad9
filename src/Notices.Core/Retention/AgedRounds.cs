using Notices.Deliveries;
using Notices.Storage;

namespace Notices.Retention;

/// <summary>Finds the rounds whose time has come and walks through their rows, part by part. A publishing moment's rounds, one batch, are one matter: a message of one may tell recipients of another.</summary>
internal sealed class AgedRounds(Func<NoticesDb> open, TimeProvider machine)
{
    /// <summary>Rows of a part: on SQLite well under 200 ms of the one writer, on PostgreSQL enough to be worth the journey.</summary>
    private const int SqlitePart = 500, PostgreSqlPart = 3000;

    /// <summary>Another size of a part.</summary>
    internal int? Part { get; init; }

    private bool IsSqlite
    {
        get
        {
            using var db = open();

            return db is SqliteNoticesDb;
        }
    }

    /// <summary>Batches none of whose rounds is open or was closed after an instant, oldest first.</summary>
    /// <param name="mark">The column of <c>rounds</c> that says it is done.</param>
    internal Task<List<string>> BatchesAsync(string mark, DateTimeOffset before, CancellationToken cancellationToken) => DeliverySql.ReadAsync(
        open,
        async sql =>
        {
            var batches = new List<string>();
            await using var find = sql.Command($"""
                SELECT r.batch FROM rounds r WHERE r.{mark} IS NULL AND r.closed_at IS NOT NULL AND r.closed_at <= @before
                  AND NOT EXISTS (SELECT 1 FROM rounds b WHERE b.batch = r.batch AND (b.closed_at IS NULL OR b.closed_at > @before))
                GROUP BY r.batch ORDER BY MIN(r.closed_at), r.batch
                """);
            await using var rows = await find.With("@before", sql.At(before)).ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken)) batches.Add(rows.GetString(0));

            return batches;
        },
        cancellationToken);

    /// <summary>Ids of rows, read outside any transaction that writes: eight bytes a row.</summary>
    /// <param name="select">With the parameters <c>@batch</c> and, where it needs one, <c>@before</c>.</param>
    internal Task<List<long>> IdsAsync(string select, string batch, DateTimeOffset before, CancellationToken cancellationToken) => DeliverySql.ReadAsync(
        open,
        async sql =>
        {
            var ids = new List<long>();
            await using var find = sql.Command(select);
            find.CommandTimeout = 600;
            if (select.Contains("@before", StringComparison.Ordinal)) find.With("@before", sql.At(before));
            await using var rows = await find.With("@batch", batch).ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken)) ids.Add(rows.GetInt64(0));

            return ids;
        },
        cancellationToken);

    /// <summary>A transaction a part. Stops between two when cancelled; what is done stays done.</summary>
    /// <returns>How many rows were done.</returns>
    internal async Task<int> EachAsync(IReadOnlyList<long> ids, Func<DeliverySql, long[], Task<int>> work, CancellationToken cancellationToken)
    {
        var done = 0;
        foreach (var some in ids.Chunk(Part ?? (IsSqlite ? SqlitePart : PostgreSqlPart)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var began = machine.GetTimestamp();
            done += await DeliverySql.RunAsync(open, sql => work(sql, some), cancellationToken);
            // SQLite's one writer is left to the others for as long as it was taken from them.
            if (IsSqlite) await Task.Delay(machine.GetElapsedTime(began), machine, cancellationToken);
        }

        return done;
    }

    /// <summary>Says that a batch is done.</summary>
    /// <param name="condition">On <c>rounds</c>: that it is.</param>
    internal Task<int> MarkAsync(string mark, string batch, string condition, DateTimeOffset now, CancellationToken cancellationToken) => DeliverySql.RunAsync(
        open,
        async sql =>
        {
            await using var update = sql.Command($"UPDATE rounds SET {mark} = @now WHERE batch = @batch AND {mark} IS NULL AND {condition}");

            return await update.With("@now", sql.At(now)).With("@batch", batch).ExecuteNonQueryAsync(cancellationToken);
        },
        cancellationToken);
}
