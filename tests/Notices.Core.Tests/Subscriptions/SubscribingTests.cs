using Microsoft.EntityFrameworkCore;
using Notices.Deliveries;
using Notices.Testing;
using Xunit;

namespace Notices.Subscriptions;

/// <summary>Nobody is subscribed without having confirmed, and nobody learns of an address by trying it.</summary>
public class SubscribingTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<DatabaseKind> Both => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    [Theory, MemberData(nameof(Both))]
    public async Task A_mail_address_is_subscribed_by_its_link_and_erased_when_it_withdraws(DatabaseKind kind)
    {
        await using var desks = await SubscriptionDesks.OpenAsync(kind);

        var asked = await desks.AskAsync("Reader@Example.org", "jx-f03");
        Assert.Equal((SubscriptionDesks.Mail, "城关031线（JX-F03）"), (asked.Value!.Address, asked.Value.About.Name.Chinese));
        var message = await desks.LastAsync();
        Assert.StartsWith("请确认订阅", message.Subject, StringComparison.Ordinal);
        var token = SubscriptionDesks.TokenOf(message.Body);
        var waiting = Assert.Single(await desks.RowsAsync());
        Assert.Null(waiting.ConfirmedAt);
        Assert.DoesNotContain(token, waiting.TokenDigest, StringComparison.Ordinal);

        // Looking changes nothing: mail scanners follow links.
        Assert.False((await desks.DoAsync(desk => desk.FindByTokenAsync(token, None)))!.Confirmed);
        Assert.Null((await desks.RowsAsync())[0].ConfirmedAt);
        var view = (await desks.DoAsync(desk => desk.ConfirmAsync(token, None)))!;
        Assert.Equal((true, "r•••@example.org"), (view.Confirmed, view.Address));
        await desks.DoAsync(desk => desk.ConfirmAsync(token, None));
        Assert.Null(await desks.DoAsync(desk => desk.FindByTokenAsync(new string('0', 32), None)));

        Assert.True((await desks.DoAsync(desk => desk.WithdrawAsync(view.Mark, None)))!.Withdrawn);
        await desks.DoAsync(desk => desk.WithdrawAsync(view.Mark, None));
        var ended = Assert.Single(await desks.RowsAsync());
        Assert.Equal((null, null, desks.Desk.Now), (ended.Address, ended.TokenDigest, ended.WithdrawnAt));
        Assert.Null(await desks.DoAsync(desk => desk.ConfirmAsync(token, None)));
        Assert.True((await desks.DoAsync(desk => desk.FindAsync(view.Mark, None)))!.Withdrawn);
        Assert.Null(await desks.DoAsync(desk => desk.WithdrawAsync(desks.Marks.Of(ended.Id, MarkPurpose.Unsubscribe), None)));

        var entries = await desks.EntriesAsync();
        Assert.Equal(["subscription.asked", "subscription.confirmed", "subscription.ended"], entries.Select(entry => entry.Action));
        Assert.All(entries, entry => Assert.DoesNotContain("example.org", entry.Line, StringComparison.OrdinalIgnoreCase));
        Assert.All(entries, entry => Assert.DoesNotContain(token, entry.Line, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_number_is_subscribed_by_its_code_which_five_wrong_ones_make_worthless(DatabaseKind kind)
    {
        await using var desks = await SubscriptionDesks.OpenAsync(kind);
        Assert.Equal(SubscriptionDesks.Number, (await desks.AskAsync("139 1234 5678")).Value!.Address);
        var body = (await desks.LastAsync()).Body;
        Assert.StartsWith("【国网井陉供电】您正在订阅东街村的停电通知", body, StringComparison.Ordinal);
        Assert.DoesNotContain("http", body, StringComparison.Ordinal);
        var code = SubscriptionDesks.CodeOf(body);
        var wrong = code == "000000" ? "000001" : "000000";

        for (var i = 0; i < 5; i++) Assert.Equal("subscription-code-wrong", (await desks.DoAsync(desk => desk.ConfirmAsync("13912345678", wrong, None))).Problems[0].Code);
        Assert.False((await desks.DoAsync(desk => desk.ConfirmAsync("13912345678", code, None))).Ok);

        // Asked for again, the old code is worth nothing.
        desks.Desk.Clock.Advance(desks.Options.CoolDown);
        await desks.AskAsync("13912345678");
        var second = SubscriptionDesks.CodeOf((await desks.LastAsync()).Body);
        if (second != code) Assert.False((await desks.DoAsync(desk => desk.ConfirmAsync("13912345678", code, None))).Ok);
        // As people type it, and for nobody else's number.
        Assert.False((await desks.DoAsync(desk => desk.ConfirmAsync("13912345679", second, None))).Ok);
        Assert.True((await desks.DoAsync(desk => desk.ConfirmAsync("+86 139 1234 5678", $" {second[..3]} {second[3..]}", None))).Ok);
        Assert.NotNull(Assert.Single(await desks.RowsAsync()).ConfirmedAt);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task What_is_not_confirmed_within_a_day_lapses_and_is_erased(DatabaseKind kind)
    {
        await using var desks = await SubscriptionDesks.OpenAsync(kind);
        await desks.AskAsync(SubscriptionDesks.Mail);
        var token = SubscriptionDesks.TokenOf((await desks.LastAsync()).Body);
        await desks.SubscribeAsync(SubscriptionDesks.Number);

        desks.Desk.Clock.Advance(TimeSpan.FromHours(23));
        Assert.Equal(0, await desks.LapseAsync());
        desks.Desk.Clock.Advance(TimeSpan.FromHours(1));
        // Also before anybody has swept it up.
        Assert.Null(await desks.DoAsync(desk => desk.ConfirmAsync(token, None)));
        Assert.Equal(1, await desks.LapseAsync());

        Assert.Equal(SubscriptionDesks.Number, Assert.Single(await desks.RowsAsync()).Address);
        Assert.Contains("subscriptions.lapsed", (await desks.EntriesAsync()).Select(entry => entry.Action));
        Assert.Equal(0, await desks.LapseAsync());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task An_address_gets_few_messages_whoever_asks_and_every_answer_is_the_same(DatabaseKind kind)
    {
        await using var desks = await SubscriptionDesks.OpenAsync(kind);
        string Said(Result<SubscriptionAsked> answer) => $"{answer.Ok} {answer.Value!.Medium} {answer.Value.Address}";
        var first = Said(await desks.AskAsync(SubscriptionDesks.Number));

        // At once by many: one message.
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => desks.AskAsync(SubscriptionDesks.Number, "西街村")))), answer => Assert.Equal(first, Said(answer)));
        Assert.Equal(1, await desks.MessagesAsync());
        Assert.Single(await desks.RowsAsync());

        for (var i = 0; i < 10; i++)
        {
            desks.Desk.Clock.Advance(TimeSpan.FromMinutes(3));
            Assert.Equal(first, Said(await desks.AskAsync(SubscriptionDesks.Number, i % 2 == 0 ? "西街村" : "南关村")));
        }

        Assert.Equal(desks.Options.MessagesPerDay, await desks.MessagesAsync());
        // Withdrawing and lapsing do not start the counting anew.
        await desks.DoAsync(desk => desk.EndAsync(SubscriptionDesks.Number, Medium.Sms, "page", SubscriptionAsking.Visitor, None));
        await desks.AskAsync(SubscriptionDesks.Number);
        Assert.Equal(desks.Options.MessagesPerDay, await desks.MessagesAsync());
        desks.Desk.Clock.Advance(TimeSpan.FromHours(24));
        await desks.AskAsync(SubscriptionDesks.Number);
        Assert.Equal(desks.Options.MessagesPerDay + 1, await desks.MessagesAsync());
        Assert.All(await desks.EntriesAsync(), entry => Assert.DoesNotContain("39123456", entry.Line, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Whoever_has_it_already_or_has_too_many_is_told_so_at_the_address_alone(DatabaseKind kind)
    {
        await using var desks = await SubscriptionDesks.OpenAsync(kind);
        desks.Options.MessagesPerDay = 20;
        desks.Options.PerAddress = 3;
        var mark = await desks.SubscribeAsync(SubscriptionDesks.Mail);

        desks.Desk.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.True((await desks.AskAsync(SubscriptionDesks.Mail)).Ok);
        Assert.Contains("/subscriptions/" + mark, (await desks.LastAsync()).Body, StringComparison.Ordinal);
        await desks.SubscribeAsync(SubscriptionDesks.Mail, "西街村");
        await desks.SubscribeAsync(SubscriptionDesks.Mail, "JX");
        desks.Desk.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.True((await desks.AskAsync(SubscriptionDesks.Mail, "南关村")).Ok);

        Assert.Contains("已有3项订阅", (await desks.LastAsync()).Body, StringComparison.Ordinal);
        Assert.Equal(3, (await desks.RowsAsync()).Count);
        Assert.Equal([null, null, desks.Desk.Organisation], (await desks.RowsAsync()).Select(row => row.OrganisationId));
    }

    [Theory]
    [InlineData("medium", "subscription-medium-missing", "", "a@example.org", "东街村", "")]
    [InlineData("medium", "subscription-medium-missing", "voice", "a@example.org", "东街村", "")]
    [InlineData("address", "subscription-address-missing", "email", " ", "东街村", "")]
    [InlineData("address", "subscription-mail-wrong", "email", "a@example", "东街村", "")]
    [InlineData("address", "subscription-number-wrong", "sms", "a@example.org", "东街村", "")]
    [InlineData("address", "subscription-number-wrong", "sms", "0311-8765432", "东街村", "")] // a landline takes no SMS
    [InlineData("find", "subscription-nothing-chosen", "email", "a@example.org", "", "")]
    [InlineData("find", "subscription-nothing-found", "email", "a@example.org", "<script>", "")]
    [InlineData("about", "subscription-choose", "email", "a@example.org", "关", "")] // two villages and a line
    [InlineData("county", "subscription-county-unknown", "email", "a@example.org", "", "county-999")]
    [InlineData("county", "subscription-county-unknown", "email", "a@example.org", "", "place-1")]
    [InlineData("medium", "subscription-area-by-mail", "sms", "13800001111", "", "county-1")]
    [InlineData("county", "subscription-one-only", "email", "a@example.org", "东街村", "county-1")]
    public async Task What_is_wrong_is_said_at_its_field_and_nothing_is_kept(string field, string code, string medium, string address, string find, string county)
    {
        await using var desks = await SubscriptionDesks.OpenAsync(DatabaseKind.Sqlite);

        var answer = await desks.AskAsync(address, request: new AskSubscription { Medium = medium, Address = address, Find = find, County = county, Language = "en" });

        Assert.Equal((code, field), Assert.Single(answer.Problems) is var problem ? (problem.Code, problem.Field!) : default);
        Assert.Empty(await desks.RowsAsync());
        Assert.Equal(0, await desks.MessagesAsync());
    }

    [Fact]
    public async Task A_choice_counts_for_the_words_it_was_shown_for()
    {
        await using var desks = await SubscriptionDesks.OpenAsync(DatabaseKind.Sqlite);
        var found = await desks.Desk.ReadAsync(db => new SubscriptionTargets(db).FindAsync("关", None));
        Assert.Equal(["北关村", "南关村", "城关031线（JX-F03）"], found.Select(one => one.Name.Chinese).Order(StringComparer.Ordinal));
        var chosen = found.Single(one => one.Name.Chinese == "南关村").Key;
        var request = new AskSubscription { Medium = "email", Address = SubscriptionDesks.Mail, Find = "关", Found = "关", About = chosen, Language = "en" };

        Assert.Equal("subscription-choose", (await desks.AskAsync("", request: request with { Found = "村" })).Problems[0].Code);
        Assert.Equal("南关村", (await desks.AskAsync("", request: request)).Value!.About.Name.Chinese);
    }
}
