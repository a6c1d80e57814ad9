using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Notices.Access;
using Notices.Testing;

namespace Notices;

/// <summary>Somebody who is no customer subscribes by both media, confirms, is told of an outage, and ends it.</summary>
public sealed partial class SubscribeJourneyTests
{
    private const string Number = "+8613912345678", Mail = "reader@example.org";

    [Theory]
    [InlineData(DatabaseKind.Sqlite, "zh-CN", 390)]
    [InlineData(DatabaseKind.PostgreSql, "en-GB", 1280)]
    public async Task A_visitor_subscribes_confirms_is_told_and_withdraws(DatabaseKind kind, string locale, int width)
    {
        await using var world = await World.StartAsync(kind, new() { ["Providers:main:Media"] = "sms,voice,email" });
        await using var db = world.Host.Database.Open();
        var page = await world.VisitAsync(locale, width);
        await page.GotoAsync("/");
        await page.ClickAsync("footer a[href^='/subscribe']");
        await World.LookAsync(page, $"subscribe-{locale}-{width}");
        await page.FillAsync("#find", "城关镇");
        await page.FillAsync("#address", "1391234");
        await page.ClickAsync("main form button");
        await Assertions.Expect(page.Locator("#wrong-about")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#wrong-address")).ToBeVisibleAsync();
        await World.LookAsync(page, $"subscribe-wrong-{locale}-{width}");
        await page.FillAsync("#address", "139 1234 5678");
        await page.Locator("input[name=about]").First.CheckAsync();
        await page.ClickAsync("main form button");
        await page.WaitForSelectorAsync("#code");
        await World.LookAsync(page, $"subscribe-code-{locale}-{width}");

        // The telephone answers.
        await LeftAsync(world, 1);
        var telephone = await world.VisitAsync(locale, width);
        await telephone.GotoAsync("/sandbox");
        await telephone.FillAsync("input[name=from]", Number);
        await telephone.FillAsync("input[name=text]", Digits().Match(await telephone.InnerTextAsync("tbody tr:first-child td.text")).Value);
        await telephone.ClickAsync("form button");
        await TestHost.UntilAsync(() => db.Subscriptions.AnyAsync(s => s.ConfirmedAt != null), "the reply confirms");

        // The mail's link, from the page of a line.
        await page.GotoAsync("/subscribe?feeder=JX-F03");
        await page.CheckAsync("input[value=email]");
        await page.FillAsync("#address", Mail);
        await page.ClickAsync("main form button");
        await LeftAsync(world, 2);
        await telephone.GotoAsync("/sandbox");
        await page.GotoAsync(Link().Match(await telephone.InnerTextAsync("tbody")).Value);
        await World.LookAsync(page, $"subscribe-confirm-{locale}-{width}");
        await page.ClickAsync("main form button");
        await Assertions.Expect(page.Locator(".state.over")).ToBeVisibleAsync();
        await World.LookAsync(page, $"subscription-{locale}-{width}");

        await PublishAsync(world);
        await telephone.GotoAsync("/sandbox");
        Assert.Equal(1, await telephone.Locator("tbody tr", new PageLocatorOptions { HasText = Mail }).Filter(new LocatorFilterOptions { HasText = "JX-2026-00001" }).CountAsync());
        Assert.Equal(1, await telephone.Locator("tbody tr", new PageLocatorOptions { HasText = Number }).Filter(new LocatorFilterOptions { HasText = "08:00" }).CountAsync());

        await page.ClickAsync("button.bad");
        await Assertions.Expect(page.Locator(".state.news")).ToBeVisibleAsync();
        await World.LookAsync(page, $"subscription-ended-{locale}-{width}");
        Assert.Equal([Number], await db.Subscriptions.Where(s => s.WithdrawnAt == null).Select(s => s.Address!).ToListAsync());
        Assert.DoesNotContain(Mail, string.Concat(await db.AuditEntries.Select(entry => entry.Line).ToListAsync()), StringComparison.Ordinal);
    }

    private static Task LeftAsync(World world, int count) => TestHost.UntilAsync(
        async () =>
        {
            await using var db = world.Host.Database.Open();

            return await db.SubscriptionMessages.CountAsync(m => m.EndedAt != null) == count;
        },
        $"{count} messages have left");

    private static async Task PublishAsync(World world)
    {
        var start = DateTimeOffset.Parse("2026-12-01T08:00:00+08:00", System.Globalization.CultureInfo.InvariantCulture);
        var number = (string)(await world.Host.PostAsync(Role.Dispatcher, "/api/v1/outages", TestCounty.Plan(start), 201))["number"]!;
        await world.Host.PostAsync(Role.Dispatcher, $"/api/v1/outages/{number}/submit");
        await world.Host.PostAsync(Role.Approver, $"/api/v1/outages/{number}/approve");
        await world.LiveThroughAsync("2026-11-23T09:10:00");
    }

    [GeneratedRegex("[0-9]{6}")]
    private static partial Regex Digits();

    [GeneratedRegex("/subscriptions/confirm/[0-9a-f]{32}")]
    private static partial Regex Link();
}
