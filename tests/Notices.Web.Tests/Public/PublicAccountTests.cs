using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Publishing;
using Notices.Testing;

namespace Notices.Public;

/// <summary>Whether an account is concerned, for anybody who knows its number, and nothing more.</summary>
public class PublicAccountTests
{
    [Fact]
    public async Task An_account_is_told_what_concerns_it_and_nobody_is_told_of_the_account()
    {
        await using var life = await Life.StartAsync();
        var number = await life.PublishedAsync();
        var concerned = await life.AddCustomerAsync("HU-KOU", ["JX-T0"], "+8613911110000");
        var other = await life.AddCustomerAsync("LING-HU", ["JX-T3"], "+8613911110001"); // fed by the other line
        string account = concerned.SupplyPoints[0].AccountNo, apart = other.SupplyPoints[0].AccountNo;
        using var client = PublicPageTests.Client(life.Host);

        using var asked = await AskAsync(client, account);
        var told = await asked.Content.ReadAsStringAsync();
        Assert.Contains($"/outages/{number}", told, StringComparison.Ordinal);
        Assert.DoesNotContain(account, told, StringComparison.Ordinal);
        Assert.DoesNotContain("HU-KOU", told, StringComparison.Ordinal);
        Assert.DoesNotContain("1391111", told, StringComparison.Ordinal);
        Assert.Equal(("no-store", null), (asked.Headers.CacheControl!.ToString(), asked.Headers.ETag));
        Assert.Equal("no-referrer", Assert.Single(asked.Headers.GetValues("Referrer-Policy")));

        // By address too, with the same care.
        using var linked = await client.GetAsync(new Uri($"/?account={account}&lang=en", UriKind.Relative));
        Assert.Equal((told, "no-store"), (await linked.Content.ReadAsStringAsync(), linked.Headers.CacheControl!.ToString()));

        // Whether it exists is not said: apart from the digits typed the answers are one.
        using var unconcerned = await AskAsync(client, apart);
        using var unknown = await AskAsync(client, "999999" + apart[^4..]);
        Assert.Equal(await unconcerned.Content.ReadAsStringAsync(), await unknown.Content.ReadAsStringAsync());
        Assert.DoesNotContain($"/outages/{number}", await unconcerned.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accounts_cannot_be_tried_without_limit_and_reading_is_not_limited()
    {
        await using var host = await PublicPageTests.HostAsync(1);
        using var client = PublicPageTests.Client(host);
        var refused = 0;
        for (var i = 0; i < 40; i++)
        {
            using var answer = await AskAsync(client, $"13012100{i:0000}");
            if (answer.StatusCode == HttpStatusCode.TooManyRequests) refused++;
            else Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.InRange(refused, 15, 20);
        for (var i = 0; i < 60; i++)
        {
            using var answer = await client.GetAsync(new Uri("/", UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    private static async Task<HttpResponseMessage> AskAsync(HttpClient client, string account)
    {
        using var form = new FormUrlEncodedContent([new("account", account)]);

        return await client.PostAsync(new Uri("/?lang=en", UriKind.Relative), form);
    }
}
