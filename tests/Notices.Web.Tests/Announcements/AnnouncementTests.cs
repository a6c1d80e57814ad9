using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Notices.Access;
using Notices.Testing;

namespace Notices.Announcements;

public class AnnouncementTests
{
    private const string Route = "/api/v1/announcements";

    private static readonly object Title = new Dictionary<string, string> { ["zh-CN"] = "冬季安全用电提示", ["en"] = "Using electricity safely in winter" };
    private static readonly object Body = new Dictionary<string, string> { ["zh-CN"] = "取暖设备请勿靠近易燃物。", ["en"] = "Keep heaters away from anything that burns." };
    private static readonly object Wrong = new Dictionary<string, string> { ["zh-CN"] = "内容有误", ["en"] = "it was wrong" };

    public static TheoryData<DatabaseKind> Databases => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task One_of_two_villages_goes_out_at_its_time_and_its_withdrawal_takes_its_place(DatabaseKind kind)
    {
        await using var host = await StartAsync(kind);
        var number = await WriteAsync(host, new { organisation = TestCounty.Code, title = Title, body = Body, publishAt = TestHost.Monday.AddHours(2), places = new[] { "城关镇东街村", "城关镇西街村" } });
        await host.PostAsync(Role.Dispatcher, $"{Route}/{number}/submit");
        await host.PostAsync(Role.Approver, $"{Route}/{number}/approve");
        await host.AdvanceAsync(TimeSpan.FromMinutes(119));
        Assert.DoesNotContain(number, await host.TextAsync("/feeds/notices.atom"), StringComparison.Ordinal);

        await host.AdvanceAsync(TimeSpan.FromMinutes(2));
        await StandsAsync(host, $"{number}.1");
        var round = (long)(await NoticeAsync(host, number))["rounds"]![0]!;
        await DeliveredAsync(host, round, 8);

        var withdrawn = await host.PostAsync(Role.Dispatcher, $"{Route}/{number}/withdraw", new { reason = Wrong });
        Assert.Equal("withdrawn", (string)withdrawn["status"]!);
        await StandsAsync(host, $"{number}.2");
        Assert.DoesNotContain($"{number}.1", await host.TextAsync("/feeds/notices.atom"), StringComparison.Ordinal);
        var second = await NoticeAsync(host, number);
        Assert.Equal("cancelled", (string)second["type"]!);
        Assert.Contains("内容有误", second["text"]!.ToJsonString(Json.Stored), StringComparison.Ordinal);
        await DeliveredAsync(host, (long)second["rounds"]![0]!, 8);

        var verdict = await host.GetAsync(Role.Auditor, "/api/v1/audit/verify");
        Assert.True((bool)verdict["ok"]!, verdict.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Without_places_it_stands_in_the_feed_alone_as_soon_as_it_is_approved_or_brought_forward(DatabaseKind kind)
    {
        await using var host = await StartAsync(kind);
        var first = await WriteAsync(host, new { organisation = TestCounty.Code, title = Title, body = Body });
        var second = await WriteAsync(host, new { organisation = TestCounty.Code, title = Title, body = Body, publishAt = TestHost.Monday.AddDays(9) });
        foreach (var number in new[] { first, second })
        {
            await host.PostAsync(Role.Dispatcher, $"{Route}/{number}/submit");
            await host.PostAsync(Role.Approver, $"{Route}/{number}/approve");
        }

        await StandsAsync(host, $"{first}.1");
        Assert.Empty((await NoticeAsync(host, first))["rounds"]!.AsArray());
        Assert.DoesNotContain(second, await host.TextAsync("/feeds/notices.atom"), StringComparison.Ordinal);
        await host.PostAsync(Role.Dispatcher, $"{Route}/{second}/publish");
        await StandsAsync(host, $"{second}.1");
        var listed = await host.GetAsync(Role.Auditor, $"{Route}?status=published&limit=1");
        Assert.Equal(second, (string)listed["items"]![0]!["number"]!);
        Assert.Equal(first, (string)(await host.GetAsync(Role.Auditor, $"{Route}?limit=1&after={listed["next"]}"))["items"]![0]!["number"]!);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_submission_is_refused_with_everything_that_is_wrong(DatabaseKind kind)
    {
        await using var host = await StartAsync(kind);
        var number = await WriteAsync(host, new
        {
            organisation = TestCounty.Code,
            title = "只有中文",
            publishAt = TestHost.Monday.AddDays(-1),
            expiresAt = TestHost.Monday.AddDays(-2),
            places = new[] { "没有的村" },
            body = new Dictionary<string, string> { ["zh-CN"] = "见<b>此处</b>", ["en"] = "See https://example.org" },
        });
        var refused = await host.PostAsync(Role.Dispatcher, $"{Route}/{number}/submit", null, 422);

        Assert.Equal(
            ["expiry-before-publication", "language-missing", "publication-in-past", "text-has-address", "text-has-markup", "unknown-places"],
            refused["problems"]!.AsArray().Select(p => (string)p!["code"]!).Order(StringComparer.Ordinal));
        await host.PostAsync(Role.Dispatcher, Route, new { organisation = "NO", title = Title, body = Body }, 422);
        await host.PostAsync(Role.Agent, Route, new { organisation = TestCounty.Code }, 403);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_second_person_decides_and_an_old_version_is_refused(DatabaseKind kind)
    {
        await using var host = await StartAsync(kind);
        var number = await WriteAsync(host, new { organisation = TestCounty.Code, title = Title, body = Body });
        Assert.Equal((428, "version-missing"), await PutAsync(host, number, null));
        Assert.Equal((200, ""), await PutAsync(host, number, "\"1\""));
        Assert.Equal((412, "stale"), await PutAsync(host, number, "\"1\""));
        await host.PostAsync(Role.Approver, $"{Route}/{number}/approve", null, 409);
        await host.PostAsync(Role.Dispatcher, $"{Route}/{number}/submit");
        await host.PostAsync(Role.Dispatcher, $"{Route}/{number}/approve", null, 403);
        Assert.Equal((409, "state-forbids"), await PutAsync(host, number, "\"3\""));
        await host.PostAsync(Role.Approver, $"{Route}/{number}/reject", null, 422);
        var rejected = await host.PostAsync(Role.Approver, $"{Route}/{number}/reject", new { reason = "写得不清楚" });
        Assert.Equal("draft", (string)rejected["status"]!);
        Assert.Equal("withdrawn", (string)(await host.PostAsync(Role.Dispatcher, $"{Route}/{number}/withdraw", new { reason = "不发了" }))["status"]!);
        await host.PostAsync(Role.Dispatcher, $"{Route}/{number}/withdraw", new { reason = "不发了" }, 409);
    }

    private static async Task<TestHost> StartAsync(DatabaseKind kind)
    {
        var host = await TestHost.StartAsync(kind);
        await TestCounty.SeedAsync(host.Database);

        return host;
    }

    private static async Task<string> WriteAsync(TestHost host, object text) => (string)(await host.PostAsync(Role.Dispatcher, Route, text, 201))["number"]!;

    private static async Task<(int Status, string Code)> PutAsync(TestHost host, string number, string? version)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri($"{Route}/{number}", UriKind.Relative))
        {
            Content = JsonContent.Create(new { organisation = TestCounty.Code, title = Title, body = Body, publishAt = TestHost.Monday.AddDays(1) }, null, Json.Stored),
        };
        if (version is not null) request.Headers.TryAddWithoutValidation("If-Match", version);
        using var answer = await (await host.AsAsync(Role.Dispatcher)).SendAsync(request);
        var body = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;

        return ((int)answer.StatusCode, (string?)body["code"] ?? "");
    }

    private static async Task<JsonObject> NoticeAsync(TestHost host, string number) => (await host.GetAsync(Role.Auditor, $"/api/v1/notices?number={number}"))["items"]![0]!.AsObject();

    private static Task StandsAsync(TestHost host, string identifier) =>
        TestHost.UntilAsync(async () => (await host.TextAsync("/feeds/notices.atom")).Contains(identifier, StringComparison.Ordinal), identifier);

    private static Task DeliveredAsync(TestHost host, long round, int recipients) => TestHost.UntilAsync(
        async () => (int)(await host.GetAsync(Role.Auditor, $"/api/v1/rounds/{round}"))["counts"]!["delivered"]! == recipients, $"round {round} delivered to {recipients}");
}
