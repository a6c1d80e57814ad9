using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Publishing;
using Notices.Testing;

namespace Notices;

/// <summary>What drills and shadow mode are tried with.</summary>
internal static class Rehearsal
{
    /// <summary>As in life, in front of servers that listen.</summary>
    internal static Dictionary<string, string?> RealProviders(SmtpServer smtp, HttpSink http, string mode = "drill") => new()
    {
        ["Operation:Mode"] = mode,
        ["Providers:main:BaseAddress"] = http.Address.ToString(),
        ["Providers:mail:Channel"] = "email",
        ["Providers:mail:Host"] = "127.0.0.1",
        ["Providers:mail:Port"] = $"{smtp.Port}",
        ["Providers:mail:Security"] = "none",
        ["Providers:mail:From"] = "notices@example.org",
        ["Providers:text:Channel"] = "twilio-sms",
        ["Providers:text:AccountSid"] = "AC" + new string('0', 32),
        ["Providers:text:AuthToken"] = "secret",
        ["Providers:text:From"] = "+14155550100",
        ["Providers:text:BaseAddress"] = http.Address.GetLeftPart(UriPartial.Authority),
        ["Providers:text:Weight"] = "5",
        ["Providers:kannel:Channel"] = "kannel",
        ["Providers:kannel:Address"] = http.Address.ToString(),
        ["Providers:kannel:User"] = "u",
        ["Providers:kannel:Password"] = "p",
    };

    /// <summary>A plan for 1 December goes all its way to its first notice.</summary>
    internal static async Task<string> PublishAsync(TestHost host)
    {
        var plan = await host.PostAsync(Role.Dispatcher, "/api/v1/outages", TestCounty.Plan(DateTimeOffset.Parse("2026-12-01T08:00:00+08:00", System.Globalization.CultureInfo.InvariantCulture)), 201);
        var number = (string)plan["number"]!;
        await host.PostAsync(Role.Dispatcher, $"/api/v1/outages/{number}/submit");
        await host.PostAsync(Role.Approver, $"/api/v1/outages/{number}/approve");
        await host.AdvanceAsync(TimeSpan.FromDays(7) + TimeSpan.FromMinutes(30)); // 23 November, 09:00
        await TestHost.UntilAsync(
            async () =>
            {
                await using var db = host.Database.Open();

                return await db.Notices.AnyAsync(notice => notice.Number == number && notice.Type == NoticeType.Initial);
            },
            "published");

        return number;
    }

    /// <summary>What a process does before it serves.</summary>
    internal static async Task PrepareAsync(Dictionary<string, string?> settings)
    {
        await using var app = Setup.NoticesHost.Create(new Setup.HostRequest("http://127.0.0.1:0", Settings: settings, Quiet: true));
        await Setup.NoticesHost.PrepareAsync(app, Setup.HostRole.Web, CancellationToken.None);
    }
}
