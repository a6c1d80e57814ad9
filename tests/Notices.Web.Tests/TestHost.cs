using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Notices.Access;
using Notices.Audit;
using Notices.Setup;
using Notices.Testing;

namespace Notices;

/// <summary>The real service on a real port and a fresh database, with the clock in the test's hands.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    internal static readonly DateTimeOffset Monday = DateTimeOffset.Parse("2026-11-16T08:30:00+08:00", System.Globalization.CultureInfo.InvariantCulture);

    private readonly WebApplication _app;
    private readonly Dictionary<Role, HttpClient> _clients = [];

    private TestHost(WebApplication app, TestDatabase database, FakeTimeProvider clock) => (_app, Database, Clock) = (app, database, clock);

    internal TestDatabase Database { get; }

    internal FakeTimeProvider Clock { get; }

    /// <summary>Whose keys are made; the made-up county's unless a test brings its own.</summary>
    internal string Organisation { get; set; } = TestCounty.Code;

    /// <summary>Its settings, for another beside it.</summary>
    private Dictionary<string, string?> Given { get; init; } = [];

    private bool Beside { get; init; }

    internal IServiceProvider Services => _app.Services;

    internal Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    internal static async Task<TestHost> StartAsync(DatabaseKind kind, DateTimeOffset? now = null, Dictionary<string, string?>? settings = null) =>
        await StartAsync(await TestDatabase.CreateAsync(kind), now, settings);

    internal static async Task<TestHost> StartAsync(TestDatabase database, DateTimeOffset? now = null, Dictionary<string, string?>? settings = null)
    {
        var clock = new FakeTimeProvider(now ?? Monday);
        var given = Settings(database, settings);

        return new TestHost(await StartAsync(given, clock, HostRole.All), database, clock) { Given = given };
    }

    /// <summary>A second service on the first one's database, with its clock and keys. Dispose of it before the first.</summary>
    internal static async Task<TestHost> BesideAsync(TestHost first, HostRole role = HostRole.All) =>
        new(await StartAsync(first.Given, first.Clock, role), first.Database, first.Clock) { Given = first.Given, Beside = true };

    private static async Task<WebApplication> StartAsync(Dictionary<string, string?> settings, FakeTimeProvider clock, HostRole role)
    {
        var app = NoticesHost.Create(new HostRequest("http://127.0.0.1:0", role, settings, clock, Sandbox: true, Quiet: true));
        await NoticesHost.PrepareAsync(app, role, CancellationToken.None);
        await app.StartAsync();

        return app;
    }

    internal static Dictionary<string, string?> Settings(TestDatabase database, Dictionary<string, string?>? more = null)
    {
        var keys = AuditOptions.Fresh();
        var settings = new Dictionary<string, string?>
        {
            ["Database:Provider"] = database.Kind == DatabaseKind.PostgreSql ? "postgresql" : "sqlite",
            ["Database:ConnectionString"] = database.ConnectionString,
            ["Audit:PersonalDataKey"] = keys.PersonalDataKey,
            ["Audit:SigningKey"] = keys.SigningKey,
            ["Providers:main:Channel"] = "sandbox",
        };
        foreach (var (name, value) in more ?? []) settings[name] = value;

        return settings;
    }

    /// <summary>A client that carries a key of that role for the whole installation.</summary>
    internal async Task<HttpClient> AsAsync(Role role)
    {
        if (_clients.TryGetValue(role, out var known)) return known;

        await using var scope = Services.CreateAsyncScope();
        var key = await scope.ServiceProvider.GetRequiredService<KeyRing>().AddAsync(role.ToString().ToLowerInvariant(), role, Organisation, Actor.System, default);
        Assert.True(key.Ok);
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Value);
        client.DefaultRequestHeaders.AcceptLanguage.Add(new StringWithQualityHeaderValue("en"));

        return _clients[role] = client;
    }

    internal async Task<JsonObject> PostAsync(Role role, string path, object? body = null, int expected = 200)
    {
        using var answer = await (await AsAsync(role)).PostAsJsonAsync(path, body ?? new { }, Json.Stored);

        return await ReadAsync(answer, path, expected);
    }

    internal async Task<JsonObject> PutAsync(Role role, string path, object body, int version, int expected = 200)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = JsonContent.Create(body, options: Json.Stored) };
        request.Headers.IfMatch.Add(new EntityTagHeaderValue($"\"{version}\""));
        using var answer = await (await AsAsync(role)).SendAsync(request);

        return await ReadAsync(answer, path, expected);
    }

    internal async Task<JsonObject> GetAsync(Role role, string path, int expected = 200)
    {
        using var answer = await (await AsAsync(role)).GetAsync(new Uri(path, UriKind.Relative));

        return await ReadAsync(answer, path, expected);
    }

    /// <summary>Sends a file to the imports of that kind; every row has to be taken.</summary>
    internal async Task<JsonObject> ImportAsync(string kind, string file, string query = "", int rejected = 0)
    {
        using var content = new StringContent(file, System.Text.Encoding.UTF8, "text/csv");
        using var answer = await (await AsAsync(Role.Dispatcher)).PostAsync(new Uri($"/api/v1/imports/{kind}{query}", UriKind.Relative), content);
        var told = await ReadAsync(answer, kind, 200);
        Assert.True(rejected == told["rejected"]!.GetValue<int>() && told["fault"] is null, told.ToJsonString());

        return told;
    }

    internal async Task<string> TextAsync(string path)
    {
        using var client = new HttpClient { BaseAddress = Address };

        return await client.GetStringAsync(new Uri(path, UriKind.Relative));
    }

    /// <summary>Moves the clock in steps small enough that every timer on the way is heard.</summary>
    internal async Task AdvanceAsync(TimeSpan by)
    {
        Clock.Advance(by);
        await Task.Delay(50);
    }

    /// <summary>Stops at every moment at which something falls due, as time would, and waits until it is done.</summary>
    internal async Task LiveThroughAsync(DateTimeOffset until)
    {
        while (true)
        {
            await using var db = Database.Open();
            var now = Clock.GetUtcNow();
            await UntilAsync(
                async () => !await db.ScheduledNotices.AnyAsync(s => s.State == Policy.ScheduledState.Waiting && s.DueAt <= now)
                    && !await db.Rounds.AnyAsync(r => r.State == Deliveries.RoundState.Waiting || r.State == Deliveries.RoundState.Expanding)
                    && !await db.Deliveries.AnyAsync(d => d.State == Deliveries.DeliveryState.Claimed || (d.State == Deliveries.DeliveryState.Waiting && d.DueAt <= now)),
                $"all that is due by {now:u} is done", 60);
            if (now >= until) return;

            var next = await db.ScheduledNotices.Where(s => s.State == Policy.ScheduledState.Waiting).MinAsync(s => (DateTimeOffset?)s.DueAt);
            Clock.SetUtcNow(next < until ? next.Value : until);
        }
    }

    /// <summary>Waits in machine time until something holds.</summary>
    internal static async Task UntilAsync(Func<Task<bool>> holds, string what, int seconds = 20)
    {
        var until = TimeProvider.System.GetUtcNow().AddSeconds(seconds);
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetUtcNow() < until, $"Not within {seconds} s: {what}");
            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values) client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (!Beside) await Database.DisposeAsync();
    }

    private static async Task<JsonObject> ReadAsync(HttpResponseMessage answer, string path, int expected)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == expected, $"{path}: {(int)answer.StatusCode} {text}");

        return JsonSerializer.Deserialize<JsonObject>(text.Length == 0 ? "{}" : text)!;
    }
}
