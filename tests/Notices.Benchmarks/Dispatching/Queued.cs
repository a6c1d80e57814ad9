using Microsoft.EntityFrameworkCore;
using Notices.Benchmarks.Protocol;
using Notices.Benchmarks.Seeding;
using Notices.Deliveries;
using Notices.Publishing;
using Notices.Testing;

namespace Notices.Benchmarks.Dispatching;

/// <summary>A database with one drawn round, its messages due; set back between runs, so that the processes on it stay warm.</summary>
/// <param name="Text">What one of the messages says, so that the baseline posts the same bytes.</param>
internal sealed record Queued(DatabaseKind Kind, string Connection, int Count, string Text)
{
    private const int Each = 100;

    private int _attempts;

    internal static async Task<Queued> SeedAsync(DatabaseKind kind, string connection, int count)
    {
        await County.OneRoundAsync(kind, connection, count / Each, Each);
        await using (var product = Product.Make(kind, connection, new ShiftedClock(County.Due))) await Product.ExpandAsync(product.Services);

        await using var db = County.Open(kind, connection);
        var delivery = await db.Deliveries.OrderByDescending(d => d.Id).FirstAsync();
        var text = await db.RoundTexts.FirstAsync(t => t.Id == delivery.TextId);

        return new Queued(kind, connection, count, PersonalText.Fill(text.Body, delivery.PlaceName ?? "", delivery.Accounts));
    }

    /// <summary>The first so many wait, untried; the others are done. Attempts and the record stay: they are of the runs before.</summary>
    internal async Task SetBackAsync(int waiting)
    {
        await Sql.RunAsync(Kind, Connection, $"""
            UPDATE deliveries SET state = CASE WHEN id < (SELECT MIN(f.id) FROM deliveries f) + {waiting} THEN {(int)DeliveryState.Waiting} ELSE {(int)DeliveryState.Sent} END,
              attempts = 0, lease_owner = NULL, lease_until = NULL, provider = NULL, provider_message_id = NULL, accepted_at = NULL, delivered_at = NULL, reason = NULL
            WHERE round_id = (SELECT MIN(r.id) FROM rounds r)
            """);
        await Sql.RunAsync(Kind, Connection, """
            UPDATE recipients SET reason = NULL, state = (SELECT MAX(d.state) FROM delivery_recipients l JOIN deliveries d ON d.id = l.delivery_id WHERE l.recipient_id = recipients.id)
            """);
        foreach (var sql in Kind == DatabaseKind.PostgreSql ? (string[])["VACUUM (FULL, ANALYZE) recipients", "VACUUM (ANALYZE) deliveries", "CHECKPOINT"] : ["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"])
            await Sql.RunAsync(Kind, Connection, sql);
    }

    /// <exception cref="BenchmarkException">Not everything was recorded.</exception>
    internal async Task ExpectSentAsync(int count)
    {
        await Sql.ExpectAsync(Kind, Connection, $"SELECT count(*) FROM deliveries WHERE round_id = (SELECT MIN(r.id) FROM rounds r) AND state >= {(int)DeliveryState.Accepted}", Count);
        await Sql.ExpectAsync(Kind, Connection, "SELECT count(*) FROM attempts", _attempts += count);
    }
}
