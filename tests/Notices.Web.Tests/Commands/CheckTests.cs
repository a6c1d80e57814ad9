using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Deliveries;
using Notices.Storage;
using Notices.Testing;
using Notices.Webhooks;

namespace Notices.Commands;

/// <summary><c>notices check</c> as a process of its own, beside a service and without one.</summary>
public class CheckTests
{
    private const string Phone = "+8613800138000";
    private const string ReportKey = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=";

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_carrier_that_works_is_told_by_its_receipt_and_the_number_stays_nowhere(DatabaseKind kind)
    {
        await using var shell = await Shell.OpenAsync(kind);
        await TestCounty.SeedAsync(shell.Database);

        var ran = await shell.RunAsync($"check --phone {Phone} --lang zh-CN");

        Assert.True(ran.Status == 0, ran.Output + ran.Errors);
        Assert.Contains("main\tsandbox\tsms\taccepted\tdelivered\tyes", ran.Output, StringComparison.Ordinal);
        Assert.Contains("main\tsandbox\tvoice\tcall: person\tnone is told\tyes", ran.Output, StringComparison.Ordinal);
        await using var db = shell.Database.Open();
        Assert.All(await db.TestMessages.ToListAsync(), row => Assert.Null(row.Address));
        Assert.Equal(DeliveryState.Delivered, (await db.TestMessages.SingleAsync(row => row.Medium == Medium.Sms)).Told);
        Assert.Equal(0, await db.Deliveries.CountAsync());
        var entries = await db.AuditEntries.Where(entry => entry.Subject.StartsWith("check/")).OrderBy(entry => entry.Sequence).ToListAsync();
        Assert.Equal("check.began", entries[0].Action);
        Assert.Equal(["check.began", "check.ended", "check.sent", "check.told"], entries.Select(entry => entry.Action).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(entries, entry => entry.Line.Contains("13800138000", StringComparison.Ordinal));
        Assert.Equal(0, (await shell.RunAsync("audit verify")).Status);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task What_a_real_gateway_reports_to_the_service_reaches_the_command(DatabaseKind kind)
    {
        Assert.SkipWhen(KannelGateway.Missing is not null, KannelGateway.Missing ?? "");
        await using var gateway = await KannelGateway.StartAsync();
        await using var relay = new PortRelay();
        // Its database goes with the service below.
        var shell = await Shell.OpenAsync(kind);
        await TestCounty.SeedAsync(shell.Database);
        var kannel = Kannel(gateway, relay.Address);

        // Without a service nobody takes the report, and the command says so at once.
        var alone = await shell.RunAsync($"check --phone {Phone}", settings: Kannel(gateway, new Uri("http://127.0.0.1:1/")));
        Assert.Equal(1, alone.Status);
        Assert.Contains("check-service-needed", alone.Errors, StringComparison.Ordinal);
        Assert.Contains("check-hook-silent", alone.Errors, StringComparison.Ordinal);

        await using var host = await TestHost.StartAsync(shell.Database, TimeProvider.System.GetUtcNow(), kannel.ToDictionary(one => one.Key.Replace("__", ":", StringComparison.Ordinal), one => one.Value));
        relay.PassTo(host.Address);
        using var serving = kind == DatabaseKind.Sqlite ? InstanceLock.Take(host.Services.GetService(typeof(StorageOptions)) as StorageOptions ?? new()) : null;
        var ran = await shell.RunAsync($"check --phone {Phone} --wait 60", settings: kannel);

        Assert.True(ran.Status == 0, ran.Output + ran.Errors);
        Assert.Contains("main\tkannel\tsms\taccepted\tdelivered, web hook heard\tyes", ran.Output, StringComparison.Ordinal);
        Assert.Contains("check-hook-local", ran.Errors, StringComparison.Ordinal);
        Assert.Contains(gateway.Parts, part => part.Text.Contains("TEST", StringComparison.Ordinal) && part.Text.Contains("测试", StringComparison.Ordinal));
        Assert.True((bool)(await host.GetAsync(Role.Auditor, "/api/v1/audit/verify"))["ok"]!);
    }

    [Fact]
    public async Task Each_failure_is_named_with_what_mends_it_and_without_an_address_nothing_is_sent()
    {
        await using var shell = await Shell.OpenAsync();
        await using var mail = new SmtpServer { SignIn = ("notices", "right") };
        await using var platform = new HttpSink { Answer = _ => HttpSink.Status("400 Bad Request") };
        var settings = new Dictionary<string, string?>
        {
            ["Providers__mail__Channel"] = "email",
            ["Providers__mail__Host"] = "localhost",
            ["Providers__mail__Port"] = mail.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Providers__mail__From"] = "notices@example.org",
            ["Providers__mail__User"] = "notices",
            ["Providers__mail__Password"] = "wrong",
            ["Providers__mail__AuthorityFile"] = mail.AuthorityFile,
            ["Providers__gone__Channel"] = "kannel",
            ["Providers__gone__Address"] = "http://127.0.0.1:1/cgi-bin/sendsms",
            ["Providers__gone__User"] = "a",
            ["Providers__gone__Password"] = "b",
            ["Providers__strict__Channel"] = "sandbox",
            ["Providers__strict__Media"] = "sms",
            ["Providers__strict__BaseAddress"] = platform.Address.AbsoluteUri,
            ["Providers__silent__Channel"] = "sandbox",
            ["Providers__silent__Media"] = "sms",
            ["Providers__silent__Rules__8000"] = "silent",
            ["Providers__bad__Channel"] = "sandbox",
            ["Providers__bad__Media"] = "sms",
            ["Providers__bad__Rules__8000"] = "fail",
        };

        var ran = await shell.RunAsync($"check --phone {Phone} --email ops@example.org --wait 2 --provider mail --provider gone --provider strict", settings: settings);
        Assert.Equal(1, ran.Status);
        Assert.Contains("mail (email): mail refused the sign-in", ran.Errors, StringComparison.Ordinal);
        Assert.Contains("(check-unreachable)", ran.Errors, StringComparison.Ordinal);
        Assert.Contains("(check-refused)", ran.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("silent\t", ran.Output, StringComparison.Ordinal);

        var quiet = await shell.RunAsync("check", settings: settings);
        Assert.Equal(0, quiet.Status);
        Assert.DoesNotContain("accepted", quiet.Output, StringComparison.Ordinal);
        Assert.Contains("check-no-phone", quiet.Errors, StringComparison.Ordinal);
        Assert.Single(platform.Bodies);

        var unknown = await shell.RunAsync("check --provider none --phone 12", settings: settings);
        Assert.Equal(2, unknown.Status);
        Assert.Contains("check-unknown-provider", unknown.Errors, StringComparison.Ordinal);
        Assert.Contains("import-phone", unknown.Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await shell.RunAsync("check", settings: new() { ["Providers__mail__Channel"] = "email" })).Status);
    }

    private static Dictionary<string, string?> Kannel(KannelGateway gateway, Uri reports) => new()
    {
        ["Providers__main__Channel"] = "kannel",
        ["Providers__main__Address"] = gateway.Address.AbsoluteUri,
        ["Providers__main__User"] = KannelGateway.User,
        ["Providers__main__Password"] = KannelGateway.Password,
        ["Providers__main__ReportKey"] = ReportKey,
        ["Providers__main__ReportAddress"] = reports.AbsoluteUri,
    };
}
