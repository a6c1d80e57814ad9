using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Notices.Access;
using Notices.Testing;

namespace Notices;

/// <summary>The real service, the made-up county and a real browser; one person a window.</summary>
internal sealed partial class World : IAsyncDisposable
{
    private const string Chromium = "/usr/bin/chromium";
    private const string Password = "four unrelated words";

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly Dictionary<string, string> _keys = [];

    private World(TestHost host, IPlaywright playwright, IBrowser browser) => (Host, _playwright, _browser) = (host, playwright, browser);

    internal TestHost Host { get; }

    /// <summary>Null where there is a browser, otherwise how to get one.</summary>
    internal static string? Missing => File.Exists(Chromium) ? null : "chromium is not installed: apt-get install chromium";

    /// <summary>Where pictures of the pages are left; beside the program unless the environment says.</summary>
    private static string Pictures => Environment.GetEnvironmentVariable("NOTICES_PICTURES") is { Length: > 0 } folder ? folder : Path.Combine(AppContext.BaseDirectory, "pictures");

    static World() => Assertions.SetDefaultExpectTimeout(20_000);

    internal static async Task<World> StartAsync(DatabaseKind kind, Dictionary<string, string?>? settings = null)
    {
        Assert.SkipWhen(Missing is not null && Environment.GetEnvironmentVariable("CI") != "true", Missing ?? "");
        settings ??= [];
        settings.TryAdd("Providers:main:ReceiptDelay", "00:00:00");
        var host = await TestHost.StartAsync(kind, settings: settings);
        await TestCounty.SeedAsync(host.Database);
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });

        var world = new World(host, playwright, browser);
        foreach (var (name, display, role) in ((string, string, Role)[])[("li", "李调度", Role.Dispatcher), ("wang", "王审批", Role.Approver), ("zhao", "赵审计", Role.Auditor), ("sun", "孙管理", Role.Administrator)]) await world.AddAsync(name, display, role);

        return world;
    }

    /// <summary>Somebody who may sign in.</summary>
    internal async Task AddAsync(string name, string display, Role role, string organisation = TestCounty.Code)
    {
        await using var scope = Host.Services.CreateAsyncScope();
        Assert.True((await scope.ServiceProvider.GetRequiredService<UserDesk>().AddAsync(new AddUser(name, Password, [role], organisation, display), Actor.System, default)).Ok);
    }

    /// <summary>Somebody at a browser of their own, signed in.</summary>
    /// <param name="width">Points; 390 is a telephone.</param>
    /// <param name="organisation">Where somebody unknown is made a dispatcher of.</param>
    internal async Task<IPage> OpenAsync(string name, string locale, int width = 1280, bool dark = false, bool script = true, string? organisation = null)
    {
        if (organisation is not null)
        {
            await using var scope = Host.Services.CreateAsyncScope();
            Assert.True((await scope.ServiceProvider.GetRequiredService<UserDesk>().AddAsync(new AddUser(name, Password, [Role.Dispatcher], organisation), Actor.System, default)).Ok);
        }

        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Host.Address.ToString(),
            Locale = locale,
            JavaScriptEnabled = script,
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
        });
        context.SetDefaultTimeout(30_000);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/sign-in");
        await page.FillAsync("#name", name);
        await page.FillAsync("#password", Password);
        await page.ClickAsync("button");
        // Approvers have an authenticator; at their first window they set it up.
        if (page.Url.EndsWith("/sign-in/authenticator", StringComparison.Ordinal))
        {
            _keys[name] = await page.Locator("code").InnerTextAsync();
            await page.FillAsync("#code", Authenticator.Code(_keys[name]));
            await page.ClickAsync("button");
        }
        else if (page.Url.EndsWith("/sign-in/code", StringComparison.Ordinal))
        {
            await page.FillAsync("#code", Authenticator.Code(_keys[name], 1));
            await page.ClickAsync("button");
        }

        Assert.EndsWith("/console", page.Url, StringComparison.Ordinal);

        return page;
    }

    /// <summary>Somebody of the public.</summary>
    internal async Task<IPage> VisitAsync(string locale, int width = 1280)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = Host.Address.ToString(), Locale = locale, ViewportSize = new ViewportSize { Width = width, Height = 900 } });

        return await context.NewPageAsync();
    }

    /// <summary>Goes there and waits until the page is live.</summary>
    internal static async Task GoAsync(IPage page, string path)
    {
        await page.GotoAsync(path);
        await LiveAsync(page);
    }

    /// <summary>Waits until the address ends so; also one that changes without a load.</summary>
    internal static Task AtAsync(IPage page, string end) => Assertions.Expect(page).ToHaveURLAsync(new Regex(Regex.Escape(end) + "$"), new PageAssertionsToHaveURLOptions { Timeout = 30_000 });

    internal static async Task LiveAsync(IPage page)
    {
        await page.WaitForSelectorAsync("main[data-live=yes]");
        await page.WaitForFunctionAsync("document.title.length > 0");
    }

    /// <summary>Where a picture of that name is left.</summary>
    internal static string Picture(string name) => Path.Combine(Directory.CreateDirectory(Pictures).FullName, name + ".png");

    /// <summary>Keeps a picture, and checks the page: no violation of WCAG 2.2 AA, no code in place of a word, nothing wider than the window.</summary>
    internal static async Task LookAsync(IPage page, string name)
    {
        Assert.Equal(0, await page.Locator(".fault").CountAsync());
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Picture(name), FullPage = true });
        var found = await page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } });
        Assert.True(found.Violations.Length == 0, $"{name}: {string.Join("; ", found.Violations.Select(v => $"{v.Id} {v.Help}: {string.Join(", ", v.Nodes.Take(3).Select(n => n.Html))}"))}");
        var wider = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(wider <= 0, $"{name} is {wider} points wider than its window.");
        var burst = await page.EvaluateAsync<string[]>("[...document.querySelectorAll('.card')].filter(card => card.scrollWidth > card.clientWidth + 1).map(card => card.querySelector('h2')?.textContent ?? card.id)");
        Assert.True(burst.Length == 0, $"{name}: what stands in {string.Join(", ", burst)} is wider than its card.");
        Assert.DoesNotMatch(BareCode(), await page.Locator("body").InnerTextAsync());
    }

    /// <summary>A planned outage of 1 December, approved and not yet published.</summary>
    internal async Task<string> ApprovedAsync()
    {
        var number = (string)(await Host.PostAsync(Role.Dispatcher, "/api/v1/outages", TestCounty.Plan(DateTimeOffset.Parse("2026-12-01T08:00:00+08:00", System.Globalization.CultureInfo.InvariantCulture)), 201))["number"]!;
        await Host.PostAsync(Role.Dispatcher, $"/api/v1/outages/{number}/submit");
        await Host.PostAsync(Role.Approver, $"/api/v1/outages/{number}/approve");

        return number;
    }

    /// <summary>Moves the service's clock and lets it do what has fallen due.</summary>
    internal Task LiveThroughAsync(string moment) => Host.LiveThroughAsync(DateTimeOffset.Parse(moment + "+08:00", System.Globalization.CultureInfo.InvariantCulture));

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        await Host.DisposeAsync();
    }

    /// <summary>What a word missing from the resources looks like.</summary>
    [GeneratedRegex(@"\b(?:OutageStatus|kind|type|round|MomentKind|TemplateMedium|ContactKind|ImportKind|Role|can|Act|lead|deed|risk|state|audience|tier|field|member)-[A-Za-z0-9.]+\b")]
    private static partial Regex BareCode();
}
