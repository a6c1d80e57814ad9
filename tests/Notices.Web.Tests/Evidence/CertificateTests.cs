using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Deliveries;
using Notices.Testing;

namespace Notices.Evidence;

/// <summary>From a published notice to a certificate that proves itself, through the doors.</summary>
public class CertificateTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_round_ends_in_a_certificate_anybody_on_the_staff_can_check(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind, settings: new() { ["Providers:main:Rules:000003"] = "refuse" });
        var number = await life.PublishedAsync();
        var id = await ClosedAsync(life);

        var round = await life.Host.GetAsync(Role.Auditor, $"/api/v1/rounds/{id}");
        Assert.Equal("refused-by-carrier", (string)round["reasons"]![0]!["reason"]!);
        Assert.Equal((int)round["counts"]!["snapshot"]!, round["tiers"]!.AsArray().Sum(tier => (int)tier!["recipients"]!["total"]!));
        Assert.Equal("sms", (string)round["media"]![0]!["medium"]!);

        var certificate = await life.Host.GetAsync(Role.Auditor, $"/api/v1/rounds/{id}/certificate");
        var stated = certificate["statement"]!;
        Assert.False((bool)certificate["provisional"]!);
        Assert.True((bool)certificate["verified"]!);
        Assert.Equal(number + ".1", (string)stated["notice"]!["identifier"]!);
        Assert.Equal(11, (int)stated["recipients"]!["delivered"]!);
        Assert.Equal(["dispatcher", "approver"], new[] { (string)stated["people"]!["submittedBy"]!, (string)stated["people"]!["approvedBy"]! });
        Assert.Contains(stated["texts"]!.AsArray(), text => (string)text!["medium"]! == "sms" && (int)text["messages"]! > 0);
        Assert.Contains(stated["texts"]!.AsArray(), text => (string)text!["medium"]! == "feed");
        Assert.DoesNotContain("+8613800", stated.ToJsonString(), StringComparison.Ordinal);

        using var statement = await (await life.Host.AsAsync(Role.Dispatcher)).GetAsync(new Uri($"/api/v1/rounds/{id}/certificate?part=statement", UriKind.Relative));
        Assert.Equal((string)certificate["sha256"]!, Convert.ToHexStringLower(SHA256.HashData(await statement.Content.ReadAsByteArrayAsync())));

        foreach (var (language, title) in ((string, string)[])[("zh-CN", "停电通知送达证明"), ("en", "Certificate of notification")])
        {
            var page = await (await life.Host.AsAsync(Role.Auditor)).GetStringAsync(new Uri($"/rounds/{id}/certificate?lang={language}", UriKind.Relative));
            Assert.Contains($"<h1>{title}</h1>", page, StringComparison.Ordinal);
            Assert.Contains((string)certificate["sha256"]!, page, StringComparison.Ordinal);
            Assert.Contains("2026-11-23 09:00:00 +08:00", page, StringComparison.Ordinal);
            Assert.DoesNotContain("class=\"draft\"", page, StringComparison.Ordinal);
            Assert.Contains("您户号尾号〔末四位〕（〔村、街道〕）。〔另有电源的用户：您的另一路电源不停电。〕", page, StringComparison.Ordinal);
            Assert.Contains("account ..[last four digits] ([place])", page, StringComparison.Ordinal);
            Assert.DoesNotContain(page, letter => letter is '⟦' or '⟧');
        }
    }

    [Fact]
    public async Task While_a_round_is_open_its_certificate_says_so_and_strangers_get_none()
    {
        await using var life = await Life.StartAsync(settings: new() { ["Providers:main:Rules:000003"] = "fail" });
        await life.AddNeighboursAsync();
        await life.PublishedAsync();
        await using var db = life.Host.Database.Open();
        var id = await db.Rounds.Select(round => round.Id).SingleAsync();
        await db.Rounds.Where(round => round.Id == id).ExecuteUpdateAsync(set => set.SetProperty(round => round.State, RoundState.Paused));

        var certificate = await life.Host.GetAsync(Role.Dispatcher, $"/api/v1/rounds/{id}/certificate");
        Assert.True((bool)certificate["provisional"]!);
        Assert.Contains("class=\"draft\"", await (await life.Host.AsAsync(Role.Dispatcher)).GetStringAsync(new Uri($"/rounds/{id}/certificate?lang=zh-CN", UriKind.Relative)), StringComparison.Ordinal);

        using var other = await (await life.ClientAsync(Role.Auditor, "LZ")).GetAsync(new Uri($"/api/v1/rounds/{id}/certificate", UriKind.Relative));
        using var radio = await (await life.ClientAsync(Role.Broadcaster)).GetAsync(new Uri($"/rounds/{id}/certificate", UriKind.Relative));
        using var nobody = await new HttpClient { BaseAddress = life.Host.Address }.GetAsync(new Uri($"/rounds/{id}/certificate", UriKind.Relative));
        Assert.Equal([404, 403, 401], new[] { other, radio, nobody }.Select(answer => (int)answer.StatusCode));
    }

    /// <summary>The id of the one round, once the sweep has closed it.</summary>
    private static async Task<long> ClosedAsync(Life life)
    {
        await using var db = life.Host.Database.Open();
        await TestHost.UntilAsync(() => db.Rounds.AnyAsync(round => round.State == RoundState.Closed), "closed", 60);

        return await db.Rounds.Select(round => round.Id).SingleAsync();
    }
}
