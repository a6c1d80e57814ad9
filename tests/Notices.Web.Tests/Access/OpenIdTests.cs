using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Setup;
using Notices.Testing;

namespace Notices.Access;

/// <summary>Signing in at a provider of the company's.</summary>
public sealed class OpenIdTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Who_is_signed_in_there_is_signed_in_here_with_the_roles_given_here(DatabaseKind kind)
    {
        await using var there = await IdentityServer.StartAsync();
        await using var host = await StartAsync(kind, there, ("SignIn:OpenId:Label", "单位<统一>认证"));
        await AddAsync(host, "li", Role.Dispatcher);
        using var browser = new Browser(host.Address);
        await browser.GoAsync("/sign-in?to=%2Frounds%2F1%2Fcertificate");
        Assert.Contains("href=\"/sign-in/openid?to=%2Frounds%2F1%2Fcertificate\"", browser.Page, StringComparison.Ordinal);
        Assert.Contains("单位&lt;统一&gt;认证", browser.Page, StringComparison.Ordinal);

        Assert.Equal("/rounds/1/certificate", await ThroughAsync(browser, "/sign-in/openid?to=%2Frounds%2F1%2Fcertificate"));
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GoAsync("/rounds/1/certificate")).Status); // Let in, and there is none.
        Assert.StartsWith("/sign-in/no", (await browser.GoAsync("/console/accounts")).Location!, StringComparison.Ordinal); // Not an administrator.

        // To another site nobody is sent.
        Assert.Equal("/console", await ThroughAsync(browser, "/sign-in/openid?to=https%3A%2F%2Fevil.example%2F"));
        await using var db = host.Database.Open();
        Assert.Equal(2, await db.AuditEntries.CountAsync(entry => entry.Action == "user.signed-in"));
        Assert.True((bool)(await host.GetAsync(Role.Auditor, "/api/v1/audit/verify"))["ok"]!);
    }

    [Fact]
    public async Task An_approver_shows_our_code_too_unless_the_second_factor_shown_there_is_trusted()
    {
        await using var there = await IdentityServer.StartAsync();
        there.Name = "wang";
        there.Methods = ["pwd", "otp"];
        await using (var host = await StartAsync(DatabaseKind.Sqlite, there))
        {
            await AddAsync(host, "wang", Role.Approver);
            using var browser = new Browser(host.Address);
            Assert.Equal("/sign-in/authenticator?to=%2Fconsole", await ThroughAsync(browser, "/sign-in/openid"));
            Assert.Equal(HttpStatusCode.Redirect, (await browser.GoAsync("/rounds/1/certificate")).Status); // Half signed in is not in.
        }

        await using var trusting = await StartAsync(DatabaseKind.Sqlite, there, ("SignIn:OpenId:TrustSecondFactor", "true"));
        await AddAsync(trusting, "wang", Role.Approver);
        using var trusted = new Browser(trusting.Address);
        Assert.Equal("/console", await ThroughAsync(trusted, "/sign-in/openid"));
        there.Methods = ["pwd"]; // A password alone is no second factor.
        using var plain = new Browser(trusting.Address);
        Assert.Equal("/sign-in/authenticator?to=%2Fconsole", await ThroughAsync(plain, "/sign-in/openid"));
    }

    [Fact]
    public async Task Whoever_has_no_open_account_here_a_forged_token_and_a_provider_that_is_away_are_told_so_and_let_nobody_in()
    {
        await using var there = await IdentityServer.StartAsync();
        await using var host = await StartAsync(DatabaseKind.Sqlite, there);
        await AddAsync(host, "li", Role.Dispatcher);
        await RefusedAsync("no open account here for zhang", () => there.Name = "zhang");
        there.Name = "li";
        await RefusedAsync("did not succeed", () => there.Denies = true);
        there.Denies = false;
        await RefusedAsync("did not succeed", () => there.OtherAudience = "somebody-else");
        there.OtherAudience = null;
        await RefusedAsync("did not succeed", () => there.OtherNonce = "of another sign-in");
        there.OtherNonce = null;
        await RefusedAsync("did not succeed", () => there.SignsWithStrangeKey = true);
        there.SignsWithStrangeKey = false;
        await RefusedAsync("did not succeed", () => there.IsExpired = true);
        there.IsExpired = false;
        using (var stranger = new Browser(host.Address))
        {
            await stranger.GoAsync("/sign-in/openid/done?code=the-code&state=made-up"); // Nobody began it.
            Assert.Contains("did not succeed", stranger.Page, StringComparison.Ordinal);
        }

        await using (var scope = host.Services.CreateAsyncScope()) Assert.True((await scope.ServiceProvider.GetRequiredService<UserDesk>().DisableAsync("li", Actor.System, default)).Ok);
        await RefusedAsync("no open account here for li", () => { });
        await using var db = host.Database.Open();
        Assert.False(await db.AuditEntries.AnyAsync(entry => entry.Action == "user.signed-in"));
        Assert.Equal(2, await db.AuditEntries.CountAsync(entry => entry.Action == "user.sign-in-refused"));

        async Task RefusedAsync(string sentence, Action make)
        {
            make();
            using var browser = new Browser(host.Address);
            Assert.Null(await ThroughAsync(browser, "/sign-in/openid"));
            Assert.Contains(sentence, browser.Page, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.Redirect, (await browser.GoAsync("/rounds/1/certificate")).Status);
        }
    }

    [Fact]
    public async Task A_provider_that_cannot_be_reached_leaves_name_and_password()
    {
        Uri gone;
        await using (var there = await IdentityServer.StartAsync()) gone = there.Address;
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite, settings: Settings(gone));
        await TestCounty.SeedAsync(host.Database);
        await AddAsync(host, "li", Role.Dispatcher);
        using var browser = new Browser(host.Address);
        await browser.GoAsync("/sign-in/openid");
        Assert.Contains("cannot be reached", browser.Page, StringComparison.Ordinal);
        Assert.Equal("/console", await browser.SignInAsync("li", "four unrelated words"));
    }

    [Fact]
    public async Task Without_a_provider_there_is_no_such_way_and_a_wrong_setting_stops_the_start()
    {
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite);
        using var browser = new Browser(host.Address);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GoAsync("/sign-in/openid")).Status);
        await browser.GoAsync("/sign-in");
        Assert.DoesNotContain("openid", browser.Page, StringComparison.Ordinal);

        await using var database = await TestDatabase.CreateAsync(DatabaseKind.Sqlite);
        var fault = await Assert.ThrowsAsync<SettingsException>(() => TestHost.StartAsync(database, settings: new Dictionary<string, string?> { ["SignIn:OpenId:Authority"] = "http://idp.example/" }));
        Assert.Equal(3, fault.Faults.Count(one => one.StartsWith("SignIn:OpenId:", StringComparison.Ordinal)));
    }

    private static Dictionary<string, string?> Settings(Uri there) => new()
    {
        ["SignIn:OpenId:Authority"] = there.ToString().TrimEnd('/'),
        ["SignIn:OpenId:ClientId"] = IdentityServer.ClientId,
        ["SignIn:OpenId:ClientSecret"] = IdentityServer.ClientSecret,
    };

    private static async Task<TestHost> StartAsync(DatabaseKind kind, IdentityServer there, params (string Name, string Value)[] more)
    {
        var settings = Settings(there.Address);
        foreach (var (name, value) in more) settings[name] = value;
        var host = await TestHost.StartAsync(kind, settings: settings);
        await TestCounty.SeedAsync(host.Database);

        return host;
    }

    private static async Task AddAsync(TestHost host, string name, Role role)
    {
        await using var scope = host.Services.CreateAsyncScope();
        Assert.True((await scope.ServiceProvider.GetRequiredService<UserDesk>().AddAsync(new AddUser(name, "four unrelated words", [role], TestCounty.Code), Actor.System, default)).Ok);
    }

    /// <summary>There and back.</summary>
    /// <returns>Where it leads; null where a page says no.</returns>
    private static async Task<string?> ThroughAsync(Browser browser, string path)
    {
        var (_, there) = await browser.GoAsync(path);
        var (_, back) = await browser.GoAsync(there!);

        return (await browser.GoAsync(back!)).Location;
    }
}
