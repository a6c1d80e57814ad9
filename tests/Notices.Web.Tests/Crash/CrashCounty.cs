using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Access;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Outages;
using Notices.Setup;
using Notices.Storage;
using Notices.Testing;
using Notices.Words;

namespace Notices.Crash;

/// <summary>A county on a database that outlives the processes on it, a carrier that counts what it got, and plans that fall due at a given moment.</summary>
internal sealed class CrashCounty : IAsyncDisposable
{
    private const int Few = 12;

    private readonly HttpSink _carrier = new();
    private readonly ConcurrentDictionary<long, int> _asked = new();
    private readonly ConcurrentDictionary<long, int> _got = new();
    private readonly WebApplication _desk;

    private readonly int _customers;

    private CrashCounty(TestDatabase database, int customers)
    {
        (Database, _customers) = (database, customers);
        _carrier.AnswerLater = async body =>
        {
            var id = long.Parse(body.Split('&')[0].Split('=')[1], CultureInfo.InvariantCulture);
            var asked = _asked.AddOrUpdate(id, 1, (_, times) => times + 1);
            var (taken, answer) = await Carrier(id, asked);
            if (taken) _got.AddOrUpdate(id, 1, (_, times) => times + 1);

            return answer;
        };
        Settings = TestHost.Settings(database, new() { ["Providers:main:BaseAddress"] = _carrier.Address.ToString(), ["Delivery:Lease"] = "00:00:03" });
        _desk = NoticesHost.Create(new HostRequest(Role: HostRole.Web, Settings: Settings, Quiet: true));
    }

    internal static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    internal TestDatabase Database { get; }

    /// <summary>What the carrier does with a message, by its id and how often it was asked: whether it took it, and the bytes it answers.</summary>
    internal Func<long, int, Task<(bool Taken, string? Answer)>> Carrier { get; set; } = (_, _) => Task.FromResult<(bool, string?)>((true, HttpSink.Ok("")));

    /// <summary>How many different messages it has taken.</summary>
    internal int Taken => _got.Count;

    /// <summary>How many messages the carrier has got.</summary>
    internal int Carried => _got.Values.Sum();

    /// <summary>How long the carrier takes for an answer.</summary>
    internal TimeSpan CarrierDelay
    {
        set => _carrier.Delay = value;
    }

    internal Dictionary<string, string?> Settings { get; }

    internal static async Task<CrashCounty> SeedAsync(TestDatabase database, int customers = Few)
    {
        await TestCounty.SeedAsync(database, customers);
        // These services run on the machine's clock. Where the county lies it is noon, so that no quiet hour holds its messages.
        var east = 12 - Now.Hour;
        var zone = east == 0 ? "Etc/UTC" : string.Create(CultureInfo.InvariantCulture, $"Etc/GMT{(east > 0 ? "-" : "+")}{Math.Abs(east)}");
        await using var db = database.Open();
        await db.Database.ExecuteSqlAsync($"UPDATE organisations SET time_zone = {zone}");

        return new CrashCounty(database, customers);
    }

    internal static async Task<CrashCounty> SeedAsync(DatabaseKind kind, int customers = Few) => await SeedAsync(await TestDatabase.CreateAsync(kind), customers);

    /// <summary>Planned, submitted and approved; its notice falls due at exactly that moment, as an order of rationing is published when the order says.</summary>
    internal async Task PlanAsync(DateTimeOffset due)
    {
        var number = await SubmittedAsync(due);
        await using var scope = _desk.Services.CreateAsyncScope();
        Must(await scope.ServiceProvider.GetRequiredService<OutageDesk>().ApproveAsync(number, new ApproveOutage(), Someone("approver", Role.Approver), default));
    }

    /// <summary>A key for the whole county.</summary>
    internal async Task<string> KeyAsync(Role role)
    {
        await using var scope = _desk.Services.CreateAsyncScope();

        return Must(await scope.ServiceProvider.GetRequiredService<KeyRing>().AddAsync(role.ToString(), role, TestCounty.Code, Actor.System, default));
    }

    /// <summary>The same, waiting for approval.</summary>
    internal async Task<string> SubmittedAsync(DateTimeOffset due)
    {
        await using var scope = _desk.Services.CreateAsyncScope();
        var (planning, desk) = (scope.ServiceProvider.GetRequiredService<OutagePlanning>(), scope.ServiceProvider.GetRequiredService<OutageDesk>());
        var planned = Must(await planning.PlanAsync(Plan(due), Someone("planner", Role.Dispatcher), default));
        var everything = new SubmitOutage(["repeated-outage", "longer-than-12-hours", "protected-period"]);
        Must(await desk.SubmitAsync(planned.Number, everything, Someone("planner", Role.Dispatcher), default));

        return planned.Number;
    }

    internal static PlanOutage Plan(DateTimeOffset due)
    {
        var start = Now.AddDays(3);

        return new PlanOutage
        {
            Kind = OutageKind.Rationing,
            Organisation = TestCounty.Code,
            Feeders = [TestCounty.Feeder],
            Windows = [new PlanWindow(start, start.AddHours(4))],
            Reason = new LocalText("有序用电", "load rationing"),
            Work = new LocalText("有序用电", "load rationing"),
            Owner = "planner",
            AnnounceAt = due,
        };
    }

    internal async Task<int> PublishedAsync()
    {
        await using var db = Database.Open();

        return await db.Notices.CountAsync();
    }

    internal Task UntilPublishedAsync(int count, int seconds = 30) => TestHost.UntilAsync(async () => await PublishedAsync() >= count, $"{count} published", seconds);

    /// <summary>Each plan told once, to everybody; each recipient at one end; each message got at most once, and one the carrier never got marked as unconfirmed.</summary>
    internal async Task AllToldOnceAsync(int plans)
    {
        await TestHost.UntilAsync(SettledAsync, "every recipient at an end", 45);
        await using var db = Database.Open();
        Assert.Equal(plans, await db.Notices.CountAsync());
        Assert.Equal(plans, await db.Rounds.CountAsync());
        Assert.Equal(plans * _customers, await db.Recipients.CountAsync());

        var deliveries = await db.Deliveries.AsNoTracking().Where(d => d.Reason != "merged").ToListAsync();
        Assert.All(deliveries, delivery =>
        {
            var times = _got.GetValueOrDefault(delivery.Id);
            if (delivery.State == DeliveryState.Unconfirmed) Assert.InRange(times, 0, 1);
            else Assert.Equal(1, times);
        });
        await VerifyAsync();
    }

    /// <summary>Nobody lost: every recipient at an end, and whoever counts as told was. Nobody doubled but where it was not known whether the first had left, and that is marked.</summary>
    /// <returns>How many messages came to each end.</returns>
    internal async Task<Dictionary<DeliveryState, int>> NobodyLostAsync(int seconds = 60)
    {
        await TestHost.UntilAsync(SettledAsync, "every recipient at an end", seconds);
        await using var db = Database.Open();
        var unknown = (await db.Attempts.Where(a => a.Outcome == (short)SendOutcomeKind.Unknown).Select(a => a.DeliveryId).ToListAsync()).ToHashSet();
        var deliveries = await db.Deliveries.AsNoTracking().ToListAsync();
        Assert.Equal(_customers, await db.Recipients.CountAsync());
        Assert.All(deliveries, delivery =>
        {
            var times = _got.GetValueOrDefault(delivery.Id);
            if (delivery.State >= DeliveryState.Sent) Assert.True(times >= 1, $"{delivery.Id} counts as {delivery.State} and was never taken");
            if (times > 1 || delivery.State == DeliveryState.Unconfirmed) Assert.Contains(delivery.Id, unknown);
        });
        await VerifyAsync();

        return deliveries.CountBy(delivery => delivery.State).ToDictionary();
    }

    internal async Task VerifyAsync()
    {
        await using var scope = _desk.Services.CreateAsyncScope();
        var verdict = Must(await scope.ServiceProvider.GetRequiredService<AuditVerifier>().VerifyAsync(Actor.System, null, null, default));
        Assert.True(verdict.Ok, verdict.Fault?.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await _desk.DisposeAsync();
        await _carrier.DisposeAsync();
        await Database.DisposeAsync();
    }

    private async Task<bool> SettledAsync()
    {
        await using var db = Database.Open();
        DeliveryState[] open = [DeliveryState.Waiting, DeliveryState.Claimed, DeliveryState.Accepted];

        return !await db.ScheduledNotices.AnyAsync(s => s.State == Policy.ScheduledState.Waiting && s.Key == "initial")
            && !await db.Rounds.AnyAsync(r => r.NextTier < Audience.PriorityTier.Count)
            && await db.Recipients.AnyAsync() && !await db.Recipients.AnyAsync(r => open.Contains(r.State));
    }

    private static Actor Someone(string name, Role role) => new(name, new HashSet<Role> { role }, "/");

    private static T Must<T>(Result<T> result)
    {
        Assert.True(result.Ok, string.Join(", ", result.Problems.Select(p => $"{p.Code} {p.Field}")));

        return result.Value!;
    }
}
