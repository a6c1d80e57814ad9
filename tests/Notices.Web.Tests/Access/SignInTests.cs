using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Testing;

namespace Notices.Access;

/// <summary>Signing in by the plain forms, on the real service.</summary>
public sealed partial class SignInTests
{
    private const string Password = "four unrelated words";

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_dispatcher_signs_in_works_and_signs_out_and_all_of_it_is_on_record(DatabaseKind kind)
    {
        await using var host = await StartAsync(kind);
        await AddAsync(host, "li", Role.Dispatcher);
        using var browser = new Browser(host.Address);

        Assert.Equal((HttpStatusCode.Redirect, true), await browser.GoAsync("/rounds/1/certificate") is var (status, to) ? (status, to!.EndsWith("/sign-in?to=%2Frounds%2F1%2Fcertificate", StringComparison.Ordinal)) : default);
        Assert.Null(await browser.SignInAsync("li", "not that one at all"));
        Assert.Contains("Name or password is wrong", browser.Page, StringComparison.Ordinal);
        var first = Lead(browser.Page);
        Assert.Null(await browser.SignInAsync("<script>nobody</script>", "not that one at all"));
        Assert.Equal(first, Lead(browser.Page)); // Nobody learns who has an account.
        Assert.DoesNotContain("<script>nobody", browser.Page, StringComparison.Ordinal);

        await browser.GoAsync("/sign-in?to=%2Frounds%2F1%2Fcertificate");
        Assert.Equal((HttpStatusCode.Redirect, "/rounds/1/certificate"), await browser.SendAsync("/sign-in?to=%2Frounds%2F1%2Fcertificate", ("name", " LI "), ("password", Password)));
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GoAsync("/rounds/1/certificate")).Status); // Let in, and there is none.
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GoAsync("/api/v1/outages")).Status); // A cookie opens no API.

        await browser.GoAsync("/sign-in/authenticator");
        Assert.Equal((HttpStatusCode.Redirect, "/sign-in"), await browser.SendAsync("/sign-out"));
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GoAsync("/rounds/1/certificate")).Status);

        await using var db = host.Database.Open();
        Assert.Equal(
            ["user.sign-in-refused", "user.sign-in-refused", "user.signed-in", "user.signed-out"],
            await db.AuditEntries.Where(entry => entry.Action.StartsWith("user.sign")).OrderBy(entry => entry.Sequence).Select(entry => entry.Action).ToListAsync());
        Assert.False(await db.AuditEntries.AnyAsync(entry => entry.Line.Contains("nobody") || entry.Line.Contains(Password)));
        Assert.True((bool)(await host.GetAsync(Role.Auditor, "/api/v1/audit/verify"))["ok"]!);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task An_approver_needs_an_authenticator_and_each_of_its_codes_works_once(DatabaseKind kind)
    {
        await using var host = await StartAsync(kind);
        await AddAsync(host, "wang", Role.Approver);
        using var browser = new Browser(host.Address);
        Assert.Equal("/sign-in/authenticator", await browser.SignInAsync("wang", Password));
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GoAsync("/rounds/1/certificate")).Status); // Half signed in is not in.
        Assert.Equal("/sign-in/authenticator", (await browser.GoAsync("/sign-in/code")).Location); // No step is skipped.
        await browser.GoAsync("/sign-in/authenticator");
        Assert.Contains("<svg", browser.Page, StringComparison.Ordinal);
        var key = Key().Match(browser.Page).Groups[1].Value;
        await browser.SendAsync("/sign-in/authenticator", ("code", "000000"));
        Assert.Contains("The code is wrong", browser.Page, StringComparison.Ordinal);
        Assert.Equal("/console", (await browser.SendAsync("/sign-in/authenticator", ("code", Authenticator.Code(key)))).Location);

        // Whoever watched it typed cannot use it again, and the next one works.
        using var another = new Browser(host.Address);
        Assert.Equal("/sign-in/code", await another.SignInAsync("wang", Password));
        await another.GoAsync("/sign-in/code");
        await another.SendAsync("/sign-in/code", ("code", Authenticator.Code(key)));
        Assert.Contains("used before", another.Page, StringComparison.Ordinal);
        Assert.Equal("/console", (await another.SendAsync("/sign-in/code", ("code", Authenticator.Code(key, 1)))).Location);
        Assert.Equal(HttpStatusCode.NotFound, (await another.GoAsync("/rounds/1/certificate")).Status);

        // An account closed ends every session of it.
        await using (var scope = host.Services.CreateAsyncScope()) Assert.True((await scope.ServiceProvider.GetRequiredService<UserDesk>().DisableAsync("wang", Actor.System, default)).Ok);
        Assert.Equal(HttpStatusCode.Redirect, (await another.GoAsync("/rounds/1/certificate")).Status);
        await using var db = host.Database.Open();
        Assert.DoesNotContain(key.Replace(" ", "", StringComparison.Ordinal), (await db.Users.SingleAsync(user => user.UserName == "wang")).AuthenticatorKey!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_wrong_tries_let_an_account_rest_also_from_the_right_password()
    {
        await using var host = await StartAsync(DatabaseKind.Sqlite, ("SignIn:Tries", "3"));
        await AddAsync(host, "li", Role.Dispatcher);
        using var browser = new Browser(host.Address);
        for (var tried = 0; tried < 3; tried++) Assert.Null(await browser.SignInAsync("li", $"wrong number {tried}"));
        Assert.Null(await browser.SignInAsync("li", Password));
        Assert.Contains("this account rests until", browser.Page, StringComparison.Ordinal);

        await using var db = host.Database.Open();
        Assert.Equal(1, await db.AuditEntries.CountAsync(entry => entry.Action == "user.locked-out"));
        await db.Users.ExecuteUpdateAsync(set => set.SetProperty(user => user.LockoutEnd, (DateTimeOffset?)null));
        Assert.Equal("/console", await browser.SignInAsync("li", Password));
    }

    [Fact]
    public async Task With_the_stricter_profile_a_given_password_is_changed_first_and_none_comes_back()
    {
        await using var host = await StartAsync(DatabaseKind.Sqlite, ("SignIn:Passwords", "dengbao"));
        Assert.Equal(["password-too-plain"], await AddAsync(host, "li", Role.Dispatcher));
        Assert.Empty(await AddAsync(host, "li", Role.Dispatcher, "Given-By-0thers"));
        using var browser = new Browser(host.Address);
        Assert.Equal("/sign-in/password", await browser.SignInAsync("li", "Given-By-0thers"));
        await browser.GoAsync("/sign-in/password");
        async Task<string?> ChooseAsync(string present, string chosen, string? again = null) =>
            (await browser.SendAsync("/sign-in/password", ("present", present), ("password", chosen), ("again", again ?? chosen))).Location;

        Assert.Null(await ChooseAsync("Given-By-0thers", "My-0wn-Choice-1", "My-0wn-Choice-2"));
        Assert.Contains("not the same", browser.Page, StringComparison.Ordinal);
        Assert.Null(await ChooseAsync("something else", "My-0wn-Choice-1"));
        Assert.Null(await ChooseAsync("Given-By-0thers", "Given-By-0thers"));
        Assert.Null(await ChooseAsync("Given-By-0thers", "Password1234!"));
        Assert.Contains("Thieves know", browser.Page, StringComparison.Ordinal);
        Assert.Equal("/console", await ChooseAsync("Given-By-0thers", "My-0wn-Choice-1"));
        await browser.GoAsync("/sign-in/password");
        Assert.Null(await ChooseAsync("My-0wn-Choice-1", "Given-By-0thers"));
        Assert.Contains("had this password before", browser.Page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("/sign-out")]
    public async Task Whoever_signs_in_stays_here(string to)
    {
        await using var host = await StartAsync(DatabaseKind.Sqlite);
        await AddAsync(host, "li", Role.Dispatcher);
        using var browser = new Browser(host.Address);
        await browser.GoAsync("/sign-in");

        Assert.Equal("/console", (await browser.SendAsync($"/sign-in?to={Uri.EscapeDataString(to)}", ("name", "li"), ("password", Password))).Location);
    }

    [Fact]
    public async Task A_form_that_is_not_ours_does_nothing()
    {
        await using var host = await StartAsync(DatabaseKind.Sqlite);
        await AddAsync(host, "li", Role.Dispatcher);
        using var browser = new Browser(host.Address);
        Assert.Null((await browser.SendAsync("/sign-in", ("name", "li"), ("password", Password))).Location); // No token.
        Assert.Contains("Nothing was done", browser.Page, StringComparison.Ordinal);

        await using var db = host.Database.Open();
        Assert.False(await db.AuditEntries.AnyAsync(entry => entry.Action == "user.signed-in"));
    }

    private static Task<TestHost> StartAsync(DatabaseKind kind, params (string Name, string Value)[] settings) => SeededAsync(TestHost.StartAsync(kind, settings: settings.ToDictionary(one => one.Name, one => (string?)one.Value)));

    private static async Task<TestHost> SeededAsync(Task<TestHost> starting)
    {
        var host = await starting;
        await TestCounty.SeedAsync(host.Database);

        return host;
    }

    private static async Task<IEnumerable<string>> AddAsync(TestHost host, string name, Role role, string password = Password)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var added = await scope.ServiceProvider.GetRequiredService<UserDesk>().AddAsync(new AddUser(name, password, [role], TestCounty.Code), Actor.System, default);

        return added.Problems.Select(problem => problem.Code);
    }

    private static string Lead(string page) => page[page.IndexOf("<div id=\"problems\"", StringComparison.Ordinal)..page.IndexOf("<form", StringComparison.Ordinal)];

    [GeneratedRegex("<code>([A-Z2-7 ]+)</code>")]
    private static partial Regex Key();
}
