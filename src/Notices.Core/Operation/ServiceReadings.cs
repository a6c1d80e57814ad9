using System.Data.Common;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Deliveries;
using Notices.Storage;

namespace Notices.Operation;

/// <summary>Reads for <c>/metrics</c>. However many processes are asked however often, the tables are read once in a while: the first to find the last reading old takes
/// the row <c>readings</c> and reads for all; a reading that is costly is good for longer.</summary>
public sealed class ServiceReadings : IDisposable
{
    private const string Name = "work";

    /// <summary>Seconds a reading is good for, at least.</summary>
    private const double Fresh = 5;

    /// <summary>A reading is good for so many times what it took: it never takes more than a twentieth of the database's time.</summary>
    private const double Rest = 20;

    private readonly Func<NoticesDb> _open;
    private readonly TimeProvider _machine;
    private readonly SemaphoreSlim _turn = new(1);
    private ServiceReading? _last;
    private long _lastAt;

    internal ServiceReadings(Func<NoticesDb> open, TimeProvider machine) => (_open, _machine) = (open, machine);

    public static ServiceReadings Make(IServiceProvider services) =>
        new(services.GetRequiredService<Func<NoticesDb>>(), services.GetRequiredKeyedService<TimeProvider>(CoreServices.Machine));

    /// <returns>Null while the database does not answer.</returns>
    public async Task<ServiceReading?> ReadAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_last is not null && _machine.GetElapsedTime(_lastAt).TotalSeconds < Fresh) return _last;

            await using var db = _open();
            await db.Database.OpenConnectionAsync(cancellationToken);
            (_last, _lastAt) = (await SharedAsync(db, cancellationToken), _machine.GetTimestamp());

            return _last;
        }
        catch (Exception error) when (StorageTrouble.Of(error) is not null)
        {
            return _last = null;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<ServiceReading> SharedAsync(NoticesDb db, CancellationToken cancellationToken)
    {
        var known = await KnownAsync(db, cancellationToken);
        if (known is { Age: var age, Reading: { } reading } && (age < Math.Max(Fresh, Rest * reading.Took) || !await TakeAsync(db, age, cancellationToken))) return reading;
        if (known is null) await TakeAsync(db, 0, cancellationToken);

        var began = _machine.GetTimestamp();
        var fresh = await ReadTablesAsync(db, cancellationToken);
        fresh = fresh with { Took = _machine.GetElapsedTime(began).TotalSeconds };
        await KeepAsync(db, fresh, cancellationToken);

        return fresh;
    }

    private async Task<(double Age, ServiceReading? Reading)?> KnownAsync(NoticesDb db, CancellationToken cancellationToken)
    {
        await using var find = Command(db, $"SELECT content, {Age(db)} FROM readings WHERE name = '{Name}'");
        await using var row = await find.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken)) return null;

        var content = row.GetString(0);

        return (Convert.ToDouble(row.GetValue(1), System.Globalization.CultureInfo.InvariantCulture), content.Length == 0 ? null : JsonSerializer.Deserialize<ServiceReading>(content, Json.Stored));
    }

    /// <returns>False where another process took it in between, or where nothing can be written: then what is known stands.</returns>
    private async Task<bool> TakeAsync(NoticesDb db, double age, CancellationToken cancellationToken)
    {
        try
        {
            await using var take = Command(db, $"""
                INSERT INTO readings (name, at, content) VALUES ('{Name}', {Now(db)}, '') ON CONFLICT (name) DO UPDATE SET at = excluded.at WHERE {Age(db)} >= @age
                """);

            return await take.With("@age", age - 0.001).ExecuteNonQueryAsync(cancellationToken) == 1;
        }
        catch (DbException error) when (StorageTrouble.Of(error) is not null)
        {
            return false;
        }
    }

    private async Task KeepAsync(NoticesDb db, ServiceReading reading, CancellationToken cancellationToken)
    {
        try
        {
            await using var keep = Command(db, $"UPDATE readings SET content = @content WHERE name = '{Name}'");
            await keep.With("@content", JsonSerializer.Serialize(reading, Json.Stored)).ExecuteNonQueryAsync(cancellationToken);
        }
        catch (DbException error) when (StorageTrouble.Of(error) is not null)
        {
            // A database that takes nothing is told elsewhere; this process has its reading.
        }
    }

    private async Task<ServiceReading> ReadTablesAsync(NoticesDb db, CancellationToken cancellationToken)
    {
        var queue = await RowsAsync(
            db,
            $"""
            SELECT CASE WHEN n.kind IN ('emergency', 'fault') THEN 'urgent' ELSE 'ordinary' END AS lane, d.tier, d.medium, COUNT(*),
              MIN(CASE WHEN r.state IN ('Running', 'Expanding') THEN d.due_at END)
            FROM deliveries d JOIN rounds r ON r.id = d.round_id JOIN notices n ON n.id = r.notice_id
            WHERE d.state = {(int)DeliveryState.Waiting} GROUP BY 1, 2, 3
            """,
            row => new QueueLine(row.GetString(0), row.GetInt16(1), row.GetString(2).ToLowerInvariant(), row.GetInt64(3), row.InstantOrNull(4)), cancellationToken);
        var claimed = await RowsAsync(db, $"SELECT COUNT(*) FROM deliveries WHERE state = {(int)DeliveryState.Claimed}", row => row.GetInt64(0), cancellationToken);
        var next = await RowsAsync(db, "SELECT MIN(due_at) FROM scheduled_notices WHERE state = 'Waiting'", row => row.InstantOrNull(0), cancellationToken);
        var rounds = await CountsAsync(db, "SELECT state, COUNT(*) FROM rounds WHERE state IN ('Waiting', 'Expanding', 'Running', 'Paused') GROUP BY state", cancellationToken);
        var head = await RowsAsync(db, "SELECT sequence FROM audit_heads", row => row.GetInt64(0), cancellationToken);
        var signed = await RowsAsync(db, "SELECT sequence, at FROM checkpoints ORDER BY id DESC LIMIT 1", row => (Sequence: row.GetInt64(0), At: row.Instant(1)), cancellationToken);
        var peers = await CountsAsync(db, $"SELECT role, COUNT(*) FROM peers WHERE {(db is PostgreSqlNoticesDb ? "seen_at > now() - interval '1 minute'" : "seen_at > @now - 600000000")} GROUP BY role", cancellationToken);

        return new ServiceReading(queue, claimed[0], next[0], rounds, head[0], signed.Count > 0 ? signed[0].Sequence : 0, signed.Count > 0 ? signed[0].At : null, peers, 0);
    }

    private async Task<Dictionary<string, long>> CountsAsync(NoticesDb db, string sql, CancellationToken cancellationToken) =>
        (await RowsAsync(db, sql, row => (Name: row.GetString(0).ToLowerInvariant(), Count: row.GetInt64(1)), cancellationToken)).ToDictionary(row => row.Name, row => row.Count);

    private async Task<List<T>> RowsAsync<T>(NoticesDb db, string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        await using var command = Command(db, sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) rows.Add(read(reader));

        return rows;
    }

    /// <summary>Seconds since the reading was begun.</summary>
    private static string Age(NoticesDb db) => db is PostgreSqlNoticesDb ? "extract(epoch FROM now() - readings.at)::float8" : "(@now - readings.at) / 1e7";

    private static string Now(NoticesDb db) => db is PostgreSqlNoticesDb ? "now()" : "@now";

    private DbCommand Command(NoticesDb db, string sql)
    {
        var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;

        return sql.Contains("@now", StringComparison.Ordinal) ? command.With("@now", db.Instant(_machine.GetUtcNow())) : command;
    }
}
