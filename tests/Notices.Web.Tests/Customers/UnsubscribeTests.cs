using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Access;
using Notices.Deliveries;
using Notices.Publishing;
using Notices.Testing;

namespace Notices.Customers;

/// <summary>Whoever got a mail stops reminders and news by its link, without a key or a cookie.</summary>
public class UnsubscribeTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task One_click_stops_reminders_to_that_address_and_nothing_that_must_be_told(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        var number = await life.PublishedAsync();
        var (mark, address) = await MailAsync(life);

        var (shown, page) = await GetAsync(life, mark);
        Assert.Equal(HttpStatusCode.OK, shown);
        Assert.Contains("<html lang=\"zh-CN\">", page, StringComparison.Ordinal);
        Assert.Contains("依法必须发送", page, StringComparison.Ordinal);
        Assert.Contains("<form method=\"post\">", page, StringComparison.Ordinal);
        Assert.DoesNotContain(address, page, StringComparison.Ordinal);
        Assert.Empty(await OptOutsAsync(life)); // Filters follow links.

        Assert.All(await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PostAsync(life, mark, ("List-Unsubscribe", "One-Click")))), answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal([address], await OptOutsAsync(life));
        Assert.Contains("Receive them again", (await GetAsync(life, mark + "?lang=en")).Page, StringComparison.Ordinal);

        var got = life.Got(address).Count;
        await life.GoToAsync(Life.At("2026-11-30T08:00:00"));
        await using var db = life.Host.Database.Open();
        var left = await db.Deliveries.Where(d => d.Address == address && db.Rounds.Any(r => r.Id == d.RoundId && r.Notice!.Type == NoticeType.Reminder)).Select(d => new { d.State, d.Reason }).SingleAsync();
        Assert.Equal((DeliveryState.Suppressed, "opted-out"), (left.State, left.Reason));
        Assert.Equal(11, (await life.ToldAsync(number, NoticeType.Reminder)).Count(told => told.State == DeliveryState.Delivered));
        Assert.Equal(got, life.Got(address).Count);
        await life.DoAsync(number, "cancel", new { reason = "weather" });
        await life.GoToAsync(Life.At("2026-11-30T09:00:00"));
        Assert.Equal(got + 1, life.Got(address).Count); // A cancellation is told to everyone told before.

        Assert.Contains("停止接收提醒和资讯", (await PostAsync(life, mark, ("again", "1"))).Page, StringComparison.Ordinal);
        Assert.Empty(await OptOutsAsync(life));
        await PostAsync(life, mark, ("again", "1"));
        var entries = await db.AuditEntries.Where(e => e.Action.StartsWith("contact.opted")).OrderBy(e => e.Sequence).ToListAsync();
        Assert.Equal(["contact.opted-out", "contact.opted-in"], entries.Select(e => e.Action));
        Assert.All(entries, e => Assert.DoesNotContain(address, e.Line + e.Subject, StringComparison.Ordinal));
        await life.ProveAsync();
    }

    [Fact]
    public async Task A_link_made_up_of_another_purpose_or_to_an_erased_address_changes_nothing()
    {
        await using var life = await Life.StartAsync();
        await life.PublishedAsync();
        var (mark, _) = await MailAsync(life);
        var id = long.Parse(mark[..mark.IndexOf('.', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture);
        var marks = life.Host.Services.GetRequiredService<DeliveryMarks>();
        await using var db = life.Host.Database.Open();
        var message = await db.Deliveries.Where(d => d.Medium == Medium.Sms).Select(d => d.Id).FirstAsync();

        foreach (var wrong in (string[])[mark[..^1], "1.<script>", marks.Of(id, MarkPurpose.Bounce), marks.Of(message, MarkPurpose.Unsubscribe), marks.Of(987654321, MarkPurpose.Unsubscribe)])
        {
            var (status, page) = await PostAsync(life, wrong, ("List-Unsubscribe", "One-Click"));
            Assert.Equal(HttpStatusCode.NotFound, status);
            Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        }

        await db.Deliveries.Where(d => d.Id == id).ExecuteUpdateAsync(set => set.SetProperty(d => d.Address, (string?)null));
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(life, mark)).Status);
        Assert.Empty(await OptOutsAsync(life));
    }

    [Fact]
    public async Task Whatever_is_posted_the_wish_is_heard_and_what_is_too_long_is_not_read()
    {
        await using var life = await Life.StartAsync();
        await life.PublishedAsync();
        var (mark, address) = await MailAsync(life);
        using var client = new HttpClient { BaseAddress = life.Host.Address };

        using var broken = new StringContent("--x\r\ngarbage");
        broken.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse("multipart/form-data; boundary=y");
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync(new Uri($"/unsubscribe/{mark}", UriKind.Relative), broken)).StatusCode);
        Assert.Equal([address], await OptOutsAsync(life));
        using var parts = new MultipartFormDataContent { { new StringContent("One-Click"), "List-Unsubscribe" } };
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync(new Uri($"/unsubscribe/{mark}", UriKind.Relative), parts)).StatusCode);
        using var longer = new FormUrlEncodedContent([KeyValuePair.Create("x", new string('x', 10_000))]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await client.PostAsync(new Uri($"/unsubscribe/{mark}", UriKind.Relative), longer)).StatusCode);
    }

    [Fact]
    public async Task A_contact_is_stopped_by_whoever_else_heard_the_wish()
    {
        await using var life = await Life.StartAsync();
        await using var db = life.Host.Database.Open();
        var contact = await db.Contacts.FirstAsync();
        await using var scope = life.Host.Services.CreateAsyncScope();
        var wishes = scope.ServiceProvider.GetRequiredService<OptingOut>();

        Assert.True(await wishes.SetContactAsync(contact.Id, true, "hotline", Actor.System, default));
        Assert.False(await wishes.SetContactAsync(-1, true, "hotline", Actor.System, default));
        Assert.Equal([contact.Address], await OptOutsAsync(life));
    }

    /// <summary>One of the messages told becomes a mail, with all that hangs on it.</summary>
    private static async Task<(string Mark, string Address)> MailAsync(Life life)
    {
        await using var db = life.Host.Database.Open();
        var one = await db.Deliveries.OrderBy(d => d.Id).FirstAsync();
        await db.Deliveries.Where(d => d.Id == one.Id).ExecuteUpdateAsync(set => set.SetProperty(d => d.Medium, Medium.Email));

        return (life.Host.Services.GetRequiredService<DeliveryMarks>().Of(one.Id, MarkPurpose.Unsubscribe), one.Address!);
    }

    private static async Task<List<string>> OptOutsAsync(Life life)
    {
        await using var db = life.Host.Database.Open();

        return await db.OptOuts.Select(o => o.Address).ToListAsync();
    }

    private static async Task<(HttpStatusCode Status, string Page)> GetAsync(Life life, string mark)
    {
        using var client = new HttpClient { BaseAddress = life.Host.Address };
        using var answer = await client.GetAsync(new Uri($"/unsubscribe/{mark}", UriKind.Relative));

        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<(HttpStatusCode Status, string Page)> PostAsync(Life life, string mark, params (string Name, string Value)[] fields)
    {
        using var client = new HttpClient { BaseAddress = life.Host.Address };
        using var body = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var answer = await client.PostAsync(new Uri($"/unsubscribe/{mark}", UriKind.Relative), body);

        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
