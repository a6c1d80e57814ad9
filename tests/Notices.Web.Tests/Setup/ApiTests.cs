using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Notices.Access;

namespace Notices.Setup;

/// <summary>What the API answers to whatever it is sent: problem details, never a 500, never a stack trace.</summary>
public sealed class ApiTests(ApiTests.County county) : IClassFixture<ApiTests.County>
{
    private static int _feeder;

    private Life Life => county.Life!;

    [Theory]
    [InlineData("""{"kind":"planned","organisation":"JX","colour":"red"}""", "json-unreadable", "colour")]
    [InlineData("""{"kind":"picnic","organisation":"JX"}""", "json-unreadable", "kind")]
    [InlineData("""{"kind":2,"organisation":"JX"}""", "json-unreadable", "kind")]
    [InlineData("""{"kind":"planned","organisation":5}""", "json-unreadable", "organisation")]
    [InlineData("""{"kind":"planned","organisation":"JX","feeders":null}""", "json-unreadable", "feeders")]
    [InlineData("""{"kind":"planned","organisation":"JX","feeders":[null]}""", "json-unreadable", "feeders")]
    [InlineData("""{"kind":"planned","organisation":"JX","windows":[null]}""", "json-unreadable", "windows")]
    [InlineData("""{"kind":"planned","organisation":"JX","feeders":"JX-F03"}""", "json-unreadable", "feeders")]
    [InlineData("""{"kind":"planned","organisation":"JX","windows":[{"startsAt":"2026-12-01T08:00:00+08:00"}]}""", "json-unreadable", "windows[0]")]
    [InlineData("""{"kind":"planned","organisation":"JX","windows":[{"startsAt":"2026-12-01T08:00:00","endsAt":"2026-12-01T18:00:00+08:00"}]}""", "json-unreadable", "windows[0].startsAt")]
    [InlineData("""{"kind":"planned","organisation":"JX","windows":[{"startsAt":"2026-13-41T08:00:00+08:00","endsAt":"2026-12-01T18:00:00+08:00"}]}""", "json-unreadable", "windows[0].startsAt")]
    [InlineData("""{"kind":"planned","organisation":"JX","windows":[{"startsAt":"2026-12-01T08:00:00+08:00","endsAt":"9999-12-31T23:59:59+08:00"}]}""", "json-unreadable", "windows[0].endsAt")]
    [InlineData("""{"kind":"planned","organisation":"J\u0000X"}""", "json-unreadable", "organisation")]
    [InlineData("""{"kind":"planned","organisation":"JX","reason":{"fr":"entretien"}}""", "json-unreadable", "reason")]
    [InlineData("""{"kind":"planned",""", "json-unreadable", null)]
    [InlineData("[]", "json-unreadable", null)]
    [InlineData("\"text\"", "json-unreadable", null)]
    [InlineData("null", "body-missing", null)]
    [InlineData("", "body-missing", null)]
    public async Task A_body_that_cannot_be_read_is_answered_with_the_place(string body, string code, string? field)
    {
        using var answer = await (await Life.ClientAsync(Role.Dispatcher)).PostAsync("/api/v1/outages", Json(body));
        var problem = await ProblemAsync(answer, HttpStatusCode.BadRequest);

        Assert.Equal(code, (string)problem["code"]!);
        if (field is not null) Assert.StartsWith(field, (string)problem["problems"]![0]!["field"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("reschedule", """{"reason":"weather"}""", 400)]
    [InlineData("reschedule", """{"windows":null,"reason":"weather"}""", 400)]
    [InlineData("reschedule", "", 400)]
    [InlineData("submit", """{"confirm":[null]}""", 400)]
    [InlineData("cancel", """{"reason":5}""", 400)]
    [InlineData("extend", """{"estimatedRestoration":"soon"}""", 400)]
    [InlineData("restore", """{"transformers":[null]}""", 400)]
    [InlineData("cancel", "", 422)]
    public async Task The_verbs_refuse_alike(string verb, string body, int status)
    {
        var number = await DraftAsync();
        using var answer = await (await Life.ClientAsync(Role.Dispatcher)).PostAsync($"/api/v1/outages/{number}/{verb}", body.Length == 0 ? null : Json(body));

        await ProblemAsync(answer, (HttpStatusCode)status);
    }

    [Theory]
    [InlineData("/api/v1/outages?kind=picnic", 400)]
    [InlineData("/api/v1/outages?status=99", 400)]
    [InlineData("/api/v1/outages?from=yesterday", 400)]
    [InlineData("/api/v1/outages?limit=many", 400)]
    [InlineData("/api/v1/outages?after=JX-2026-99999", 400)]
    [InlineData("/api/v1/outages?feeder=%00", 400)]
    [InlineData("/api/v1/outages?status=in-progress&kind=planned&limit=0", 200)]
    [InlineData("/api/v1/outages/JX-2026-99999", 404)]
    [InlineData("/api/v1/outages/%E5%81%9C%27--", 404)]
    [InlineData("/api/v1/notices/7", 404)]
    [InlineData("/api/v1/notices/seven", 404)]
    [InlineData("/api/v1/rounds/99999999999999999999", 404)]
    [InlineData("/api/v1/rounds/99/deliveries?state=lost", 404, 400)]
    [InlineData("/api/v1/nothing", 404)]
    public async Task Addresses_are_answered(string address, int status, int other = 0)
    {
        using var answer = await (await Life.ClientAsync(Role.Dispatcher)).GetAsync(address);

        if (other == 0 || (int)answer.StatusCode != other) Assert.Equal(status, (int)answer.StatusCode);
        if (status != 200) await ProblemAsync(answer, answer.StatusCode);
    }

    [Fact]
    public async Task Without_a_key_with_a_wrong_one_and_with_the_wrong_role()
    {
        using var nobody = new HttpClient { BaseAddress = Life.Host.Address };
        await ProblemAsync(await nobody.GetAsync("/api/v1/outages"), HttpStatusCode.Unauthorized);
        await ProblemAsync(await nobody.PostAsync("/api/v1/emergencies", Json("{}")), HttpStatusCode.Unauthorized);
        nobody.DefaultRequestHeaders.Authorization = new("Bearer", "ntc_0000");
        await ProblemAsync(await nobody.GetAsync("/api/v1/outages"), HttpStatusCode.Unauthorized);

        await ProblemAsync(await (await Life.ClientAsync(Role.Auditor)).PostAsync("/api/v1/outages", Json("{}")), HttpStatusCode.Forbidden);
        await ProblemAsync(await (await Life.ClientAsync(Role.Dispatcher)).GetAsync("/api/v1/audit"), HttpStatusCode.Forbidden);
        await ProblemAsync(await (await Life.ClientAsync(Role.Broadcaster)).GetAsync("/api/v1/outages"), HttpStatusCode.Forbidden);
        await ProblemAsync(await (await Life.ClientAsync(Role.Approver)).PostAsync("/api/v1/emergencies", Json("{}")), HttpStatusCode.Forbidden);
        await ProblemAsync(await (await Life.ClientAsync(Role.Dispatcher)).PostAsync("/api/v1/outages/JX-2026-00001/approve", Json("{}")), HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Other_methods_types_and_sizes()
    {
        var client = await Life.ClientAsync(Role.Dispatcher);
        await ProblemAsync(await client.DeleteAsync("/api/v1/outages"), HttpStatusCode.MethodNotAllowed);
        await ProblemAsync(await client.PostAsync("/api/v1/outages", new StringContent("kind=planned", Encoding.UTF8, "text/plain")), HttpStatusCode.UnsupportedMediaType);
        // Asked before it is sent: else the answer may come while the body is still on its way, and be lost with the connection.
        using var large = new HttpRequestMessage(HttpMethod.Post, "/api/v1/outages") { Content = Json($$"""{"organisation":"{{new string('x', 1_200_000)}}"}""") };
        large.Headers.ExpectContinue = true;
        await ProblemAsync(await client.SendAsync(large), HttpStatusCode.RequestEntityTooLarge);
        await ProblemAsync(await client.PostAsync("/api/v1/outages", Json(new string('[', 5000))), HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("zh-CN,zh;q=0.9", "zh-CN")]
    [InlineData("zh-Hant-TW", "zh-CN")]
    [InlineData("en-GB,en;q=0.9", "en")]
    [InlineData("fr,en;q=0.5,zh;q=0.2", "en")]
    [InlineData("fr", "zh-CN")]
    [InlineData("", "zh-CN")]
    public async Task A_refusal_is_in_the_readers_language(string asked, string language)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/outages/JX-2026-99999");
        request.Headers.Authorization = (await Life.ClientAsync(Role.Dispatcher)).DefaultRequestHeaders.Authorization;
        if (asked.Length > 0) request.Headers.TryAddWithoutValidation("Accept-Language", asked);
        using var client = new HttpClient { BaseAddress = Life.Host.Address };
        using var answer = await client.SendAsync(request);

        Assert.Equal([language], answer.Content.Headers.ContentLanguage);
        var message = (string)(await ProblemAsync(answer, HttpStatusCode.NotFound))["problems"]![0]!["message"]!;
        Assert.Equal(language == "zh-CN", message.Any(c => c > 0x4e00));
    }

    [Fact]
    public async Task A_repeated_post_is_done_once()
    {
        var plan = Life.Plan($"F{Next()}", "2026-12-01T08:00:00", "2026-12-01T18:00:00").ToJsonString();
        var client = await Life.ClientAsync(Role.Dispatcher);
        var first = await KeyedAsync(client, "/api/v1/outages", plan, "k1");
        var again = await KeyedAsync(client, "/api/v1/outages", plan, "k1");
        Assert.Equal((HttpStatusCode.Created, first.Location, first.Text), (again.Status, again.Location, again.Text));

        var other = await KeyedAsync(client, "/api/v1/outages", plan.Replace("12-01", "12-02", StringComparison.Ordinal), "k1");
        Assert.Equal((422, "idempotency-other-body"), ((int)other.Status, (string)JsonNode.Parse(other.Text)!["code"]!));

        // Another holder's key of the same text, and another route's, are their own; a refusal is kept as well.
        Assert.Equal(HttpStatusCode.Created, (await KeyedAsync(await Life.ClientAsync(Role.Dispatcher, name: "second"), "/api/v1/outages", plan, "k1")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await KeyedAsync(await Life.ClientAsync(Role.Dispatcher, "LZ", "Dispatcher-JX"), "/api/v1/outages", plan, "k1")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await KeyedAsync(client, "/api/v1/emergencies", plan, "k1")).Status);

        // At once: done once, the others are told that it is running or get the answer.
        var many = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => KeyedAsync(client, "/api/v1/outages", plan, "k2")));
        Assert.All(many, m => Assert.True(m.Status is HttpStatusCode.Created or HttpStatusCode.Conflict, m.Text));
        Assert.Single(many.Where(m => m.Status == HttpStatusCode.Created).Select(m => m.Location).Distinct());
        Assert.Equal(HttpStatusCode.BadRequest, (await KeyedAsync(client, "/api/v1/outages", plan, new string('k', 201))).Status);
    }

    [Fact]
    public async Task A_request_killed_half_way_gives_its_key_back_after_two_minutes()
    {
        var client = await Life.ClientAsync(Role.Dispatcher);
        var plan = Life.Plan($"F{Next()}", "2026-12-01T08:00:00", "2026-12-01T18:00:00").ToJsonString();
        Assert.Equal(HttpStatusCode.Created, (await KeyedAsync(client, "/api/v1/outages", plan, "killed")).Status);
        await using var db = Life.Host.Database.Open();
        var killed = db.IdempotentAnswers.Where(a => a.Key == "killed");

        await killed.ExecuteUpdateAsync(set => set.SetProperty(a => a.Status, (int?)null));
        var running = await KeyedAsync(client, "/api/v1/outages", plan, "killed");
        Assert.Equal((409, "idempotency-running"), ((int)running.Status, (string)JsonNode.Parse(running.Text)!["code"]!));

        var lapsed = await killed.Select(a => a.CreatedAt).SingleAsync() - TimeSpan.FromSeconds(121);
        await killed.ExecuteUpdateAsync(set => set.SetProperty(a => a.CreatedAt, lapsed));
        Assert.Equal(HttpStatusCode.Created, (await KeyedAsync(client, "/api/v1/outages", plan, "killed")).Status);
        Assert.Equal(201, (await killed.SingleAsync()).Status);
    }

    [Fact]
    public async Task A_list_is_read_page_by_page()
    {
        var numbers = new List<string>();
        for (var i = 0; i < 5; i++) numbers.Add(await DraftAsync());
        var read = new List<string>();
        string? next = null;
        do
        {
            var page = await Life.Host.GetAsync(Role.Auditor, $"/api/v1/outages?limit=2{(next is null ? "" : $"&after={next}")}");
            read.AddRange(page["items"]!.AsArray().Select(o => (string)o!["number"]!));
            next = (string?)page["next"];
        }
        while (next is not null);

        Assert.Equal(read.Distinct().Count(), read.Count);
        Assert.Subset(read.ToHashSet(), numbers.ToHashSet());
    }

    [Fact]
    public async Task Who_asks_too_often_is_told_to_wait()
    {
        var client = await Life.ClientAsync(Role.Agent);
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 12 && answers.TrueForAll(a => a.StatusCode != HttpStatusCode.TooManyRequests); i++)
            answers.AddRange(await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => client.GetAsync("/api/v1/nothing"))));

        var refused = answers.First(a => a.StatusCode == HttpStatusCode.TooManyRequests);
        await ProblemAsync(refused, HttpStatusCode.TooManyRequests);
        Assert.NotNull(refused.Headers.RetryAfter);
        // Others are not held up by it.
        Assert.Equal(HttpStatusCode.OK, (await (await Life.ClientAsync(Role.Dispatcher)).GetAsync("/api/v1/outages")).StatusCode);
    }

    private static int Next() => Interlocked.Increment(ref _feeder);

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static async Task<JsonObject> ProblemAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == answer.StatusCode, $"{(int)answer.StatusCode} {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        var problem = JsonNode.Parse(text)!.AsObject();
        Assert.Equal((int)status, (int)problem["status"]!);
        Assert.NotEmpty(problem["problems"]!.AsArray());

        return problem;
    }

    private static async Task<(HttpStatusCode Status, Uri? Location, string Text)> KeyedAsync(HttpClient client, string address, string body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = Json(body) };
        request.Headers.Add(IdempotencyKeys.Header, key);
        using var answer = await client.SendAsync(request);

        return (answer.StatusCode, answer.Headers.Location, await answer.Content.ReadAsStringAsync());
    }

    private Task<string> DraftAsync() => Life.DraftAsync(Life.Plan($"F{Next()}", "2026-12-01T08:00:00", "2026-12-01T18:00:00"));

    public sealed class County : IAsyncLifetime
    {
        internal Life? Life { get; private set; }

        public async ValueTask InitializeAsync()
        {
            Life = await Life.StartAsync();
            await Life.AddNeighboursAsync();
            await Life.AddFeedersAsync(30);
        }

        public ValueTask DisposeAsync() => Life!.DisposeAsync();
    }
}
