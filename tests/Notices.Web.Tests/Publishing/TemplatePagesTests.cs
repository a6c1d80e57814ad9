using System.Globalization;
using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Access;
using Notices.Setup;
using Notices.Testing;

namespace Notices.Publishing;

/// <summary>Edited texts over the whole service.</summary>
public sealed class TemplatePagesTests
{
    private const string Password = "four unrelated words";

    [Fact]
    public async Task What_one_process_approved_another_writes_with()
    {
        await using var host = await TestHost.StartAsync(DatabaseKind.PostgreSql);
        await TestCounty.SeedAsync(host.Database);
        await using var beside = await TestHost.BesideAsync(host, HostRole.Web);
        var plan = await host.PostAsync(Role.Dispatcher, "/api/v1/outages", TestCounty.Plan(DateTimeOffset.Parse("2026-12-01T08:00:00+08:00", CultureInfo.InvariantCulture)), 201);
        await host.PostAsync(Role.Dispatcher, $"/api/v1/outages/{plan["number"]}/submit");
        await host.PostAsync(Role.Approver, $"/api/v1/outages/{plan["number"]}/approve");
        const string path = "initial/en/sms.txt";
        await using (var scope = beside.Services.CreateAsyncScope())
        {
            var desk = scope.ServiceProvider.GetRequiredService<TemplateDesk>();
            var shipped = scope.ServiceProvider.GetRequiredService<TemplateFiles>().Find(path)!;
            Actor writer = new("sun", new HashSet<Role> { Role.Administrator }, "/"), approver = new("wang", new HashSet<Role> { Role.Approver }, "/");
            Assert.Empty((await desk.SaveAsync(new SaveTemplate(path, 0, shipped.TrimEnd() + " Tell those next door."), writer, default)).Problems);
            Assert.Empty((await desk.SubmitAsync(path, 1, writer, default)).Problems);
            Assert.Empty((await desk.ApproveAsync(path, 1, approver, default)).Problems);
        }

        await host.LiveThroughAsync(DateTimeOffset.Parse("2026-11-23T09:00:00+08:00", CultureInfo.InvariantCulture));
        await using var db = host.Database.Open();
        var texts = await db.RoundTexts.Where(text => text.Language == "en" && text.Medium == Deliveries.Medium.Sms).Select(text => text.Body).ToListAsync();
        Assert.NotEmpty(texts);
        Assert.All(texts, text => Assert.EndsWith("Tell those next door.", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Role.Agent, HttpStatusCode.OK)]
    [InlineData(Role.Auditor, HttpStatusCode.OK)]
    [InlineData(null, HttpStatusCode.Redirect)]
    public async Task Staff_reads_texts_and_policy_and_nobody_else(Role? role, HttpStatusCode expected)
    {
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite);
        await TestCounty.SeedAsync(host.Database);
        using var browser = new Browser(host.Address);
        if (role is { } one)
        {
            await using var scope = host.Services.CreateAsyncScope();
            Assert.True((await scope.ServiceProvider.GetRequiredService<UserDesk>().AddAsync(new AddUser("li", Password, [one], TestCounty.Code), Actor.System, default)).Ok);
            Assert.NotNull(await browser.SignInAsync("li", Password));
        }

        foreach (var path in (string[])["/console/templates", "/console/templates/initial/en/sms.txt", "/console/policy"]) Assert.Equal(expected, (await browser.GoAsync(path)).Status);
    }
}
