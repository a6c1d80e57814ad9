using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Notices.Deliveries;
using Notices.Testing;

namespace Notices.Subscriptions;

/// <summary>Anybody subscribes by plain forms, confirms by link, reply or page, and ends it again.</summary>
public partial class SubscribeTests
{
    private const string Mail = "reader@example.org", Number = "13912345678";

    private static readonly Dictionary<string, string> ByMail = new() { ["medium"] = "email", ["address"] = Mail, ["find"] = TestCounty.Feeder, ["language"] = "en" };

    private static readonly Dictionary<string, string> BySms = new() { ["medium"] = "sms", ["address"] = Number, ["find"] = "城关镇东街村", ["language"] = "zh-CN" };

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_mail_brings_a_link_whose_button_confirms_and_the_page_ends_it(DatabaseKind kind)
    {
        await using var life = await StartAsync(kind);
        using var visitor = new Visitor(life);

        var (status, page) = await visitor.PostAsync("/subscribe?lang=en", ByMail);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains($"If {Mail} can be subscribed", page, StringComparison.Ordinal);
        var mail = await MessageAsync(life, Mail);
        Assert.Contains("Chengguan 031 (JX-F03)", mail, StringComparison.Ordinal);
        var link = Link().Match(mail).Value;
        Assert.DoesNotContain(link, page, StringComparison.Ordinal);

        // A scanner follows the link and even posts without having read the page.
        Assert.Contains("r•••@example.org", WebUtility.HtmlDecode(await visitor.GetAsync(link + "?lang=en")), StringComparison.Ordinal);
        using (var scanner = new HttpClient { BaseAddress = life.Host.Address })
        {
            using var blind = await scanner.PostAsync(new Uri(link, UriKind.Relative), new FormUrlEncodedContent([]));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, blind.StatusCode);
        }

        await using var db = life.Host.Database.Open();
        Assert.Null((await db.Subscriptions.AsNoTracking().SingleAsync()).ConfirmedAt);

        var (confirmed, own) = await visitor.PostAsync(link + "?lang=en", []);
        Assert.Equal(HttpStatusCode.SeeOther, confirmed);
        Assert.Contains("Active", await visitor.GetAsync(own), StringComparison.Ordinal);
        Assert.NotNull((await db.Subscriptions.AsNoTracking().SingleAsync()).ConfirmedAt);
        // The words that held the secret are gone.
        Assert.Equal("", (await db.SubscriptionMessages.AsNoTracking().SingleAsync()).Body);

        var (ended, told) = await visitor.PostAsync(own, []);
        Assert.Equal(HttpStatusCode.OK, ended);
        Assert.Contains("its address has been erased", told, StringComparison.Ordinal);
        Assert.Null((await db.Subscriptions.AsNoTracking().SingleAsync()).Address);
        Assert.Contains("Ended", await visitor.GetAsync(own), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.AnswerAsync(link)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.AnswerAsync("/subscriptions/1.00000000000000000000")).StatusCode);
        await life.ProveAsync();
    }

    [Fact]
    public async Task A_code_is_typed_on_the_page_or_sent_back()
    {
        await using var life = await StartAsync();
        using var visitor = new Visitor(life);
        var (_, page) = await visitor.PostAsync("/subscribe?lang=en", BySms);
        var code = Digits().Match(await MessageAsync(life, "+86" + Number)).Value;
        Assert.DoesNotContain(code, page, StringComparison.Ordinal);

        var (wrong, sentence) = await visitor.PostAsync("/subscribe/code?lang=en", new() { ["address"] = Number, ["code"] = code == "111111" ? "222222" : "111111" });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, true), (wrong, sentence.Contains("This code is wrong", StringComparison.Ordinal)));
        var (right, _) = await visitor.PostAsync("/subscribe/code?lang=en", new() { ["address"] = "+86" + Number, ["code"] = code });
        Assert.Equal(HttpStatusCode.SeeOther, right);

        // Another, by a reply from the sandbox.
        await life.Host.AdvanceAsync(TimeSpan.FromMinutes(3));
        await visitor.PostAsync("/subscribe", new(BySms) { ["find"] = "城关镇西街村" });
        await using var db = life.Host.Database.Open();
        await TestHost.UntilAsync(async () => await db.SubscriptionMessages.CountAsync(m => m.EndedAt != null) == 2, "the second code has left");
        await visitor.ReplyAsync("+86" + Number, Digits().Match(life.Outbox.Last(200)[0].Body).Value);
        await TestHost.UntilAsync(() => db.Subscriptions.CountAsync(s => s.ConfirmedAt != null).ContinueWith(count => count.Result == 2, TaskScheduler.Default), "the reply confirms");
        await visitor.ReplyAsync("+86" + Number, "退订");
        await TestHost.UntilAsync(() => db.Subscriptions.CountAsync(s => s.WithdrawnAt != null && s.Address == null).ContinueWith(count => count.Result == 2, TaskScheduler.Default), "the stop ends both");
    }

    [Fact]
    public async Task Nothing_is_said_of_an_address_and_nobody_tries_many()
    {
        await using var life = await StartAsync();
        using var visitor = new Visitor(life);
        async Task<string> AskedAsync(string address) => Token().Replace((await visitor.PostAsync("/subscribe?lang=en", new(ByMail) { ["address"] = address })).Page.Replace(address, "x", StringComparison.Ordinal), "");
        var fresh = await AskedAsync("one@example.org");
        Assert.Equal(fresh, await AskedAsync("one@example.org")); // within the cool-down, no message
        Assert.Equal(fresh, await AskedAsync("two@example.org"));
        await using var db = life.Host.Database.Open();
        Assert.Equal(2, await db.SubscriptionMessages.CountAsync());

        var refused = 0;
        for (var i = 0; i < 30; i++) refused += (await visitor.PostAsync("/subscribe", new(ByMail) { ["address"] = $"{i}@example.org" })).Status == HttpStatusCode.TooManyRequests ? 1 : 0;
        Assert.InRange(refused, 10, 30);
        Assert.Equal(HttpStatusCode.OK, (await visitor.AnswerAsync("/subscribe")).StatusCode); // reading is not limited
    }

    [Fact]
    public async Task Wrong_fields_are_named_where_they_are_and_keep_what_was_typed()
    {
        await using var life = await StartAsync();
        using var visitor = new Visitor(life);

        var (status, page) = await visitor.PostAsync("/subscribe?lang=en", new() { ["medium"] = "sms", ["address"] = "<b>12", ["find"] = "城关镇", ["language"] = "en" });

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("aria-describedby=\"wrong-address\"", page, StringComparison.Ordinal);
        Assert.Contains("value=\"&lt;b&gt;12\"", page, StringComparison.Ordinal);
        Assert.Contains("3 places and lines are called so", page, StringComparison.Ordinal);
        Assert.Equal(3, Regex.Count(page, "name=\"about\""));
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.InRange(page.Length, 2000, 50_000);
        // A form from elsewhere has no effect.
        using var elsewhere = new HttpClient { BaseAddress = life.Host.Address };
        using var forged = await elsewhere.PostAsync(new Uri("/subscribe", UriKind.Relative), new FormUrlEncodedContent(ByMail));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, forged.StatusCode);
        await using var db = life.Host.Database.Open();
        Assert.Equal(0, await db.Subscriptions.CountAsync());
    }

    [Fact]
    public async Task It_is_offered_by_the_media_somebody_carries()
    {
        await using var life = await Life.StartAsync(settings: new() { ["Providers:main:Media"] = "email" });
        using var visitor = new Visitor(life);

        var form = await visitor.GetAsync("/subscribe?lang=en&feeder=jx-f03");
        Assert.DoesNotContain("value=\"sms\"", form, StringComparison.Ordinal);
        Assert.Contains("Chengguan 031 (JX-F03)", form, StringComparison.Ordinal);
        Assert.Contains("E-mail address", form, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await visitor.PostAsync("/subscribe", new(BySms) { ["address"] = Number })).Status);
        Assert.Equal(HttpStatusCode.OK, (await visitor.PostAsync("/subscribe", ByMail)).Status);
    }

    [Fact]
    public async Task The_public_pages_link_to_it_with_what_they_are_about()
    {
        await using var life = await StartAsync();
        var number = await life.PublishedAsync();
        using var visitor = new Visitor(life);

        Assert.Contains("/subscribe?lang=en\"", await visitor.GetAsync("/?lang=en"), StringComparison.Ordinal);
        Assert.Contains("/subscribe?lang=en&amp;feeder=JX-F04", await visitor.GetAsync("/?lang=en&feeder=JX-F04"), StringComparison.Ordinal);
        Assert.Contains("/subscribe?lang=en&amp;feeder=JX-F03", await visitor.GetAsync($"/outages/{number}?lang=en"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_it_is_closed_no_page_links_to_it()
    {
        await using var life = await Life.StartAsync(settings: new() { ["Subscriptions:Open"] = "false" });
        using var visitor = new Visitor(life);

        Assert.DoesNotContain("/subscribe", await visitor.GetAsync("/?lang=en"), StringComparison.Ordinal);
        Assert.Contains("not offered", await visitor.GetAsync("/subscribe?lang=en"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_mail_of_a_notice_has_the_way_out_and_the_report_names_subscribers_apart(DatabaseKind kind)
    {
        await using var life = await StartAsync(kind);
        using var visitor = new Visitor(life);
        await visitor.PostAsync("/subscribe?lang=en", ByMail);
        await visitor.PostAsync(Link().Match(await MessageAsync(life, Mail)).Value, []);
        await visitor.PostAsync("/subscribe", BySms);
        await visitor.PostAsync("/subscribe/code", new() { ["address"] = Number, ["code"] = Digits().Match(await MessageAsync(life, "+86" + Number)).Value });

        var number = await life.PublishedAsync();
        var mail = Assert.Single(life.Got(Mail), message => message.Body.Contains(number, StringComparison.Ordinal)).Body;
        Assert.Single(life.Got("+86" + Number), message => message.Body.Contains("东街", StringComparison.Ordinal) && !message.Body.Contains("订阅", StringComparison.Ordinal));
        var counted = await life.Host.GetAsync(Access.Role.Auditor, "/api/v1/compliance?from=2026-11-01T00:00:00Z&to=2026-12-31T00:00:00Z");
        Assert.Equal((2, 12), ((int)counted["totals"]!["subscribers"]!["total"]!, (int)counted["totals"]!["recipients"]!["total"]!));

        var link = Out().Match(mail).Value;
        Assert.Contains("End the subscription", await visitor.GetAsync(link + "?lang=en"), StringComparison.Ordinal);
        using var oneClick = new HttpClient { BaseAddress = life.Host.Address };
        using var ended = await oneClick.PostAsync(new Uri(link, UriKind.Relative), new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]));
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        await using var db = life.Host.Database.Open();
        Assert.Equal(["+86" + Number], await db.Subscriptions.Where(s => s.WithdrawnAt == null).Select(s => s.Address!).ToListAsync());
        Assert.Equal(0, await db.OptOuts.CountAsync());

        await life.DoAsync(number, "cancel", new { reason = "weather" });
        await TestHost.UntilAsync(() => Task.FromResult(life.Got("+86" + Number).Count == 3), "the cancellation reaches who is left");
        Assert.Equal(2, life.Got(Mail).Count);
        await life.ProveAsync();
    }

    private static Task<Life> StartAsync(DatabaseKind kind = DatabaseKind.Sqlite) => Life.StartAsync(kind, settings: new() { ["Providers:main:Media"] = "sms,voice,email" });

    private static async Task<string> MessageAsync(Life life, string address)
    {
        await TestHost.UntilAsync(() => Task.FromResult(life.Got(address).Count > 0), $"a message to {address}");

        return life.Got(address)[^1].Body;
    }

    [GeneratedRegex("/subscriptions/confirm/[0-9a-f]{32}")]
    private static partial Regex Link();

    [GeneratedRegex("/unsubscribe/[0-9]+\\.[0-9a-f]{20}")]
    private static partial Regex Out();

    [GeneratedRegex("[0-9]{6}")]
    private static partial Regex Digits();

    [GeneratedRegex("name=\"form\" value=\"[^\"]+\"")]
    private static partial Regex Token();

    /// <summary>A browser without script.</summary>
    internal sealed class Visitor(Life life) : IDisposable
    {
        private readonly HttpClient _client = new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = life.Host.Address };

        internal Task<HttpResponseMessage> AnswerAsync(string path) => _client.GetAsync(new Uri(path, UriKind.Relative));

        internal async Task<string> GetAsync(string path)
        {
            using var answer = await AnswerAsync(path);

            return await answer.Content.ReadAsStringAsync();
        }

        /// <summary>Reads the form, fills it in and sends it.</summary>
        /// <returns>With the page, or where it leads.</returns>
        internal async Task<(HttpStatusCode Status, string Page)> PostAsync(string path, Dictionary<string, string> fields)
        {
            var token = Regex.Match(await GetAsync(path), "name=\"form\" value=\"([^\"]+)\"").Groups[1].Value;
            using var form = new FormUrlEncodedContent([.. fields, new("form", token)]);
            using var answer = await _client.PostAsync(new Uri(path, UriKind.Relative), form);

            return (answer.StatusCode, answer.Headers.Location?.ToString() ?? await answer.Content.ReadAsStringAsync());
        }

        internal async Task ReplyAsync(string from, string text)
        {
            using var form = new FormUrlEncodedContent([new("from", from), new("text", text)]);
            using var answer = await _client.PostAsync(new Uri("/sandbox", UriKind.Relative), form);
        }

        public void Dispose() => _client.Dispose();
    }
}
