using Microsoft.Playwright;
using Notices.Testing;

namespace Notices;

/// <summary>What goes on paper: the notice on a village board, the certificate into a file.</summary>
public sealed class PrintTests
{
    [Theory]
    [InlineData("zh-CN")]
    [InlineData("en-GB")]
    public async Task The_notice_and_the_certificate_print_black_on_white_without_what_only_a_screen_needs(string locale)
    {
        await using var world = await World.StartAsync(DatabaseKind.Sqlite);
        var number = await world.ApprovedAsync();
        await world.LiveThroughAsync("2026-11-23T09:00:00");
        var staff = await world.OpenAsync("zhao", locale, dark: true);
        await World.GoAsync(staff, $"/console/outages/{number}");
        var certificate = await staff.Locator(".round a").First.GetAttributeAsync("href");
        await PrintedAsync(staff, $"story-print-{locale}", ".top, .bar, .tabs");

        await staff.GotoAsync(certificate!);
        await PrintedAsync(staff, $"certificate-print-{locale}", "header");
        Assert.Contains(number, await staff.Locator("main").InnerTextAsync(), StringComparison.Ordinal);

        var reader = await world.VisitAsync(locale);
        await reader.GotoAsync($"/outages/{number}");
        await PrintedAsync(reader, $"notice-print-{locale}", "nav, footer, .back");
        Assert.Contains("95598", await reader.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
    }

    /// <param name="screen">What has no place on paper.</param>
    private static async Task PrintedAsync(IPage page, string name, string screen)
    {
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        foreach (var part in await page.Locator(screen).AllAsync()) Assert.False(await part.IsVisibleAsync(), name);
        var dark = await page.EvaluateAsync<string[]>("[...document.querySelectorAll('main, main *')].filter(one => one.getClientRects().length && one.textContent.trim()).map(one => getComputedStyle(one).color).filter(color => Math.max(...color.match(/\\d+/g).slice(0, 3)) > 200)");
        Assert.True(dark.Length == 0, $"{name}: pale on paper: {string.Join(", ", dark.Distinct())}");
        var pages = await page.PdfAsync(new PagePdfOptions { Format = "A4" });
        Assert.InRange(System.Text.RegularExpressions.Regex.Count(System.Text.Encoding.Latin1.GetString(pages), "/Type /Page\\b"), 1, 4);
        await page.SetViewportSizeAsync(794, 1123); // A4 at 96 points to the inch.
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = World.Picture(name), FullPage = true });
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Screen });
    }
}
