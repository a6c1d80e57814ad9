using System.Data.Common;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>The reserved stretch of a provider's rate, in machine time. One row a limit.</summary>
public sealed class ProviderAllowance
{
    /// <summary>Provider and limit, e.g. <c>main/messages</c>.</summary>
    public required string Key { get; set; }

    public DateTimeOffset FreeAt { get; set; }
}

/// <summary>Places one process holds at a provider. Gone when it says so, or is silent for <see cref="IAllowance.HeldFor"/>.</summary>
public sealed class ProviderPlace
{
    public required string Key { get; set; }

    public required string Worker { get; set; }

    public int Held { get; set; }

    /// <summary>What it would use if it could: more than held means that it waits.</summary>
    public int Wanted { get; set; }

    public DateTimeOffset Until { get; set; }
}

/// <summary>For several processes on one PostgreSQL: the database's clock is the one clock, its row locks put them in order.</summary>
internal sealed class SharedAllowance(Func<NoticesDb> open) : IAllowance
{
    private readonly string _worker = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}";

    public Task<TimeSpan> ReserveAsync(string key, TimeSpan span, CancellationToken cancellationToken) => DeliverySql.ReadAsync(
        open,
        async sql =>
        {
            await using var reserve = sql.Command("""
                INSERT INTO provider_allowances AS a (key, free_at) VALUES (@key, clock_timestamp() + @span)
                ON CONFLICT (key) DO UPDATE SET free_at = GREATEST(a.free_at, clock_timestamp()) + @span
                RETURNING free_at - @span - clock_timestamp()
                """);
            var wait = (TimeSpan)(await reserve.With("@key", key).With("@span", span).ExecuteScalarAsync(cancellationToken))!;

            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        },
        cancellationToken);

    public Task<int> HoldAsync(string key, int @using, int wanted, int limit, CancellationToken cancellationToken) => DeliverySql.RunAsync(
        open,
        async sql =>
        {
            await LockAsync(sql, key, cancellationToken);
            var (others, waiting) = await OthersAsync(sql, key, cancellationToken);
            var held = Math.Max(@using, Math.Min(Share(wanted, limit, waiting), limit - others));
            await using var hold = sql.Command(wanted == 0 && @using == 0
                ? "DELETE FROM provider_places WHERE key = @key AND worker = @worker"
                : """
                  INSERT INTO provider_places (key, worker, held, wanted, until) VALUES (@key, @worker, @held, @wanted, clock_timestamp() + @lease)
                  ON CONFLICT (key, worker) DO UPDATE SET held = excluded.held, wanted = excluded.wanted, until = excluded.until
                  """);
            await hold.With("@key", key).With("@worker", _worker).With("@held", held).With("@wanted", wanted).With("@lease", IAllowance.HeldFor).ExecuteNonQueryAsync(cancellationToken);

            return held;
        },
        cancellationToken);

    /// <summary>While others wait for places nobody keeps more than an equal share.</summary>
    private static int Share(int wanted, int limit, int waiting) => waiting == 0 ? wanted : Math.Min(wanted, Math.Max(1, limit / (waiting + 1)));

    private static async Task LockAsync(DeliverySql sql, string key, CancellationToken cancellationToken)
    {
        await using var take = sql.Command("""
            INSERT INTO provider_allowances (key, free_at) VALUES (@key, clock_timestamp()) ON CONFLICT (key) DO UPDATE SET free_at = provider_allowances.free_at
            """);
        await take.With("@key", key).ExecuteNonQueryAsync(cancellationToken);
    }

    /// <returns>Places of the other living processes, and how many of those processes want more than they have.</returns>
    private async Task<(int Held, int Waiting)> OthersAsync(DeliverySql sql, string key, CancellationToken cancellationToken)
    {
        await using var find = sql.Command("""
            SELECT COALESCE(SUM(held), 0)::int, (COUNT(*) FILTER (WHERE wanted > held))::int FROM provider_places WHERE key = @key AND worker <> @worker AND until > clock_timestamp()
            """);
        await using var row = await find.With("@key", key).With("@worker", _worker).ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);

        return (row.GetInt32(0), row.GetInt32(1));
    }
}
