using System.Net;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Access;
using Notices.Channels.Sandbox;
using Notices.Customers;
using Notices.Deliveries;
using Notices.Operation;
using Notices.Publishing;
using Notices.Ringing;
using Notices.Testing;

namespace Notices.Shadows;

/// <summary>Shadow mode is the whole flow, tells nobody, and says every day what it would have done.</summary>
public class ShadowTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task With_real_providers_configured_nothing_connects_and_the_report_has_all_that_would_have(DatabaseKind kind)
    {
        await using var smtp = new SmtpServer();
        await using var http = new HttpSink();
        await using var host = await TestHost.StartAsync(kind, settings: Rehearsal.RealProviders(smtp, http, "shadow"));
        await TestCounty.SeedAsync(host.Database);
        await using (var db = host.Database.Open())
        {
            // One whom nothing reaches.
            await db.Contacts.Where(contact => contact.Customer!.CustomerNo == "C0007").ExecuteDeleteAsync();
            db.Users.Add(new User { UserName = "li", NormalizedUserName = "LI", PhoneNumber = "+8613911112222", Email = "li@example.org", OrganisationId = await db.Organisations.Select(o => o.Id).SingleAsync(), Roles = { new UserRole { Role = Role.Approver } } });
            await db.SaveChangesAsync();
        }

        var number = await Rehearsal.PublishAsync(host);
        await TestHost.UntilAsync(
            async () =>
            {
                await using var db = host.Database.Open();

                return await db.Deliveries.AnyAsync() && !await db.Deliveries.AnyAsync(d => d.State == DeliveryState.Waiting || d.State == DeliveryState.Claimed);
            },
            "all is settled");

        await using var read = host.Database.Open();
        Assert.Equal([DeliveryReasons.Shadow], await read.Deliveries.Select(d => d.Reason).Distinct().ToListAsync());
        Assert.All(await read.Deliveries.ToListAsync(), d => Assert.Equal((DeliveryState.Suppressed, null), (d.State, d.AcceptedAt)));
        Assert.Equal(["no-contact", DeliveryReasons.Shadow], await read.Recipients.Select(r => r.Reason!).Distinct().OrderBy(reason => reason).ToListAsync());
        Assert.Equal((0, 0, 0), (smtp.Connections, http.Bodies.Count, host.Services.GetRequiredService<SandboxOutbox>().Last().Count));
        Assert.All(await read.StaffRings.Where(ring => ring.Medium != null).ToListAsync(), ring => Assert.Equal((OutboxState.Withdrawn, DeliveryReasons.Shadow), (ring.State, ring.Reason)));

        var day = await host.GetAsync(Role.Dispatcher, "/api/v1/reports/shadow/2026-11-23");
        var totals = day["totals"]!;
        Assert.Equal((false, 1, 0, 1), ((bool)day["isFinal"]!, (int)totals["notices"]!, (int)totals["late"]!, (int)totals["notReached"]!));
        Assert.Equal(await read.Recipients.CountAsync(), (int)totals["recipients"]!);
        Assert.Equal(await read.Deliveries.CountAsync(), totals["media"]!.AsArray().Sum(medium => (int)medium!["messages"]!));
        var notice = day["notices"]![0]!;
        Assert.Equal((number, "initial"), ((string)notice["outage"]!, (string)notice["type"]!));
        Assert.Equal(await read.Recipients.CountAsync(), notice["recipients"]!.AsArray().Sum(tier => (int)tier!["count"]!));
        Assert.Contains(notice["messages"]!.AsArray(), line => (string)line!["medium"]! == "sms" && (int)line["smsParts"]! >= (int)line["messages"]!);
        Assert.Contains(notice["texts"]!.AsArray(), text => ((string)text!["text"]!).Contains("停电", StringComparison.Ordinal));
        Assert.DoesNotContain("13800", day.ToJsonString(), StringComparison.Ordinal); // nobody's number
        var table = await (await host.AsAsync(Role.Auditor)).GetStringAsync(new Uri("/api/v1/reports/shadow/2026-11-23?format=csv", UriKind.Relative));
        Assert.Equal(1 + notice["messages"]!.AsArray().Count, table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.True((bool)(await host.GetAsync(Role.Auditor, "/api/v1/audit/verify"))["ok"]!);
        Assert.All(await read.AuditEntries.ToListAsync(), entry => Assert.Contains("\"mode\":\"shadow\"", entry.Line, StringComparison.Ordinal));
        Assert.Contains("notices_mode{mode=\"shadow\"} 1", await host.TextAsync("/metrics"), StringComparison.Ordinal);
        await OnceAsync(host, day);
    }

    [Fact]
    public async Task The_public_sees_nothing_and_is_told_why()
    {
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite, settings: new() { ["Operation:Mode"] = "shadow" });
        await TestCounty.SeedAsync(host.Database);
        await Rehearsal.PublishAsync(host);
        using var client = new HttpClient { BaseAddress = host.Address };

        foreach (var path in (string[])["feeds/notices.atom", "feeds/cap.atom", "feeds/cap/JX-2026-00001.1.xml", "feeds/"])
        {
            using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Contains("shadow-nothing-public", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        foreach (var (language, words) in (ValueTuple<string, string>[])[("zh-CN", "试运行"), ("en", "being tried out")])
        {
            var page = await host.TextAsync($"/?lang={language}");
            Assert.Contains(words, page, StringComparison.Ordinal);
            Assert.DoesNotContain("城关", page, StringComparison.Ordinal);
            await SaveAsync($"shadow-public.{language}", page);
        }

        using var hook = await client.PostAsync(new Uri("webhooks/twilio/sms-status?provider=text", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.NotFound, hook.StatusCode);
        var report = await (await host.AsAsync(Role.Auditor)).GetStringAsync(new Uri("/reports/shadow/2026-11-23?lang=zh-CN", UriKind.Relative));
        Assert.Contains("<h1>试运行日报 2026-11-23</h1>", report, StringComparison.Ordinal);
        await SaveAsync("shadow.zh-CN", report);
        await SaveAsync("shadow.en", await (await host.AsAsync(Role.Auditor)).GetStringAsync(new Uri("/reports/shadow/2026-11-23?lang=en", UriKind.Relative)));
    }

    [Fact]
    public async Task Whatever_channel_there_is_a_shadow_makes_none_and_polls_nobody()
    {
        await using var live = await TestHost.StartAsync(DatabaseKind.Sqlite);
        var kinds = live.Services.GetServices<ChannelKind>().ToList();
        var settings = kinds.ToDictionary(kind => $"Providers:p-{kind.Name}:Channel", kind => (string?)kind.Name);
        settings["Operation:Mode"] = "Shadow";
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite, settings: settings);
        var providers = host.Services.GetRequiredService<ProviderDirectory>();

        Assert.All(providers.Providers, provider => Assert.IsType<ShadowChannel>(provider.Channel));
        Assert.All(kinds, kind => Assert.Equal(kind.Media.Order(), providers.Find($"p-{kind.Name}")!.Media.Order()));
        Assert.Equal([Medium.Paper], providers.Find("letters")!.Media);
        Assert.Empty(host.Services.GetRequiredService<ProviderPolling>().Tasks);
        Assert.Equal([typeof(IChannel)], typeof(ShadowChannel).GetInterfaces());
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Whoever_would_have_been_told_would_be_told_of_the_cancellation(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind, settings: new() { ["Operation:Mode"] = "shadow" });
        var number = await life.PublishedAsync();
        await life.DoAsync(number, "cancel", new { reason = "weather" });
        await life.SettleAsync();

        await using var db = life.Host.Database.Open();
        var drawn = await db.Rounds.OrderBy(round => round.Id).Select(round => new { round.Notice!.Type, Recipients = db.Recipients.Count(one => one.RoundId == round.Id) }).ToListAsync();
        Assert.Equal([NoticeType.Initial, NoticeType.Cancelled], drawn.Select(round => round.Type));
        Assert.True(drawn[0].Recipients > 0 && drawn[0].Recipients == drawn[1].Recipients, string.Join(", ", drawn));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Whom_a_need_leaves_out_on_one_medium_would_have_been_told_on_the_other(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind, settings: new() { ["Operation:Mode"] = "shadow" });
        await using var db = life.Host.Database.Open();
        await db.Customers.ExecuteUpdateAsync(set => set.SetProperty(customer => customer.Needs, Needs.Deaf));
        await life.Host.PostAsync(
            Role.Dispatcher, "/api/v1/emergencies",
            new { kind = "emergency", organisation = TestCounty.Code, feeders = new[] { TestCounty.Feeder }, minutesLeft = 30, nextUpdateBy = TestHost.Monday.AddHours(2) }, 202);
        await life.SettleAsync();

        Assert.True(await db.Deliveries.AnyAsync(d => d.Medium == Medium.Voice && d.Reason == "need-excludes-medium"));
        Assert.Equal([(DeliveryState.Suppressed, DeliveryReasons.Shadow)], (await db.Recipients.Select(r => new { r.State, r.Reason }).Distinct().ToListAsync()).Select(r => (r.State, r.Reason)));
    }

    [Fact]
    public async Task No_test_message_and_no_letter_leaves_and_the_health_page_says_so()
    {
        await using var life = await Life.StartAsync(settings: new() { ["Operation:Mode"] = "shadow" });
        await life.PublishedAsync();
        await using var scope = life.Host.Services.CreateAsyncScope();
        var administrator = new Actor("a", new HashSet<Role> { Role.Administrator, Role.Dispatcher }, "/");
        var check = await scope.ServiceProvider.GetRequiredService<ChannelCheck>().RunAsync(new CheckRequest("+8613800000000", null, [], TimeSpan.Zero, "en"), administrator, default);
        Assert.Equal("check-shadow", check.Problems[0].Code);
        await using var db = life.Host.Database.Open();
        var round = await db.Rounds.Select(one => one.Id).FirstAsync();
        var printed = await scope.ServiceProvider.GetRequiredService<LetterDesk>().PrintAsync(round, new PrintLetters(), administrator, default);
        Assert.Equal("letter-shadow", printed.Problems[0].Code);
        Assert.Contains("\"mode\":\"shadow\"", await life.Host.TextAsync("/health/ready"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_database_in_shadow_stays_one(DatabaseKind kind)
    {
        await using var shadowed = await TestDatabase.CreateAsync(kind);
        var settings = TestHost.Settings(shadowed, new() { ["Operation:Mode"] = "shadow" });
        await Rehearsal.PrepareAsync(settings);
        await Rehearsal.PrepareAsync(settings);
        foreach (var other in (string[])["live", "drill"])
        {
            settings["Operation:Mode"] = other;
            Assert.Contains("in shadow", (await Assert.ThrowsAsync<SettingsException>(() => Rehearsal.PrepareAsync(settings))).Message, StringComparison.Ordinal);
        }

        // The settings say drill now; preparing takes no mark off either.
        var name = kind == DatabaseKind.PostgreSql ? new Npgsql.NpgsqlConnectionStringBuilder(shadowed.ConnectionString).Database! : Path.GetFileName(shadowed.ConnectionString);
        await using (var app = Setup.NoticesHost.Create(new Setup.HostRequest("http://127.0.0.1:0", Settings: settings, Quiet: true)))
        await using (var scope = app.Services.CreateAsyncScope())
        {
            var prepared = await scope.ServiceProvider.GetRequiredService<DrillPreparation>().PrepareAsync(name, new Actor("a", new HashSet<Role> { Role.Administrator }, "/"), TimeProvider.System, default);
            Assert.Equal("drill-of-other-mode", prepared.Problems[0].Code);
        }

        await using var live = await TestHost.StartAsync(kind);
        await TestCounty.SeedAsync(live.Database);
        await live.GetAsync(Role.Auditor, "/api/v1/reports/shadow/2026-11-23", 404);
        var real = TestHost.Settings(live.Database, new() { ["Operation:Mode"] = "shadow" });
        Assert.Contains("of its own", (await Assert.ThrowsAsync<SettingsException>(() => Rehearsal.PrepareAsync(real))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_day_that_is_none_or_lies_outside_is_refused_and_others_see_only_theirs()
    {
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite, settings: new() { ["Operation:Mode"] = "shadow" });
        await TestCounty.SeedAsync(host.Database);
        await Rehearsal.PublishAsync(host);

        Assert.Equal("day-unreadable", Code(await host.GetAsync(Role.Auditor, "/api/v1/reports/shadow/yesterday", 400)));
        Assert.Equal("shadow-day-outside", Code(await host.GetAsync(Role.Auditor, "/api/v1/reports/shadow/2026-11-24", 404)));
        Assert.Equal("shadow-day-outside", Code(await host.GetAsync(Role.Auditor, "/api/v1/reports/shadow/2020-01-01", 404)));
        await using var scope = host.Services.CreateAsyncScope();
        var reports = scope.ServiceProvider.GetRequiredService<ShadowReports>();
        var elsewhere = (await reports.FindAsync("2026-11-23", new Actor("x", new HashSet<Role> { Role.Auditor }, "/99/"), default)).Value!;
        Assert.Equal((0, 0), (elsewhere.Totals.Notices, elsewhere.Totals.Recipients));
    }

    /// <summary>The day ends: its report is made once, however many make it, and stays what it was.</summary>
    private static async Task OnceAsync(TestHost host, JsonObject before)
    {
        host.Clock.SetUtcNow(DateTimeOffset.Parse("2026-11-24T00:20:00+08:00", System.Globalization.CultureInfo.InvariantCulture));
        await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ =>
        {
            await using var scope = host.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<ShadowReports>().MakeDueAsync(default);
        }));

        await using var db = host.Database.Open();
        Assert.Equal(1, await db.ShadowDays.CountAsync(day => day.Day == new DateOnly(2026, 11, 23)));
        Assert.Equal(1, await db.AuditEntries.CountAsync(entry => entry.Action == "report.shadow" && entry.Subject == "report/2026-11-23"));
        await db.Recipients.ExecuteUpdateAsync(set => set.SetProperty(r => r.Tier, (short)2));
        var kept = await host.GetAsync(Role.Dispatcher, "/api/v1/reports/shadow/2026-11-23");
        Assert.True((bool)kept["isFinal"]!);
        Assert.Equal(before["totals"]!.ToJsonString(), kept["totals"]!.ToJsonString());
        Assert.Equal(before["notices"]!.ToJsonString(), kept["notices"]!.ToJsonString());
        var days = (await host.GetAsync(Role.Dispatcher, "/api/v1/reports/shadow"))["items"]!.AsArray();
        Assert.Equal([("2026-11-24", false), ("2026-11-23", true)], days.Take(2).Select(day => ((string)day!["day"]!, (bool)day["isFinal"]!)));
        Assert.True((bool)(await host.GetAsync(Role.Auditor, "/api/v1/audit/verify"))["ok"]!);
    }

    private static async Task SaveAsync(string name, string page)
    {
        if (Environment.GetEnvironmentVariable("NOTICES_PICTURES") is { Length: > 0 } folder) await File.WriteAllTextAsync(Path.Combine(folder, $"{name}.html"), page);
    }

    private static string Code(JsonObject problem) => (string)problem["problems"]![0]!["code"]!;
}
