using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Deliveries;
using Notices.Testing;

namespace Notices.Operation;

/// <summary>A provider that cannot work is told in the outcome, the log and the health, and nothing else suffers.</summary>
public class ProvidersHealthTests
{
    public static TheoryData<string, string> Troubles => new()
    {
        { "twilio-sms", "wrong credentials" },
        { "kannel", "wrong credentials" },
        { "twilio-sms", "nobody there" },
        { "email", "nobody there" },
        { "email", "wrong certificate" },
    };

    [Theory, MemberData(nameof(Troubles))]
    public async Task Its_messages_wait_and_those_of_others_go(string channel, string trouble)
    {
        await using var http = new HttpSink { Answer = _ => HttpSink.Status("401 Unauthorized") };
        await using var smtp = new SmtpServer();
        var address = trouble == "nobody there" ? "http://127.0.0.1:9" : http.Address.GetLeftPart(UriPartial.Authority);
        var mail = channel == "email";
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite, settings: new()
        {
            ["Providers:main:Channel"] = "sandbox",
            ["Providers:main:Media"] = mail ? "sms,voice" : "voice,email",
            ["Providers:bad:Channel"] = channel,
            ["Providers:bad:AccountSid"] = "AC" + new string('0', 32),
            ["Providers:bad:AuthToken"] = "wrong",
            ["Providers:bad:From"] = mail ? "notices@example.org" : "+14155550100",
            ["Providers:bad:BaseAddress"] = address,
            ["Providers:bad:Address"] = $"{address}/cgi-bin/sendsms",
            ["Providers:bad:User"] = mail ? null : "u",
            ["Providers:bad:Password"] = mail ? null : "wrong",
            ["Providers:bad:Host"] = "127.0.0.1",
            ["Providers:bad:Port"] = trouble == "nobody there" ? "9" : smtp.Port.ToString(CultureInfo.InvariantCulture),
            ["Providers:bad:Security"] = trouble == "wrong certificate" ? "tls" : "none",
        });
        await TestCounty.SeedAsync(host.Database);
        await using (var db = host.Database.Open())
        {
            if (mail) await db.Contacts.Where(c => c.Customer!.Tier == 2).ExecuteUpdateAsync(set => set.SetProperty(c => c.Kind, Customers.ContactKind.Email).SetProperty(c => c.Address, c => "c" + c.CustomerId + "@example.org"));
        }

        var number = (string)(await host.PostAsync(Role.Dispatcher, "/api/v1/outages", TestCounty.Plan(host.Clock.GetUtcNow().AddDays(20)), 201))["number"]!;
        await host.PostAsync(Role.Dispatcher, $"/api/v1/outages/{number}/submit");
        await host.PostAsync(Role.Approver, $"/api/v1/outages/{number}/approve");
        await using (var db = host.Database.Open()) host.Clock.SetUtcNow((await db.ScheduledNotices.OrderBy(due => due.Id).FirstAsync()).DueAt);

        using var client = new HttpClient { BaseAddress = host.Address };
        var health = "";
        await TestHost.UntilAsync(
            async () => (health = await client.GetStringAsync(new Uri("health/ready", UriKind.Relative))).Contains("providers-fail", StringComparison.Ordinal), "told as out of order", 40);

        Assert.Contains("bad", health, StringComparison.Ordinal);
        Assert.Equal("degraded", (string)JsonNode.Parse(health)!["status"]!);
        await TestHost.UntilAsync(
            async () =>
            {
                await using var after = host.Database.Open();

                return await after.Attempts.AnyAsync(a => a.Provider == "bad" && a.Outcome == (short)SendOutcomeKind.TryLater)
                    && (!mail || await after.Deliveries.AnyAsync(d => d.Medium == Medium.Sms && d.AcceptedAt != null));
            },
            "the tries stand in the outcome, and text messages went");
    }
}
