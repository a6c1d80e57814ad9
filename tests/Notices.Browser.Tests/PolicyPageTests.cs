using Microsoft.Playwright;
using Notices.Testing;

namespace Notices;

/// <summary>The policy in force, as anybody of the staff reads it.</summary>
public sealed class PolicyPageTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite, "zh-CN", 1280, "cn")]
    [InlineData(DatabaseKind.PostgreSql, "en-GB", 1280, "gb")]
    [InlineData(DatabaseKind.Sqlite, "en-GB", 390, "au")]
    public async Task Every_rule_stands_there_with_its_source_and_what_nobody_checked_is_marked(DatabaseKind kind, string locale, int width, string jurisdiction)
    {
        await using var world = await World.StartAsync(kind, new Dictionary<string, string?> { ["Policy:Jurisdiction"] = jurisdiction });
        var page = await world.OpenAsync("li", locale, width);
        await World.GoAsync(page, "/console/policy");
        var policy = Policy.PolicyFile.Load(Path.Combine(Repository.Root, "config"), jurisdiction).Value!;
        await Assertions.Expect(page.Locator("h2 code")).ToHaveTextAsync($"config/policy/{jurisdiction}.json");
        var text = await page.Locator("main").InnerTextAsync();
        Assert.All(policy.LeadTimes, rule => Assert.Contains(rule.Source, text, StringComparison.Ordinal));
        Assert.All(policy.ProtectedPeriods, period => Assert.Contains(period.Name.In(locale[..2] == "zh" ? "zh-CN" : "en"), text, StringComparison.Ordinal));
        Assert.Contains(policy.Holidays.Source, text, StringComparison.Ordinal);

        var open = policy.LeadTimes.Count(rule => rule.CheckedOn is null) + (policy.Paper.CheckedOn is null ? 1 : 0);
        await Assertions.Expect(page.Locator(".rules .chip.t-amber")).ToHaveCountAsync(open);
        if (open > 0) await Assertions.Expect(page.Locator("#unchecked")).ToContainTextAsync(open.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await Assertions.Expect(page.Locator("td", new PageLocatorOptions { HasText = TestCounty.Code }).First).ToBeVisibleAsync();
        await World.LookAsync(page, $"policy-{locale}-{width}");
    }
}
