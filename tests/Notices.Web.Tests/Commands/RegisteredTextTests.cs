using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Deliveries;
using Notices.Testing;

namespace Notices.Commands;

/// <summary>From what has to be registered to the message that leaves as a registered text.</summary>
public class RegisteredTextTests
{
    [Fact]
    public async Task What_is_exported_and_registered_is_sent_and_what_is_not_is_refused_at_submission()
    {
        await using var platform = new HttpSink { Answer = _ => HttpSink.Ok("""{"Code":"OK","BizId":"b-1"}""") };
        await using var shell = await Shell.OpenAsync();
        var environment = Settings(platform.Address, null).ToDictionary(pair => pair.Key.Replace(":", "__", StringComparison.Ordinal), pair => pair.Value);
        var exported = await shell.RunAsync("templates export --provider main --language zh-CN", "", environment);
        Assert.Equal((0, ""), (exported.Status, exported.Errors));
        environment["Providers__box__Channel"] = "sandbox";
        var other = await shell.RunAsync("templates export --provider box", "", new(environment) { ["Providers__main__Templates"] = "none" });
        Assert.Equal(CommandLine.CouldNot, other.Status);
        Assert.Contains("provider-sends-any-text", other.Errors, StringComparison.Ordinal);

        // Nothing registered yet: no plan is taken that could not be told.
        await using (var none = await TestHost.StartAsync(DatabaseKind.Sqlite, settings: Settings(platform.Address, "none")))
        {
            await TestCounty.SeedAsync(none.Database);
            var draft = await none.PostAsync(Role.Dispatcher, "/api/v1/outages", TestCounty.Plan(TestHost.Monday.AddDays(15)), 201);
            var refused = await none.PostAsync(Role.Dispatcher, $"/api/v1/outages/{draft["number"]}/submit", null, 422);
            var problem = refused["problems"]!.AsArray().First(one => (string)one!["code"]! == "text-not-registered")!;
            Assert.StartsWith("No text registered at provider main says this message (zh-CN): \"【", (string)problem["message"]!, StringComparison.Ordinal);
        }

        var home = Home(exported.Output);
        try
        {
            var settings = Settings(platform.Address, "ali");
            settings["Home"] = home;
            await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite, settings: settings);
            await TestCounty.SeedAsync(host.Database);
            await using (var db = host.Database.Open()) await db.Customers.ExecuteUpdateAsync(set => set.SetProperty(customer => customer.Language, "zh-CN"));
            var draft = await host.PostAsync(Role.Dispatcher, "/api/v1/outages", TestCounty.Plan(TestHost.Monday.AddDays(15)), 201);
            Assert.Equal("submitted", (string)(await host.PostAsync(Role.Dispatcher, $"/api/v1/outages/{draft["number"]}/submit"))["status"]!);
            await host.PostAsync(
                Role.Dispatcher, "/api/v1/emergencies",
                new { kind = "emergency", organisation = TestCounty.Code, feeders = new[] { TestCounty.Feeder }, minutesLeft = 60, estimatedRestoration = host.Clock.GetUtcNow().AddHours(4) }, 202);

            await TestHost.UntilAsync(async () =>
            {
                await using var db = host.Database.Open();

                return await db.Deliveries.AnyAsync() && await db.Deliveries.Where(row => row.Medium == Medium.Sms).AllAsync(row => row.State == DeliveryState.Accepted);
            }, "all taken", 30);

            var texts = JsonNode.Parse(exported.Output)!["templates"]!.AsArray().Select(one => (string)one!["text"]!).ToList();
            var bodies = platform.Bodies.Select(Form).Where(form => form["Action"] == "SendSms").ToList();
            Assert.NotEmpty(bodies);
            Assert.All(bodies, form =>
            {
                var text = texts[int.Parse(form["TemplateCode"][4..], System.Globalization.CultureInfo.InvariantCulture)];
                var said = JsonDocument.Parse(form["TemplateParam"]).RootElement.EnumerateObject().Aggregate(text, (filled, value) => filled.Replace("${" + value.Name + "}", value.Value.GetString(), StringComparison.Ordinal));
                Assert.DoesNotContain("$", said, StringComparison.Ordinal);
                Assert.Contains("95598", said, StringComparison.Ordinal);
            });
        }
        finally
        {
            Directory.Delete(home, true);
        }
    }

    [Fact]
    public async Task The_service_does_not_start_with_a_provider_the_policy_does_not_allow()
    {
        var home = Home("""{"templates":[]}""");
        try
        {
            var file = Path.Combine(home, "config", "policy", "cn.json");
            var policy = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
            policy["processing"] = new JsonObject { ["countries"] = new JsonArray("GB"), ["source"] = "company practice" };
            await File.WriteAllTextAsync(file, policy.ToJsonString());
            var settings = Settings(new Uri("http://127.0.0.1:1/"), "none");
            settings["Home"] = home;

            var fault = await Assert.ThrowsAsync<SettingsException>(() => TestHost.StartAsync(DatabaseKind.Sqlite, settings: settings));
            Assert.StartsWith("Providers:main processes data in CN; config/policy/cn.json allows GB alone (company practice).", fault.Faults.Single(), StringComparison.Ordinal);

            settings["Providers:main:Country"] = "GB";
            await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite, settings: settings);
            Assert.Equal("GB", ((ProviderDirectory)host.Services.GetService(typeof(ProviderDirectory))!).Find("main")!.Country);
        }
        finally
        {
            Directory.Delete(home, true);
        }
    }

    private static Dictionary<string, string> Form(string body) =>
        body.Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => Uri.UnescapeDataString(pair[0]), pair => Uri.UnescapeDataString(pair[1]), StringComparer.Ordinal);

    /// <summary>Our templates and settings, and what was exported with ids entered.</summary>
    private static string Home(string exported)
    {
        var home = Directory.CreateTempSubdirectory("home").FullName;
        foreach (var part in new[] { "templates", "config" })
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, part), "*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(home, Path.GetRelativePath(AppContext.BaseDirectory, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
        }

        var registered = JsonNode.Parse(exported)!;
        var texts = registered["templates"]!.AsArray();
        for (var i = 0; i < texts.Count; i++) texts[i]!["id"] = $"SMS_{i}";
        Directory.CreateDirectory(Path.Combine(home, "config", "registered"));
        File.WriteAllText(Path.Combine(home, "config", "registered", "ali.json"), registered.ToJsonString());

        return home;
    }

    private static Dictionary<string, string?> Settings(Uri address, string? templates) => new()
    {
        ["Providers:main:Channel"] = "http-gateway",
        ["Providers:main:Profile"] = "aliyun-sms",
        ["Providers:main:Address"] = address.GetLeftPart(UriPartial.Authority),
        ["Providers:main:AccessKeyId"] = "id",
        ["Providers:main:AccessKeySecret"] = "secret",
        ["Providers:main:SignName"] = "JX",
        ["Providers:main:Templates"] = templates,
    };
}
