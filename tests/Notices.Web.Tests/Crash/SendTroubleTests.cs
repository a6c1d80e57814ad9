using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Notices.Deliveries;
using Notices.Testing;

namespace Notices.Crash;

/// <summary>Trouble in the middle of a send: whoever it hits, nobody is lost, nobody is told twice unmarked, and the sending goes on by itself.</summary>
public class SendTroubleTests
{
    private const int Customers = 300;

    /// <summary>Answers so many messages; the others wait until the gate is opened.</summary>
    private static (Func<long, int, Task<(bool, string?)>> Carrier, TaskCompletionSource Gate) Gated(int first)
    {
        var (gate, seen) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), 0);

        return (async (_, _) =>
        {
            if (Interlocked.Increment(ref seen) > first) await gate.Task;

            return (true, HttpSink.Ok(""));
        }, gate);
    }

    [Fact]
    public async Task A_worker_stopped_for_longer_than_its_lease_and_let_go_tells_nobody_twice()
    {
        await using var county = await CrashCounty.SeedAsync(DatabaseKind.PostgreSql, Customers);
        (county.Carrier, var gate) = Gated(100);
        await using var stopped = await ServiceProcess.StartAsync(county.Settings, "--role", "worker");
        await county.PlanAsync(CrashCounty.Now);
        await TestHost.UntilAsync(() => Task.FromResult(county.Taken >= 100), "a hundred taken", 180);

        await stopped.SignalAsync("STOP");
        gate.SetResult();
        await using var other = await ServiceProcess.StartAsync(county.Settings, "--role", "worker");
        await TestHost.UntilAsync(() => NoneClaimedAsync(county), "taken over", 180);
        await stopped.SignalAsync("CONT");

        var ends = await county.NobodyLostAsync();
        Assert.All(ends.Keys, state => Assert.Contains(state, (DeliveryState[])[DeliveryState.Sent, DeliveryState.Delivered, DeliveryState.Unconfirmed]));
        await county.AllToldOnceAsync(1);
    }

    [Fact]
    public async Task PostgreSQL_taken_down_in_the_middle_of_a_send_loses_and_doubles_nobody()
    {
        var server = await PostgreSqlServer.StartAsync(durable: false);
        try
        {
            await using var county = await CrashCounty.SeedAsync(await TestDatabase.CreateAsync(server), Customers);
            (county.Carrier, var gate) = Gated(100);
            await using var service = await ServiceProcess.StartAsync(county.Settings);
            await county.PlanAsync(CrashCounty.Now);
            await TestHost.UntilAsync(() => Task.FromResult(county.Taken >= 100), "a hundred taken", 60);

            await server.TakeDownAsync();
            Npgsql.NpgsqlConnection.ClearAllPools();
            gate.SetResult();
            await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
            await server.BringUpAsync();

            await county.AllToldOnceAsync(1);
        }
        finally
        {
            server.Stop();
        }
    }

    [Fact]
    public async Task A_disk_full_in_the_middle_of_a_send_loses_and_doubles_nobody()
    {
        await using var county = await CrashCounty.SeedAsync(DatabaseKind.Sqlite, Customers);
        (county.Carrier, var gate) = Gated(100);
        await using var service = await ServiceProcess.StartAsync(county.Settings);
        await county.PlanAsync(CrashCounty.Now);
        await TestHost.UntilAsync(() => Task.FromResult(county.Taken >= 100), "a hundred taken", 60);

        await service.LimitFilesAsync("1");
        gate.SetResult();
        await TestHost.UntilAsync(() => Task.FromResult(county.Taken == Customers || service.Said.Contains("disk", StringComparison.OrdinalIgnoreCase)), "sent, or said", 60);
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
        await service.LimitFilesAsync("unlimited");

        await county.AllToldOnceAsync(1);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Whatever_the_carrier_answers_nobody_is_lost_and_only_what_it_refused_is_sent_again(DatabaseKind kind)
    {
        const int Groups = 8;
        await using var county = await CrashCounty.SeedAsync(kind, 10 * Groups);
        county.Settings["Delivery:Retries:0"] = county.Settings["Delivery:Retries:1"] = "00:00:01";
        county.Settings["Delivery:SendTimeout"] = "00:00:02";
        county.Carrier = async (id, asked) => ((id % Groups), asked) switch
        {
            (0, 1) => (false, HttpSink.Status("429 Too Many Requests", "Retry-After: 1\r\n")),
            (1, 1) => (false, HttpSink.Status("503 Service Unavailable")),
            (2, _) => (true, HttpSink.Status("500 Internal Server Error")),
            (3, _) => (true, HttpSink.Ok("<html>what?</html>")),
            (4, _) => (true, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nid-"),
            (5, _) => (true, await AfterTimeOutAsync()),
            (6, _) => (true, HttpSink.Ok("id-1") + HttpSink.Ok("id-1")),
            _ => (true, HttpSink.Ok(string.Create(CultureInfo.InvariantCulture, $"id-{id}"))),
        };
        await using var service = await ServiceProcess.StartAsync(county.Settings);
        await county.PlanAsync(CrashCounty.Now);

        await county.NobodyLostAsync();

        await using var db = county.Database.Open();
        var states = (await db.Deliveries.AsNoTracking().ToListAsync()).ToLookup(delivery => (int)(delivery.Id % Groups));
        Assert.All([0, 1, 7], group => Assert.All(states[group], delivery => Assert.True(delivery.State is DeliveryState.Sent or DeliveryState.Delivered, $"{group}: {delivery.State} {delivery.Reason}")));
        Assert.All([2, 3, 4, 5], group => Assert.All(states[group], delivery => Assert.Equal((DeliveryState.Unconfirmed, 1), (delivery.State, (int)delivery.Attempts))));
        // An answer too many belongs to nobody: the next message on that connection must not take it for its own and be told twice for it.
        Assert.All(states[6], delivery => Assert.True(delivery.State is DeliveryState.Sent or DeliveryState.Delivered or DeliveryState.Unconfirmed, $"{delivery.State}"));
        await county.AllToldOnceAsync(1);
    }

    private static async Task<string?> AfterTimeOutAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System);

        return HttpSink.Ok("id-late");
    }

    private static async Task<bool> NoneClaimedAsync(CrashCounty county)
    {
        await using var db = county.Database.Open();

        return !await db.Deliveries.AnyAsync(delivery => delivery.State == DeliveryState.Claimed);
    }
}
