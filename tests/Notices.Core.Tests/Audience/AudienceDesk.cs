using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Notices.Audit;
using Notices.Customers;
using Notices.Deliveries;
using Notices.Network;
using Notices.Outages;
using Notices.Policy;
using Notices.Publishing;
using Notices.Storage;
using Notices.Testing;
using Notices.Tests.Policy;
using Xunit;

namespace Notices.Audience;

/// <summary>A database with a county of random customers on one feeder, whose outage's rounds are drawn by hand; the clock stands at 2026-11-23 09:00 local.</summary>
internal sealed class AudienceDesk : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private int _notices;

    private AudienceDesk(TestDatabase database) => _database = database;

    internal FakeTimeProvider Clock { get; } = new(NoticeFixtures.At("2026-11-23T09:00"));

    internal DateTimeOffset Now => Clock.GetUtcNow();

    internal PolicyOptions Policy { get; set; } = Policies.China;

    internal WatchOptions Watch { get; set; } = new();

    internal ClaimRequest Request(int size) => new("w", size, Now, TimeSpan.FromSeconds(20), DeliveryDesk.AllMedia);

    internal DatabaseKind Kind => _database.Kind;

    internal long Organisation { get; private set; }

    internal Outage Outage { get; private set; } = null!;

    internal IDeliveryQueue Queue => field ??= Kind == DatabaseKind.PostgreSql ? new PostgreSqlDeliveryQueue(Open, Clock) : new SqliteDeliveryQueue(Open, Clock, Clock);

    internal Evidence.ForesightReading Foresight => new(Open, new ProviderDirectory([], TimeProvider.System), Clock);

    internal NoticesDb Open() => _database.Open();

    /// <param name="seed">The same seed makes the same people.</param>
    internal static async Task<AudienceDesk> OpenAsync(DatabaseKind kind, int customers, int seed = 1)
    {
        var desk = new AudienceDesk(await TestDatabase.CreateAsync(kind));
        await using var db = desk.Open();
        var county = new Organisation { Code = "JX", Name = "国网井陉县供电公司", Signature = "国网井陉供电", TimeZone = "Asia/Shanghai", Level = OrganisationLevel.County };
        db.Add(county);
        await db.SaveChangesAsync();
        (county.Path, desk.Organisation) = ($"/{county.Id}/", county.Id);
        var feeder = new Feeder { OrganisationId = county.Id, Code = "JX-F03", Name = "城关031线", VoltageKv = 10 };
        var transformers = Enumerable.Range(0, 4).Select(i => new Transformer
        {
            Feeder = feeder,
            Code = $"T{i}",
            Name = $"台区{i}",
            Place = new Place { OrganisationId = county.Id, Code = $"P{i}", Name = ((string[])["东街村", "西街村", "南关村", "北关村"])[i] },
        }).ToList();
        db.AddRange(transformers);
        await db.SaveChangesAsync();
        desk.Outage = new Outage { Number = "2026-1187", OrganisationId = county.Id, Kind = OutageKind.Planned, Status = OutageStatus.Published, CreatedAt = desk.Now };
        desk.Outage.Windows.Add(new OutageWindow { StartsAt = NoticeFixtures.Planned.Windows[0].StartsAt, EndsAt = NoticeFixtures.Planned.Windows[0].EndsAt });
        desk.Outage.Scope.Add(new OutageScope { FeederId = feeder.Id });
        db.Add(desk.Outage);
        await db.SaveChangesAsync();
        await AddAsync(db, county.Id, [.. transformers.Select(t => t.Id)], customers, new Random(seed));

        return desk;
    }

    /// <summary>A notice of the outage with one round, not yet drawn.</summary>
    /// <param name="customers">As the notice states them; 0, unknown how many, is drawn as a large round.</param>
    internal async Task<long> RoundAsync(NoticeFacts? facts = null, string audience = nameof(NoticeAudience.Everyone), int customers = 0)
    {
        facts = (facts ?? NoticeFixtures.Planned) with { Version = ++_notices, Customers = customers };
        await using var db = Open();
        var due = new ScheduledNotice { OutageId = Outage.Id, Type = facts.Type, Key = $"{_notices}", DueAt = Now, Rule = "r", Source = "s", ExpiresAt = Now.AddDays(8), State = ScheduledState.Published };
        db.Add(due);
        await db.SaveChangesAsync();
        var round = new Round
        {
            Notice = new Notice
            {
                OutageId = Outage.Id,
                OrganisationId = Organisation,
                ScheduledNoticeId = due.Id,
                Number = facts.Number,
                Version = facts.Version,
                Identifier = $"{facts.Number}.{facts.Version}",
                Type = facts.Type,
                Kind = facts.Kind,
                PublishedAt = Now,
                DueAt = Now,
                ExpiresAt = Now.AddDays(8),
                Facts = JsonSerializer.Serialize(facts, Json.Stored),
            },
            Audience = audience,
            Batch = $"{Now.UtcTicks}/{facts.Type}/{Organisation}",
            CreatedAt = Now,
            ExpiresAt = Now.AddDays(8),
        };
        db.Add(round);
        await db.SaveChangesAsync();

        return round.Id;
    }

    /// <summary>Draws what waits, as a process of its own would.</summary>
    /// <param name="lane">Null for both.</param>
    internal async Task<int> DrawAsync(int part = 1000, TimeProvider? clock = null, Lane? lane = null)
    {
        await using var db = Open();
        var audit = new AuditTrail(db, clock ?? Clock);
        var expansion = new RoundExpansion(
            db, audit, new PolicyBook(Policy), NoticeFixtures.Renderer, clock ?? Clock, new DueAlarm(), new PublishingTurn(), new DrawingTurn(), Watch, Open, NullLogger<RoundExpansion>.Instance)
        { Part = part };

        return await (lane is { } one ? expansion.ExpandDueAsync(one, CancellationToken.None) : expansion.ExpandDueAsync(CancellationToken.None));
    }

    internal async Task<T> ReadAsync<T>(Func<NoticesDb, Task<T>> read)
    {
        await using var db = Open();

        return await read(db);
    }

    /// <summary>Snapshot = waiting + in flight + final, counted from the rows, and every recipient is what the best of its messages is (as far as outcomes have been written).</summary>
    internal async Task SumHoldsAsync(long round)
    {
        var counts = await Queue.RoundCountsAsync(round, CancellationToken.None);
        await using var db = Open();
        Assert.Equal(await db.Recipients.CountAsync(recipient => recipient.RoundId == round), counts.Snapshot);
        Assert.Equal(counts.Snapshot, counts.Waiting + counts.InFlight + counts.Acknowledged + counts.Delivered + counts.Sent + counts.Failed + counts.Suppressed + counts.Unconfirmed);
        var apart = await db.Recipients.Where(recipient => recipient.RoundId == round).CountAsync(recipient =>
            recipient.State != (db.DeliveryRecipients.Where(link => link.RecipientId == recipient.Id)
                .Join(db.Deliveries, link => link.DeliveryId, delivery => delivery.Id, (_, delivery) => (DeliveryState?)(delivery.State == DeliveryState.Claimed && delivery.Medium != Medium.Paper ? DeliveryState.Waiting : delivery.State)).Max() ?? DeliveryState.Suppressed));
        Assert.Equal(0, apart);
    }

    /// <summary>What a round came to, in words that do not depend on the order in which it was drawn.</summary>
    internal async Task<List<string>> DrawnAsync(long round)
    {
        await using var db = Open();
        var texts = await db.RoundTexts.AsNoTracking().Where(text => text.RoundId == round).ToDictionaryAsync(text => text.Id, text => text.Language);
        var people = await db.Recipients.AsNoTracking().Where(recipient => recipient.RoundId == round).ToListAsync();
        var deliveries = await db.Deliveries.AsNoTracking().Where(delivery => delivery.RoundId == round).ToListAsync();
        var links = await db.DeliveryRecipients.AsNoTracking().Where(link => db.Deliveries.Any(delivery => delivery.Id == link.DeliveryId && delivery.RoundId == round)).ToListAsync();
        var (point, address) = (people.ToDictionary(person => person.Id, person => person.SupplyPointId), deliveries.ToDictionary(delivery => delivery.Id, delivery => delivery.Medium + delivery.Address));
        static string Sorted(string? joined) => string.Join('、', (joined ?? "").Split('、').Order(StringComparer.Ordinal));

        return
        [
            .. people.Select(person => $"person {person.SupplyPointId} {person.Tier} {person.State} {person.Reason}").Order(StringComparer.Ordinal),
            .. deliveries.Select(delivery => $"message {delivery.Medium} {delivery.Address} {delivery.Tier} {delivery.State} {delivery.Reason} "
                + (delivery.State == DeliveryState.Suppressed ? "" : $"{texts[delivery.TextId]} {Sorted(delivery.Accounts)} {Sorted(delivery.PlaceName)} {delivery.DueAt.UtcTicks}")).Order(StringComparer.Ordinal),
            .. links.Select(link => $"link {point[link.RecipientId]} {address[link.DeliveryId]}").Order(StringComparer.Ordinal),
        ];
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    /// <summary>People with one account or three, with their own number, a shared one or none, with needs, in either language, in every tier.</summary>
    private static async Task AddAsync(NoticesDb db, long organisation, long[] transformers, int count, Random random)
    {
        for (var i = 1; i <= count; i++)
        {
            var customer = new Customer
            {
                OrganisationId = organisation,
                CustomerNo = $"C{i:00000}",
                Name = $"用户{i}",
                Language = random.Next(4) == 0 ? "en" : "zh-CN",
                Needs = random.Next(6) switch { 0 => Needs.Deaf, 1 => Needs.NoMobile, _ => Needs.None },
                WantsNightMessages = random.Next(5) == 0,
                Tier = (short)(random.Next(10) switch { 0 => 0, 1 or 2 => 1, _ => 2 }),
            };
            for (var account = 0; account < (random.Next(5) == 0 ? 3 : 1); account++)
                customer.SupplyPoints.Add(new SupplyPoint { AccountNo = $"130{i:00000}{account}{random.Next(1000):000}", TransformerId = transformers[random.Next(transformers.Length)] });
            // A third of the numbers are shared.
            if (random.Next(8) > 0)
                customer.Contacts.Add(new Contact { Kind = ContactKind.Mobile, Address = $"+86138{(random.Next(3) == 0 ? random.Next(1 + (count / 10)) : 10000 + i):00000000}", Ordinal = 1, Source = "import" });
            if (random.Next(3) == 0) customer.Contacts.Add(new Contact { Kind = ContactKind.Landline, Address = $"+86311{80000000 + random.Next(1 + (count / 4))}", Ordinal = 2, Source = "import" });
            if (random.Next(3) == 0) customer.Contacts.Add(new Contact { Kind = ContactKind.Email, Address = $"c{random.Next(1 + count)}@example.org", Ordinal = 3, Source = "import" });
            db.Add(customer);
        }

        await db.SaveChangesAsync();
    }
}
