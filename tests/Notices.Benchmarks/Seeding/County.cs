using Microsoft.EntityFrameworkCore;
using Notices.Benchmarks.Protocol;
using Notices.Network;
using Notices.Outages;
using Notices.Storage;
using Notices.Testing;
using Notices.Words;

namespace Notices.Benchmarks.Seeding;

/// <summary>A made-up county of any size: transformers of equally many customers, each with one account and one mobile number.</summary>
internal static class County
{
    internal const string Code = "JX";
    internal const string Feeder = "JX-F01";

    /// <summary>Cut at this moment, a plan is announced at <see cref="Due"/>.</summary>
    internal static readonly DateTimeOffset Start = new(2026, 12, 1, 8, 0, 0, TimeSpan.FromHours(8));

    /// <summary>The last 09:00 before the seventh clear day.</summary>
    internal static readonly DateTimeOffset Due = new(2026, 11, 23, 9, 0, 0, TimeSpan.FromHours(8));

    internal static readonly DateTimeOffset Monday = new(2026, 11, 16, 9, 0, 0, TimeSpan.FromHours(8));

    internal static NoticesDb Open(DatabaseKind kind, string connection) => kind == DatabaseKind.PostgreSql
        ? new PostgreSqlNoticesDb(new DbContextOptionsBuilder<PostgreSqlNoticesDb>().UseNpgsql(connection).Options)
        : new SqliteNoticesDb(new DbContextOptionsBuilder<SqliteNoticesDb>().UseSqlite(connection).Options);

    /// <param name="customers">Of each transformer; 0 for the grid alone.</param>
    internal static async Task SeedAsync(DatabaseKind kind, string connection, int transformers, int customers)
    {
        await using var db = Open(kind, connection);
        var county = new Organisation
        {
            Code = Code,
            Name = "国网井陉县供电公司",
            NameEn = "Jingxing Power",
            Signature = "国网井陉供电",
            SignatureEn = "JX Power",
            Level = OrganisationLevel.County,
            TimeZone = "Asia/Shanghai",
            Adcode = "130121",
        };
        db.Organisations.Add(county);
        await db.SaveChangesAsync();
        county.Path = $"/{county.Id}/";
        var feeder = new Feeder { OrganisationId = county.Id, Code = Feeder, Name = "城关031线", NameEn = "Chengguan 031", VoltageKv = 10 };
        db.Add(feeder);
        for (var i = 0; i < transformers; i++)
        {
            // A place holds ten.
            if (i % 10 == 0) db.Add(new Place { OrganisationId = county.Id, Code = $"1301211{i:00000}", Name = $"城关镇第{(i / 10) + 1}村", Township = "城关镇" });
        }

        await db.SaveChangesAsync();
        var places = await db.Places.OrderBy(p => p.Id).Select(p => p.Id).ToListAsync();
        for (var i = 0; i < transformers; i++) db.Add(new Transformer { FeederId = feeder.Id, PlaceId = places[i / 10], Code = Transformer(i), Name = $"台区{i}" });
        await db.SaveChangesAsync();
        var first = await db.Transformers.MinAsync(t => t.Id);
        if (customers > 0) await CustomersAsync(db, county.Id, first, transformers * customers, customers);
    }

    internal static string Transformer(int index) => $"JX-T{index:00000}";

    internal static PlanOutage Plan(IReadOnlyList<string> feeders, IReadOnlyList<string> transformers) => new()
    {
        Kind = OutageKind.Planned,
        Organisation = Code,
        Feeders = feeders,
        Transformers = transformers,
        PlacesExplained = "part of the village",
        Windows = [new PlanWindow(Start, Start.AddHours(10))],
        Reason = new LocalText("线路检修", "line maintenance"),
        Work = new LocalText("更换开关", "replace a switch"),
        Owner = "planner",
    };

    /// <summary>A fresh, seeded and approved database of one round that waits to be drawn.</summary>
    internal static async Task OneRoundAsync(DatabaseKind kind, string connection, int transformers, int customers)
    {
        await SeedAsync(kind, connection, transformers, customers);
        var clock = new ShiftedClock(Monday);
        await using var product = Product.Make(kind, connection, clock);
        await Product.PlanAsync(product.Services, Plan([Feeder], []));
        clock.Move(Due);
        if (await Product.PublishAsync(product.Services) != 1) throw new BenchmarkException("The one notice was not published.");
    }

    private static async Task CustomersAsync(NoticesDb db, long county, long first, int count, int each)
    {
        db.Database.SetCommandTimeout(600);
        var numbers = db.Database.IsNpgsql() ? $"generate_series(1, {count}) AS n(i)" : $"(WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {count}) SELECT i FROM s) AS n";
        var padded = db.Database.IsNpgsql() ? "lpad(i::text, 8, '0')" : "printf('%08d', i)";
        foreach (var sql in (string[])[
            $"""
            INSERT INTO customers (id, organisation_id, customer_no, name, language, category, vulnerability, needs, wants_short_reminder, wants_night_messages, tier)
            SELECT i, {county}, 'C' || {padded}, '用户' || i, CASE WHEN i % 20 = 0 THEN 'en' ELSE 'zh-CN' END, 'Residential',
                   CASE WHEN i % 1000 = 1 THEN 'LifeSupport' WHEN i % 100 = 2 THEN 'ElderlyAlone' END, 0, FALSE, FALSE, CASE WHEN i % 1000 = 1 THEN 0 WHEN i % 100 = 2 THEN 1 ELSE 2 END
            FROM {numbers}
            """,
            $"""
            INSERT INTO supply_points (id, customer_id, account_no, transformer_id, role, own_generator)
            SELECT i, i, '13012' || {padded}, {first} + (i - 1) / {each}, 'Main', FALSE FROM {numbers}
            """,
            $"INSERT INTO contacts (id, customer_id, kind, address, ordinal, source) SELECT i, i, 'Mobile', '+86138' || {padded}, 1, 'import' FROM {numbers}",
            db.Database.IsNpgsql() ? "VACUUM ANALYZE" : "ANALYZE",
        ])
        {
            await db.Database.ExecuteSqlRawAsync(sql);
        }
    }
}
