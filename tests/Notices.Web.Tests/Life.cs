using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Access;
using Notices.Channels.Sandbox;
using Notices.Customers;
using Notices.Deliveries;
using Notices.Network;
using Notices.Policy;
using Notices.Publishing;
using Notices.Ringing;
using Notices.Testing;

namespace Notices;

/// <summary>A host with the made-up county and the few steps every story of an outage is told with.</summary>
internal sealed class Life : IAsyncDisposable
{
    private readonly Dictionary<string, HttpClient> _clients = [];

    private static int _accounts = 1000;

    private Life(TestHost host) => Host = host;

    internal TestHost Host { get; }

    internal static DateTimeOffset At(string text) => DateTimeOffset.Parse(text + "+08:00", System.Globalization.CultureInfo.InvariantCulture);

    internal static async Task<Life> StartAsync(DatabaseKind kind = DatabaseKind.Sqlite, DateTimeOffset? now = null, int customers = 12, Dictionary<string, string?>? settings = null)
    {
        settings ??= [];
        settings.TryAdd("Providers:main:ReceiptDelay", "00:00:00");
        var host = await TestHost.StartAsync(kind, now, settings);
        await TestCounty.SeedAsync(host.Database, customers);

        return new Life(host);
    }

    internal SandboxOutbox Outbox => Host.Services.GetRequiredService<SandboxOutbox>();

    /// <summary>A client with a key of that name in that organisation.</summary>
    internal async Task<HttpClient> ClientAsync(Role role, string organisation = TestCounty.Code, string? name = null)
    {
        name ??= $"{role}-{organisation}";
        if (_clients.TryGetValue(name + role + organisation, out var known)) return known;

        await using var scope = Host.Services.CreateAsyncScope();
        var key = await scope.ServiceProvider.GetRequiredService<KeyRing>().AddAsync(name, role, organisation, Actor.System, default);
        var client = new HttpClient { BaseAddress = Host.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Value);
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");

        return _clients[name + role + organisation] = client;
    }

    /// <summary>Another county with a feeder, and a supply station below ours.</summary>
    internal async Task AddNeighboursAsync()
    {
        await using var db = Host.Database.Open();
        var ours = await db.Organisations.FirstAsync(o => o.Code == TestCounty.Code);
        var other = new Organisation { Code = "LZ", Name = "鹿泉供电公司", Signature = "鹿泉供电", Level = OrganisationLevel.County, TimeZone = "Asia/Shanghai" };
        var station = new Organisation { Code = "JX-S1", Name = "城关供电所", Signature = "城关供电", Level = OrganisationLevel.Station, ParentId = ours.Id, TimeZone = "Asia/Shanghai" };
        db.AddRange(other, station);
        await db.SaveChangesAsync();
        (other.Path, station.Path) = ($"/{other.Id}/", $"{ours.Path}{station.Id}/");
        var feeders = new[] { new Feeder { OrganisationId = other.Id, Code = "LZ-F01", Name = "鹿泉011线", VoltageKv = 10 }, new Feeder { OrganisationId = station.Id, Code = "S1-F01", Name = "所内011线", VoltageKv = 10 } };
        db.AddRange(feeders);
        db.AddRange(feeders.Select(f => new Transformer
        {
            Feeder = f,
            Code = f.Code + "-T",
            Name = "台区",
            Place = new Place { OrganisationId = f.OrganisationId, Code = f.Code, Name = f.Code + "村" },
        }));
        await db.SaveChangesAsync();
    }

    internal async Task<Customer> AddCustomerAsync(string no, string[] transformers, string? phone, Action<Customer>? shape = null)
    {
        await using var db = Host.Database.Open();
        var customer = new Customer { OrganisationId = (await db.Organisations.FirstAsync(o => o.Code == TestCounty.Code)).Id, CustomerNo = no, Name = no, Language = "zh-CN" };
        for (var i = 0; i < transformers.Length; i++)
        {
            var code = transformers[i];
            customer.SupplyPoints.Add(new SupplyPoint { AccountNo = $"{no}{Interlocked.Increment(ref _accounts)}", TransformerId = (await db.Transformers.FirstAsync(t => t.Code == code)).Id });
        }

        if (phone is not null) customer.Contacts.Add(new Contact { Kind = ContactKind.Mobile, Address = phone, Ordinal = 1, Source = "import" });
        shape?.Invoke(customer);
        customer.Tier = Notices.Audience.PriorityTier.Of(customer.Grade, customer.Vulnerability, customer.Loss, customer.Dependency);
        db.Customers.Add(customer);
        await db.SaveChangesAsync();

        return customer;
    }

    /// <summary>Feeders with one transformer, one place and no customer each, <c>F0</c>, <c>F1</c>…</summary>
    internal async Task AddFeedersAsync(int count)
    {
        await using var db = Host.Database.Open();
        var id = (await db.Organisations.FirstAsync(o => o.Code == TestCounty.Code)).Id;
        for (var i = 0; i < count; i++)
        {
            db.Add(new Transformer
            {
                Feeder = new Feeder { OrganisationId = id, Code = $"F{i}", Name = $"测试{i}线", VoltageKv = 10 },
                Code = $"T{i}",
                Name = $"台区{i}",
                Place = new Place { OrganisationId = id, Code = $"P{i}", Name = $"测试{i}村" },
            });
        }

        await db.SaveChangesAsync();
    }

    internal static JsonObject Plan(string feeder, string start, string end) => new()
    {
        ["kind"] = "planned",
        ["organisation"] = TestCounty.Code,
        ["feeders"] = new JsonArray(feeder),
        ["windows"] = new JsonArray(Window(start, end)),
        ["reason"] = "line-maintenance",
        ["work"] = "replace-switch",
    };

    internal static JsonObject Window(string start, string end) => new() { ["startsAt"] = start + "+08:00", ["endsAt"] = end + "+08:00" };

    /// <summary>Saves the plan as a draft.</summary>
    internal async Task<string> DraftAsync(JsonObject plan) => (string)(await Host.PostAsync(Role.Dispatcher, "/api/v1/outages", plan, 201))["number"]!;

    internal Task<JsonObject> DoAsync(string number, string verb, object? body = null, int expected = 200) =>
        Host.PostAsync(verb is "approve" or "reject" or "review" ? Role.Approver : Role.Dispatcher, $"/api/v1/outages/{number}/{verb}", body, expected);

    internal async Task<string> ApprovedAsync(JsonObject plan, object? submit = null)
    {
        var number = await DraftAsync(plan);
        await DoAsync(number, "submit", submit);
        await DoAsync(number, "approve");

        return number;
    }

    /// <summary>Our feeder on 1 December, published on 23 November at nine and told to everyone.</summary>
    internal async Task<string> PublishedAsync(JsonObject? plan = null)
    {
        var number = await ApprovedAsync(plan ?? Plan(TestCounty.Feeder, "2026-12-01T08:00:00", "2026-12-01T18:00:00"));
        await GoToAsync(At("2026-11-23T09:00:00"));
        Assert.Equal("published", await StatusAsync(number));

        return number;
    }

    /// <summary>Moves the clock and waits until all that is due by then is done.</summary>
    internal async Task GoToAsync(DateTimeOffset at)
    {
        Host.Clock.Advance(at - Host.Clock.GetUtcNow());
        await SettleAsync();
    }

    internal Task SettleAsync() => TestHost.UntilAsync(
        async () =>
        {
            await using var db = Host.Database.Open();
            var now = Host.Clock.GetUtcNow();

            return !await db.ScheduledNotices.AnyAsync(s => s.State == ScheduledState.Waiting && s.DueAt <= now)
                && !await db.ScheduledMoments.AnyAsync(m => m.State == MomentState.Waiting && m.DueAt <= now)
                && !await db.StaffRings.AnyAsync(r => r.State == OutboxState.Claimed || (r.State == OutboxState.Waiting && r.DueAt <= now))
                && !await db.Rounds.AnyAsync(r => r.State == RoundState.Waiting || r.State == RoundState.Expanding)
                && !await db.Deliveries.AnyAsync(d => d.Medium != Medium.Email && d.ExpiresAt > now
                    && (d.State == DeliveryState.Claimed || d.State == DeliveryState.Accepted
                        || (d.State == DeliveryState.Waiting && d.DueAt <= now && db.Rounds.Any(r => r.Id == d.RoundId && r.State == RoundState.Running))));
        },
        "all that is due is done", 60);

    internal async Task<JsonObject> FindAsync(string number) => await Host.GetAsync(Role.Auditor, $"/api/v1/outages/{number}");

    internal async Task<string> StatusAsync(string number) => (string)(await FindAsync(number))["status"]!;

    /// <summary>The types of the notices published, oldest first.</summary>
    internal async Task<string> TypesAsync(string number) =>
        string.Join(' ', (await FindAsync(number))["notices"]!.AsArray().Select(n => (string)n!["type"]! + ((bool)n["late"]! ? "!" : "")));

    /// <summary>Account tails of a notice's rounds with their states, in order.</summary>
    internal async Task<List<(string Tail, DeliveryState State, string? Reason)>> ToldAsync(string number, NoticeType type, string? audience = null)
    {
        await using var db = Host.Database.Open();
        var rounds = await db.Rounds.Where(r => r.Notice!.Number == number && r.Notice.Type == type && (audience == null || r.Audience == audience)).Select(r => r.Id).ToListAsync();

        return [.. (await db.Recipients.Where(r => rounds.Contains(r.RoundId)).OrderBy(r => r.AccountTail).ToListAsync()).Select(r => (r.AccountTail, r.State, r.Reason))];
    }

    /// <summary>What an address got, oldest first.</summary>
    internal List<SandboxMessage> Got(string address) => [.. Outbox.Last().Where(m => m.Address == address).OrderBy(m => m.Sequence)];

    /// <summary>The phone of the county's customer of that number.</summary>
    internal static string Phone(int customer) => $"+8613800{customer:000000}";

    /// <summary>Every round's counts add up, and the record holds.</summary>
    internal async Task ProveAsync()
    {
        await using (var db = Host.Database.Open())
        {
            foreach (var id in await db.Rounds.Select(r => r.Id).ToListAsync())
            {
                var counts = (await Host.GetAsync(Role.Auditor, $"/api/v1/rounds/{id}"))["counts"]!;
                string[] parts = ["waiting", "inFlight", "acknowledged", "delivered", "sent", "failed", "suppressed", "unconfirmed"];
                Assert.Equal((int)counts["snapshot"]!, parts.Sum(p => (int)counts[p]!));
                Assert.Equal(await db.Recipients.CountAsync(r => r.RoundId == id), (int)counts["snapshot"]!);
            }
        }

        var verdict = await Host.GetAsync(Role.Auditor, "/api/v1/audit/verify");
        Assert.True((bool)verdict["ok"]!, verdict.ToJsonString());
    }

    internal static List<string> Codes(JsonObject answer) => [.. answer["problems"]!.AsArray().Select(p => (string)p!["code"]!)];

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values) client.Dispose();
        await Host.DisposeAsync();
    }
}
