using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Testing;

namespace Notices.Access;

/// <summary>What an administrator does to accounts of others.</summary>
public sealed class UserEditingTests
{
    private const string Password = "four unrelated words";

    private static readonly Actor Administrator = new("sun", new HashSet<Role> { Role.Administrator }, "/1/");

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Roles_change_with_the_next_step_and_everything_wrong_is_told_at_once(DatabaseKind kind)
    {
        await using var host = await StartAsync(kind);
        using var browser = new Browser(host.Address);
        await browser.SignInAsync("li", Password);
        Assert.Equal(System.Net.HttpStatusCode.Redirect, (await browser.GoAsync("/console/approve/X")).Status); // Not an approver.

        var wrong = await DoAsync(host, editing => editing.ChangeAsync("li", new ChangeUser([], "nowhere", " ", "no address", "123", "tlh"), Administrator, default));
        Assert.Equal(["field-missing", "language-unknown", "mail-address-unreadable", "mobile-number-unreadable", "role-missing", "unknown-organisation"], wrong.Problems.Select(p => p.Code).Order());

        var changed = await DoAsync(host, editing => editing.ChangeAsync("LI", new ChangeUser([Role.Dispatcher, Role.Auditor], TestCounty.Code, "李伟", "li@example.org", "13800001111", null, StaffPost.DutyLeader), Administrator, default));
        Assert.Equal(("李伟", "+8613800001111", StaffPost.DutyLeader), (changed.Value!.DisplayName, changed.Value.Phone, changed.Value.Post!.Value));
        await using (var db = host.Database.Open()) Assert.Equal(2, await db.Set<UserRole>().CountAsync(role => role.UserId == db.Users.Single(user => user.UserName == "li").Id));

        await using var record = host.Database.Open();
        var entry = await record.AuditEntries.SingleAsync(one => one.Action == "user.changed");
        Assert.DoesNotContain("13800001111", entry.Line, StringComparison.Ordinal);
        Assert.DoesNotContain("li@example.org", entry.Line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_locks_themselves_out_and_only_an_administrator_who_sees_the_account_changes_it()
    {
        await using var host = await StartAsync(DatabaseKind.Sqlite);
        Assert.Equal("own-account", Assert.Single((await DoAsync(host, editing => editing.ChangeAsync("sun", new ChangeUser([Role.Dispatcher], TestCounty.Code, "孙"), Administrator, default))).Problems).Code);
        Assert.Equal("own-password", Assert.Single((await DoAsync(host, editing => editing.ResetPasswordAsync("sun", "another four words here", Administrator, default))).Problems).Code);
        Assert.Equal(ProblemKind.Forbidden, Assert.Single((await DoAsync(host, editing => editing.RemoveAuthenticatorAsync("li", Administrator with { Roles = new HashSet<Role> { Role.Dispatcher } }, default))).Problems).Kind);
        Assert.Equal(ProblemKind.NotFound, Assert.Single((await DoAsync(host, editing => editing.ResetPasswordAsync("li", "another four words here", Administrator with { OrganisationPath = "/987654/" }, default))).Problems).Kind);
        Assert.Equal("authenticator-none", Assert.Single((await DoAsync(host, editing => editing.RemoveAuthenticatorAsync("li", Administrator, default))).Problems).Code);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_forgotten_password_and_a_lost_authenticator_are_replaced_and_what_was_open_ends(DatabaseKind kind)
    {
        await using var host = await StartAsync(kind);
        using var browser = new Browser(host.Address);
        await browser.SignInAsync("li", Password);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await browser.GoAsync("/rounds/1/certificate")).Status);
        Assert.Equal("password-too-short", Assert.Single((await DoAsync(host, editing => editing.ResetPasswordAsync("li", "short one", Administrator, default))).Problems).Code);
        Assert.True((await DoAsync(host, editing => editing.ResetPasswordAsync("li", "another four words here", Administrator, default))).Ok);
        Assert.Equal(System.Net.HttpStatusCode.Redirect, (await browser.GoAsync("/rounds/1/certificate")).Status);
        Assert.Null(await browser.SignInAsync("li", Password));
        Assert.Equal("/console", await browser.SignInAsync("li", "another four words here"));

        await using (var db = host.Database.Open()) await db.Users.Where(user => user.UserName == "wang").ExecuteUpdateAsync(set => set.SetProperty(user => user.AuthenticatorKey, "closed").SetProperty(user => user.LastCodeStep, 5L));
        Assert.True((await DoAsync(host, editing => editing.RemoveAuthenticatorAsync("wang", Administrator, default))).Ok);
        using var another = new Browser(host.Address);
        Assert.Equal("/sign-in/authenticator", await another.SignInAsync("wang", Password)); // Sets up another.
        await using var record = host.Database.Open();
        Assert.Equal(1, await record.AuditEntries.CountAsync(entry => entry.Action == "user.password-reset"));
        Assert.Equal(1, await record.AuditEntries.CountAsync(entry => entry.Action == "user.authenticator-removed"));
        Assert.False(await record.AuditEntries.AnyAsync(entry => entry.Line.Contains("another four words")));
    }

    private static async Task<TestHost> StartAsync(DatabaseKind kind)
    {
        var host = await TestHost.StartAsync(kind);
        await TestCounty.SeedAsync(host.Database);
        await using var scope = host.Services.CreateAsyncScope();
        foreach (var (name, role) in ((string, Role)[])[("li", Role.Dispatcher), ("wang", Role.Approver), ("sun", Role.Administrator)])
            Assert.True((await scope.ServiceProvider.GetRequiredService<UserDesk>().AddAsync(new AddUser(name, Password, [role], TestCounty.Code), Actor.System, default)).Ok);

        return host;
    }

    private static async Task<Result<UserView>> DoAsync(TestHost host, Func<UserEditing, Task<Result<UserView>>> act)
    {
        await using var scope = host.Services.CreateAsyncScope();

        return await act(scope.ServiceProvider.GetRequiredService<UserEditing>());
    }
}
