using Notices.Deliveries;
using Notices.Storage;

namespace Notices.Evidence;

/// <summary>One message a provider took.</summary>
internal sealed record HandOver(Medium Medium, string Provider, DateTimeOffset At);

/// <summary>How fast messages leave, from the newest that did.</summary>
internal static class PaceReading
{
    /// <summary>The newest attempts looked at: a read of the key's end, whatever the history.</summary>
    private const int Newest = 5000;

    /// <summary>Fewer in the last minute say nothing about what is possible.</summary>
    private const int Enough = 20;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>A longer silence is a time with nothing to send, not a slow provider.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    internal static async Task<IReadOnlyList<HandOver>> NewestAsync(DeliverySql sql, CancellationToken cancellationToken)
    {
        var found = new List<HandOver>();
        await using var find = sql.Command($"""
            SELECT d.medium, a.provider, a.ended_at FROM (SELECT delivery_id, provider, ended_at, outcome FROM attempts ORDER BY id DESC LIMIT {Newest}) a
            JOIN deliveries d ON d.id = a.delivery_id WHERE a.outcome = {(int)SendOutcomeKind.Accepted}
            """);
        await using var rows = await find.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken)) found.Add(new HandOver(Enum.Parse<Medium>(rows.GetString(0)), rows.GetString(1), rows.Instant(2)));

        return found;
    }

    /// <param name="configured">What the providers of a medium are set to take, in messages a second; null where no limit is set.</param>
    internal static IReadOnlyList<Pace> Paces(IReadOnlySet<Medium> media, IReadOnlyList<HandOver> newest, Func<Medium, double?> configured, DateTimeOffset now) => [.. media.Order().Select(medium =>
    {
        var ours = newest.Where(one => one.Medium == medium).ToList();
        var lately = ours.FindAll(one => now - one.At <= Minute);
        if (lately.Count >= Enough) return new Pace(medium, PerSecond(lately), PaceBasis.Observed);
        if (ours.Count >= Enough) return new Pace(medium, PerSecond(ours), PaceBasis.Earlier);

        return configured(medium) is { } limit ? new Pace(medium, limit, PaceBasis.Configured) : new Pace(medium, null, PaceBasis.Unknown);
    })];

    /// <summary>Providers of a medium work side by side: their paces add up.</summary>
    private static double PerSecond(IEnumerable<HandOver> handOvers) => handOvers.GroupBy(one => one.Provider, StringComparer.Ordinal).Sum(provider =>
    {
        var times = provider.Select(one => one.At).Order().ToList();
        var busy = times.Zip(times.Skip(1), (one, next) => next - one).Where(pause => pause <= Silence).Sum(pause => pause.TotalSeconds);

        return times.Count / Math.Max(1, busy);
    });
}
