using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Replies;
using Notices.Testing;

namespace Notices.Hotline;

public class HotlineTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task What_is_no_keyword_is_listed_masked_called_back_on_record_and_closed_once(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        await TestCounty.SeedAsync(host.Database);
        using var page = new HttpClient { BaseAddress = host.Address };
        foreach (var text in (string[])["仍未来电", "几点来电？", "1"]) await SayAsync(page, "+8613800000003", text);
        await using var db = host.Database.Open();
        await TestHost.UntilAsync(() => db.Replies.AllAsync(reply => reply.Batch != null), "applied");

        var list = (await host.GetAsync(Role.Agent, "/api/v1/enquiries?state=open&limit=1"))["items"]!.AsArray();
        var first = Assert.Single(list)!;
        Assert.Equal(("still-out", "+8613••••0003", "仍未来电", "JX"), ((string)first["topic"]!, (string)first["phone"]!, (string)first["text"]!, (string)first["organisation"]!));
        var second = Assert.Single((await host.GetAsync(Role.Dispatcher, "/api/v1/enquiries?topic=reply"))["items"]!.AsArray())!;
        Assert.Equal("几点来电？", (string)second["text"]!);
        await host.GetAsync(Role.Approver, "/api/v1/enquiries", 403);
        await host.GetAsync(Role.Agent, "/api/v1/enquiries?topic=nonsense", 422);

        var id = (long)first["id"]!;
        Assert.Equal("+8613800000003", (string)(await host.GetAsync(Role.Agent, $"/api/v1/enquiries/{id}/phone"))["phone"]!);
        Assert.Equal("agent", (string)(await host.PostAsync(Role.Agent, $"/api/v1/enquiries/{id}/close"))["agent"]!);
        await host.PostAsync(Role.Agent, $"/api/v1/enquiries/{id}/close", expected: 409);
        await host.PostAsync(Role.Agent, "/api/v1/enquiries/999/close", expected: 404);
        Assert.Single((await host.GetAsync(Role.Agent, "/api/v1/enquiries?state=open"))["items"]!.AsArray());

        var entries = await db.AuditEntries.Where(entry => entry.Action.StartsWith("enquiry.")).OrderBy(entry => entry.Sequence).ToListAsync();
        Assert.Equal([("enquiry.phone-read", "agent"), ("enquiry.closed", "agent")], entries.Select(entry => (entry.Action, entry.Actor)));
        Assert.DoesNotContain(entries, entry => entry.Line.Contains("13800", StringComparison.Ordinal));
        Assert.True((bool)(await host.GetAsync(Role.Auditor, "/api/v1/audit/verify"))["ok"]!);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Old_replies_move_and_lose_their_words_at_their_time(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        await TestCounty.SeedAsync(host.Database);
        using var page = new HttpClient { BaseAddress = host.Address };
        foreach (var text in (string[])["几点来电？", "TD"]) await SayAsync(page, "+8613800000003", text);
        await using var db = host.Database.Open();
        await TestHost.UntilAsync(() => db.ReplyAnswers.AnyAsync(answer => answer.State == Ringing.OutboxState.Sent), "answered");
        var retention = (Retention.ReplyRetention)host.Services.GetService(typeof(Retention.ReplyRetention))!;

        Assert.Equal(0, await retention.MoveDueAsync(default) + await retention.EraseDueAsync(default));
        host.Clock.Advance(TimeSpan.FromDays(100));
        await retention.MoveDueAsync(default);
        Assert.Equal((0, 2), (await db.Replies.CountAsync(), await db.RepliesArchive.CountAsync(reply => reply.Sender != null)));
        Assert.True((bool)(await host.GetAsync(Role.Auditor, "/api/v1/audit/verify"))["ok"]!);

        host.Clock.Advance(TimeSpan.FromDays(366 * 30));
        await retention.EraseDueAsync(default);
        Assert.Equal(0, await db.RepliesArchive.CountAsync(reply => reply.Sender != null || reply.Body != null));
        Assert.Equal(0, await db.Enquiries.CountAsync(enquiry => enquiry.Phone != null || enquiry.Text != null));
        Assert.Equal(0, await db.ReplyAnswers.CountAsync(answer => answer.Address != null || answer.Body != ""));
        Assert.True((bool)(await host.GetAsync(Role.Auditor, "/api/v1/audit/verify"))["ok"]!);
    }

    private static async Task SayAsync(HttpClient page, string from, string text)
    {
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("from", from), KeyValuePair.Create("text", text)]);
        using var answer = await page.PostAsync(new Uri("/sandbox", UriKind.Relative), form);
        answer.EnsureSuccessStatusCode();
    }
}
