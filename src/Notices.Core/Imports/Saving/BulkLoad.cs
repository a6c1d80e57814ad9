using Npgsql;

namespace Notices.Imports;

/// <summary>Takes the indexes and foreign keys off empty tables of PostgreSQL and puts them back, in the caller's transaction: what is filled in between is sorted and
/// checked once and not row by row. Killed half-way, all is as it was.
/// Until the transaction ends nobody else reads these tables or those their keys point to: of a million customers some ten seconds, once in an installation's life.</summary>
internal sealed class BulkLoad
{
    // Foreign keys go first, since they lean on indexes. An index that another table's key leans on stays.
    private const string Definitions = """
        SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', f.conrelid::regclass, f.conname) AS take,
               format('ALTER TABLE %s ADD CONSTRAINT %I %s', f.conrelid::regclass, f.conname, pg_get_constraintdef(f.oid)) AS put, NULL AS and_then, true AS is_key, f.conname AS name
        FROM pg_constraint f WHERE f.contype = 'f' AND f.conrelid = ANY(@tables::regclass[])
        UNION ALL
        SELECT CASE WHEN c.oid IS NULL THEN format('DROP INDEX %s', x.indexrelid::regclass) ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', x.indrelid::regclass, c.conname) END,
               pg_get_indexdef(x.indexrelid),
               CASE WHEN c.oid IS NOT NULL THEN format('ALTER TABLE %s ADD CONSTRAINT %I %s USING INDEX %I%s%s', x.indrelid::regclass, c.conname,
                   CASE c.contype WHEN 'p' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END, c.conname,
                   CASE WHEN c.condeferrable THEN ' DEFERRABLE' ELSE '' END, CASE WHEN c.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END) END,
               false, i.relname
        FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
        LEFT JOIN pg_constraint c ON c.conindid = x.indexrelid AND c.conrelid = x.indrelid AND c.contype IN ('p', 'u', 'x')
        WHERE x.indrelid = ANY(@tables::regclass[]) AND c.contype IS DISTINCT FROM 'x'
        AND NOT EXISTS (SELECT 1 FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = x.indexrelid AND f.conrelid <> ALL (@tables::regclass[]))
        ORDER BY is_key DESC, name
        """;

    // What could not be put back just as it was, or may not be taken off: then the ordinary way has to do.
    private const string Suits = """
        SELECT (SELECT bool_and(pg_has_role(t.relowner, 'USAGE') AND has_schema_privilege(t.relnamespace, 'CREATE') AND t.relkind = 'r' AND NOT t.relhassubclass)
                FROM pg_class t WHERE t.oid = ANY(@tables::regclass[]))
           AND NOT EXISTS (SELECT 1 FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = ANY(@tables::regclass[])
                           AND (i.reltablespace <> 0 OR x.indisclustered OR x.indisreplident OR NOT x.indisvalid))
           AND NOT EXISTS (SELECT 1 FROM pg_inherits WHERE inhrelid = ANY(@tables::regclass[]))
           AND (SELECT bool_and(pg_has_role(r.relowner, 'USAGE')) FROM pg_constraint f JOIN pg_class r ON r.oid = f.confrelid
                WHERE f.contype = 'f' AND f.conrelid = ANY(@tables::regclass[]))
        """;

    private const string Locked = """
        SELECT string_agg(name, ', ') FROM (
            SELECT unnest(@tables::regclass[])::text AS name
            UNION SELECT confrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(@tables::regclass[])) AS all_of_them
        """;

    private const string Frozen = """
        SELECT NOT EXISTS (SELECT 1 FROM pg_constraint WHERE contype = 'f' AND confrelid = ANY(@tables::regclass[]) AND conrelid <> ALL (@tables::regclass[]))
        """;

    private readonly NpgsqlConnection _connection;
    private readonly string[] _tables;
    private readonly Dictionary<string, IdRange> _ids = [];
    private List<Definition> _taken = [];

    private BulkLoad(NpgsqlConnection connection, string[] tables) => (_connection, _tables) = (connection, tables);

    /// <summary>True when the tables could be truncated, so that COPY may write rows already frozen.</summary>
    internal bool IsFrozen { get; private set; }

    /// <summary>Must be the first thing in its transaction; where there is no load the transaction has to be rolled back.</summary>
    /// <returns>Null when the tables are not empty, are not ours to change, or are in use.</returns>
    internal static async Task<BulkLoad?> TryBeginAsync(NpgsqlConnection connection, string[] tables, CancellationToken cancellationToken)
    {
        var load = new BulkLoad(connection, tables);
        if (!await load.AreEmptyAsync(cancellationToken) || !await load.AskAsync<bool>(Suits, cancellationToken)) return null;
        try
        {
            // A long reader must not make everybody queue behind this.
            await load.RunAsync(["SET LOCAL lock_timeout = '3s'", $"LOCK TABLE {await load.AskAsync<string>(Locked, cancellationToken)} IN ACCESS EXCLUSIVE MODE", "SET LOCAL lock_timeout TO DEFAULT"], cancellationToken);
        }
        catch (PostgresException inUse) when (inUse.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
        {
            return null;
        }

        if (!await load.AreEmptyAsync(cancellationToken)) return null;
        await load.TakeOffAsync(cancellationToken);

        return load;
    }

    /// <summary>Ids of a table's column <c>id</c>. Nobody else inserts meanwhile, so they are counted here and the sequence is moved once.</summary>
    internal IdRange Ids(string table) => _ids[table];

    /// <summary>Puts everything back and sees that it is what was there.</summary>
    internal async Task FinishAsync(CancellationToken cancellationToken)
    {
        // Enough for a worker beside; four times as much was seen to take a quarter longer, since it leaves the processor's cache.
        List<string> statements = ["SELECT set_config('maintenance_work_mem', '64MB', true) WHERE pg_size_bytes(current_setting('maintenance_work_mem')) < pg_size_bytes('64MB')"];
        foreach (var (table, ids) in _ids) statements.Add($"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {ids.Next}, false)");
        // Indexes before the keys that lean on them.
        foreach (var (_, put, then) in _taken.AsEnumerable().Reverse()) statements.AddRange(then is null ? [put] : [put, then]);
        await RunAsync(statements, cancellationToken);
        var there = await DefinitionsAsync(cancellationToken);
        if (!there.SequenceEqual(_taken)) throw new InvalidOperationException($"Indexes and keys of {string.Join(", ", _tables)} are not what they were before the load.");
    }

    private async Task TakeOffAsync(CancellationToken cancellationToken)
    {
        _taken = await DefinitionsAsync(cancellationToken);
        await RunAsync([.. _taken.Select(t => t.Take)], cancellationToken);
        IsFrozen = await AskAsync<bool>(Frozen, cancellationToken);
        if (IsFrozen) await RunAsync([$"TRUNCATE {string.Join(", ", _tables)}"], cancellationToken);
        foreach (var table in _tables) _ids[table] = IdRange.From(await AskAsync<long>($"SELECT nextval(pg_get_serial_sequence('{table}', 'id'))", cancellationToken));
    }

    private Task<bool> AreEmptyAsync(CancellationToken cancellationToken) =>
        AskAsync<bool>($"SELECT {string.Join(" AND ", _tables.Select(t => $"NOT EXISTS (SELECT 1 FROM {t})"))}", cancellationToken);

    private async Task<List<Definition>> DefinitionsAsync(CancellationToken cancellationToken)
    {
        await using var command = Command(Definitions);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var all = new List<Definition>();
        while (await reader.ReadAsync(cancellationToken)) all.Add(new Definition(reader.GetString(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2)));

        return all;
    }

    private async Task<T> AskAsync<T>(string sql, CancellationToken cancellationToken)
    {
        await using var command = Command(sql);

        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private NpgsqlCommand Command(string sql)
    {
        var command = new NpgsqlCommand(sql, _connection);
        command.Parameters.AddWithValue("tables", _tables);

        return command;
    }

    private async Task RunAsync(IEnumerable<string> statements, CancellationToken cancellationToken)
    {
        // An index of many millions takes longer than a command may usually.
        await using var batch = new NpgsqlBatch(_connection) { Timeout = 0 };
        foreach (var statement in statements) batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>How an index or a key is taken off and put back, as the server itself writes it.</summary>
    /// <param name="Then">Makes a constraint of the index; null where there is none.</param>
    private sealed record Definition(string Take, string Put, string? Then);
}
