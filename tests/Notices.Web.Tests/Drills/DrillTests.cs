using System.Xml.Linq;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Access;
using Notices.Audit;
using Notices.Channels.Sandbox;
using Notices.Deliveries;
using Notices.Operation;
using Notices.Testing;

namespace Notices.Drills;

/// <summary>A drill is the whole flow, and reaches nobody.</summary>
public class DrillTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task With_real_providers_configured_the_whole_flow_runs_marked_and_nothing_connects(DatabaseKind kind)
    {
        await using var smtp = new SmtpServer();
        await using var http = new HttpSink();
        await using var host = await TestHost.StartAsync(kind, settings: Rehearsal.RealProviders(smtp, http));
        await TestCounty.SeedAsync(host.Database);
        var real = await AddressesAsync(host);
        var number = await Rehearsal.PublishAsync(host);

        await TestHost.UntilAsync(
            async () =>
            {
                await using var db = host.Database.Open();

                return await db.Deliveries.AnyAsync() && !await db.Deliveries.AnyAsync(d => d.State == DeliveryState.Waiting || d.State == DeliveryState.Claimed);
            },
            "all is sent");
        var messages = host.Services.GetRequiredService<SandboxOutbox>().Last();
        Assert.True(messages.Count >= 12, $"{messages.Count} messages");
        Assert.All(messages, message =>
        {
            Assert.True(DrillAddresses.IsPretended(message.Address), message.Address);
            Assert.DoesNotContain(real, address => message.Address.Contains(address.TrimStart('+'), StringComparison.Ordinal));
            Assert.True(DrillMark.Bears(message.Body, message.Language), message.Body);
        });
        await using (var db = host.Database.Open())
        {
            // Each person keeps an address of their own.
            var told = await db.Deliveries.Where(d => d.AcceptedAt != null).Select(d => d.Address).Distinct().CountAsync();
            Assert.Equal(told, messages.Select(message => message.Address).Distinct().Count());
        }

        Assert.Equal((0, 0), (smtp.Connections, http.Bodies.Count));
        await MarkedAsync(host, number);
    }

    [Theory]
    [InlineData("webhooks/twilio/sms-status?provider=text")]
    [InlineData("webhooks/twilio/voice?provider=call")]
    [InlineData("webhooks/gateway/gate/receipts")]
    [InlineData("WebHooks/kannel/report?provider=kannel&delivery=1")]
    public async Task No_web_hook_is_there(string path)
    {
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite, settings: new() { ["Operation:Mode"] = "drill" });
        using var client = new HttpClient { BaseAddress = host.Address };
        using var posted = await client.PostAsync(new Uri(path, UriKind.Relative), null);
        using var got = await client.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal((404, 404), ((int)posted.StatusCode, (int)got.StatusCode));
        await using var db = host.Database.Open();
        Assert.False(await db.AuditEntries.AnyAsync(entry => entry.Action == "webhook.refused"));
    }

    [Fact]
    public async Task Whatever_channel_there_is_a_drill_makes_the_sandbox_and_polls_nobody()
    {
        await using var live = await TestHost.StartAsync(DatabaseKind.Sqlite);
        var kinds = live.Services.GetServices<ChannelKind>().ToList();
        Assert.All(kinds, kind => Assert.NotEmpty(kind.Media));
        // Settings no channel would take: none of them is looked at.
        var settings = kinds.ToDictionary(kind => $"Providers:p-{kind.Name}:Channel", kind => (string?)kind.Name);
        settings["Operation:Mode"] = "Drill";
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite, settings: settings);
        var providers = host.Services.GetRequiredService<ProviderDirectory>();

        Assert.Equal(kinds.Count + 1, providers.Providers.Count);
        Assert.All(providers.Providers, provider => Assert.IsType<DrillChannel>(provider.Channel)); // so none is called by hand
        Assert.All(kinds, kind => Assert.Superset(providers.Find($"p-{kind.Name}")!.Media.ToHashSet(), kind.Media.ToHashSet()));
        Assert.Empty(host.Services.GetRequiredService<ProviderPolling>().Tasks);
        // The door has no other ability than to send: a new one added to it must be thought of here.
        Assert.Equal([typeof(IAsyncDisposable), typeof(IChannel)], typeof(DrillChannel).GetInterfaces().OrderBy(type => type.Name));
    }

    [Fact]
    public void Only_the_directory_of_providers_makes_channels_and_only_the_channels_speak_to_a_network()
    {
        var source = Path.Combine(Repository.Root, "src");
        var files = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .Select(file => (Name: Path.GetRelativePath(source, file), Text: File.ReadAllText(file))).ToList();
        Assert.True(files.Count > 300);

        string[] network = ["new HttpClient", "new SmtpClient", "new TcpClient", "new UdpClient", "new Socket(", "new ClientWebSocket", "IHttpClientFactory", "OneTry.Client("];
        Assert.DoesNotContain(files, file => !file.Name.StartsWith("Notices.Channels", StringComparison.Ordinal) && network.Any(word => file.Text.Contains(word, StringComparison.Ordinal)));
        // Whoever makes one past the directory makes one without the door.
        Assert.Equal(
            ["Notices.Core/Deliveries/Providers/ProviderDirectory.cs", "Notices.Core/Operation/Drills/DrillProviders.cs"],
            files.Where(file => file.Text.Contains(".Create(services, settings)", StringComparison.Ordinal)).Select(file => file.Name).Order());
        Assert.DoesNotContain(files, file => !file.Name.StartsWith("Notices.Channels", StringComparison.Ordinal) && System.Text.RegularExpressions.Regex.IsMatch(file.Text, @"new (?!DrillChannel|ShadowChannel)\w+Channel\("));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_database_of_one_kind_is_refused_by_a_process_of_the_other(DatabaseKind kind)
    {
        await using var drilled = await TestDatabase.CreateAsync(kind);
        var settings = TestHost.Settings(drilled, new() { ["Operation:Mode"] = "drill" });
        await Rehearsal.PrepareAsync(settings);
        await Rehearsal.PrepareAsync(settings);
        settings["Operation:Mode"] = "live";
        Assert.Contains("is one of a drill", (await Assert.ThrowsAsync<SettingsException>(() => Rehearsal.PrepareAsync(settings))).Message, StringComparison.Ordinal);
        settings["Operation:Mode"] = "rehearsal";
        Assert.Contains("must be live, drill or shadow", (await Assert.ThrowsAsync<SettingsException>(() => Rehearsal.PrepareAsync(settings))).Message, StringComparison.Ordinal);

        await using var live = await TestHost.StartAsync(kind);
        await TestCounty.SeedAsync(live.Database);
        await live.AsAsync(Role.Dispatcher);
        var other = TestHost.Settings(live.Database, new() { ["Operation:Mode"] = "drill" });
        Assert.Contains("drill prepare", (await Assert.ThrowsAsync<SettingsException>(() => Rehearsal.PrepareAsync(other))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_copy_is_prepared_so_that_nothing_of_the_past_leaves(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind, settings: new() { ["Providers:main:Media"] = "voice" });
        await TestCounty.SeedAsync(host.Database);
        await Rehearsal.PublishAsync(host);
        await TestHost.UntilAsync(
            async () =>
            {
                await using var db = host.Database.Open();

                return await db.Deliveries.AnyAsync(d => d.State == DeliveryState.Waiting && d.Medium == Medium.Sms);
            },
            "messages wait for a provider");
        var name = kind == DatabaseKind.PostgreSql ? new Npgsql.NpgsqlConnectionStringBuilder(host.Database.ConnectionString).Database! : Path.GetFileName(host.Database.ConnectionString);
        var settings = TestHost.Settings(host.Database, new() { ["Operation:Mode"] = "drill" });

        Assert.Equal("drill-name-wrong", (await PrepareCopyAsync(settings, "other", TimeProvider.System)).Problems[0].Code);
        Assert.Equal("drill-in-use", (await PrepareCopyAsync(settings, name, TimeProvider.System)).Problems[0].Code);
        var later = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow().AddMinutes(2));
        Assert.Equal("drill-not-set", (await PrepareCopyAsync(TestHost.Settings(host.Database), name, later)).Problems[0].Code);
        var done = (await PrepareCopyAsync(settings, name, later)).Value!;

        Assert.True(done is { Already: false, Rounds: > 0, Messages: > 0 }, done.ToString());
        Assert.Equal((true, 0, 0), (await PrepareCopyAsync(settings, name, later)).Value is { } again ? (again.Already, again.Rounds, again.Messages) : default);
        await using var db = host.Database.Open();
        Assert.False(await db.Deliveries.AnyAsync(d => d.State == DeliveryState.Waiting || d.State == DeliveryState.Claimed));
        Assert.False(await db.Recipients.AnyAsync(r => r.State == DeliveryState.Waiting));
        var entry = await db.AuditEntries.SingleAsync(e => e.Action == "operation.drill");
        Assert.All(await db.AuditEntries.Where(e => e.Sequence >= entry.Sequence).ToListAsync(), e => Assert.Contains("\"mode\":\"drill\"", e.Line, StringComparison.Ordinal));
        Assert.True((bool)(await host.GetAsync(Role.Auditor, "/api/v1/audit/verify"))["ok"]!);
    }

    private static async Task<List<string>> AddressesAsync(TestHost host)
    {
        await using var db = host.Database.Open();

        return await db.Contacts.Select(contact => contact.Address).ToListAsync();
    }

    /// <summary>Feed, alert, pages, certificate, record and metrics all say it.</summary>
    private static async Task MarkedAsync(TestHost host, string number)
    {
        XNamespace atom = "http://www.w3.org/2005/Atom", cap = "urn:oasis:names:tc:emergency:cap:1.2";
        var feed = XDocument.Parse(await host.TextAsync("/feeds/notices.atom"));
        Assert.All(feed.Descendants(atom + "title"), title => Assert.Matches("^【演练】.* / DRILL\\. ", title.Value));
        var alert = XDocument.Parse(await host.TextAsync($"/feeds/cap/{number}.1.xml"));
        Assert.Equal("Exercise", alert.Root!.Element(cap + "status")!.Value);
        Assert.Contains("DRILL", alert.Root!.Element(cap + "note")!.Value, StringComparison.Ordinal);
        Assert.All(alert.Descendants(cap + "headline"), headline => Assert.Matches("^(【演练】|DRILL\\. )", headline.Value));
        // All in order but for the one thing by which whoever acts on alerts leaves it alone.
        Assert.Equal(["The status is not Actual or the scope is not Public."], Feeds.CapRules.Check(alert));
        Assert.Contains("class=\"drill\"", await host.TextAsync("/?lang=en"), StringComparison.Ordinal);
        Assert.Contains("class=\"drill\"", await host.TextAsync("/sandbox?lang=zh-CN"), StringComparison.Ordinal);
        await using var db = host.Database.Open();
        var round = await db.Rounds.OrderBy(r => r.Id).Select(r => r.Id).FirstAsync();
        Assert.Equal("drill", (string)(await host.GetAsync(Role.Auditor, $"/api/v1/rounds/{round}/certificate"))["statement"]!["mode"]!);
        Assert.All(await db.AuditEntries.ToListAsync(), entry => Assert.Contains("\"mode\":\"drill\"", entry.Line, StringComparison.Ordinal));
        Assert.True((bool)(await host.GetAsync(Role.Auditor, "/api/v1/audit/verify"))["ok"]!);
        Assert.Contains("notices_mode{mode=\"drill\"} 1", await host.TextAsync("/metrics"), StringComparison.Ordinal);
    }

    private static async Task<Result<DrillPrepared>> PrepareCopyAsync(Dictionary<string, string?> settings, string name, TimeProvider machine)
    {
        await using var app = Setup.NoticesHost.Create(new Setup.HostRequest("http://127.0.0.1:0", Settings: settings, Quiet: true));
        await using var scope = app.Services.CreateAsyncScope();

        return await scope.ServiceProvider.GetRequiredService<DrillPreparation>().PrepareAsync(name, new Actor("a", new HashSet<Role> { Role.Administrator }, "/"), machine, CancellationToken.None);
    }
}
