using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Notices.Access;
using Notices.Audit;
using Notices.Demo;
using Notices.Setup;
using Spectre.Console;

namespace Notices.Commands;

/// <summary><c>demo</c>: a throw-away fictional county on SQLite, with carriers that send nothing to anybody.</summary>
internal static class DemoCommand
{
    private static readonly (string Name, Role Role)[] Keys =
        [("dispatcher", Role.Dispatcher), ("approver", Role.Approver), ("auditor", Role.Auditor), ("broadcaster", Role.Broadcaster), ("admin", Role.Administrator)];

    private static readonly JsonSerializerOptions Indented = new(Json.Stored) { WriteIndented = true };

    internal static Command Make()
    {
        var urls = new Option<string?>("--urls") { Description = "Where to listen; http://localhost:5080 unless given." };
        var speed = new Option<double>("--speed") { Description = "How many times faster its clock runs: 3600 lets an hour pass in a second.", DefaultValueFactory = _ => 1 };
        var customers = new Option<int>("--customers") { Description = "How many customers the county has.", DefaultValueFactory = _ => 20_000 };
        var json = new Option<string?>("--json") { Description = "Writes address and keys to this file." };
        speed.Validators.Add(v => { if (v.GetValueOrDefault<double>() is < 1 or > 100_000) v.AddError("--speed must be from 1 to 100000."); });
        customers.Validators.Add(v => { if (v.GetValueOrDefault<int>() is < 300 or > 5_000_000) v.AddError("--customers must be from 300 to 5000000."); });
        var command = new Command("demo", "Runs a fictional county that sends nothing to anybody.") { urls, speed, customers, json };
        command.SetAction((parsed, stopping) => RunAsync(parsed.GetValue(urls), parsed.GetValue(speed), parsed.GetValue(customers), parsed.GetValue(json), stopping));

        return command;
    }

    private static async Task<int> RunAsync(string? urls, double speed, int customers, string? json, CancellationToken stopping)
    {
        var folder = Directory.CreateTempSubdirectory("notices-demo-");
        try
        {
            var clock = new DemoClock(speed);
            var keys = AuditOptions.Fresh();
            await using var app = NoticesHost.Create(new HostRequest(urls, Sandbox: true, Quiet: true, Clock: clock, Settings: new Dictionary<string, string?>
            {
                ["Database:Provider"] = "sqlite",
                ["Database:ConnectionString"] = Path.Combine(folder.FullName, "notices.db"),
                ["Audit:PersonalDataKey"] = keys.PersonalDataKey,
                ["Audit:SigningKey"] = keys.SigningKey,
                ["Public:BaseAddress"] = First(urls) ?? "http://localhost:5080/",
                ["SignIn:SecondFactor"] = "optional",
                ["Providers:sandbox:Channel"] = "sandbox",
                ["Providers:sandbox:Media"] = "sms,voice,email",
            }));
            await NoticesHost.PrepareAsync(app, HostRole.All, stopping);
            var password = RandomNumberGenerator.GetHexString(20, true);
            var made = await SeedAsync(app, clock, customers, password, stopping);
            clock.Run();
            Listening.RefuseBeyondThisMachine(urls);
            if (json is not null) await WriteAsync(json, First(urls) ?? "http://localhost:5080", made, stopping);
            await app.StartAsync(stopping);
            var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            if (json is not null && First(urls)?.EndsWith(":0", StringComparison.Ordinal) == true) await WriteAsync(json, address, made, stopping);
            Tell(address, made, password, speed);
            await app.WaitForShutdownAsync(stopping);

            return CommandLine.Done;
        }
        finally
        {
            folder.Delete(true);
        }
    }

    private static async Task<Dictionary<string, string>> SeedAsync(WebApplication app, DemoClock clock, int customers, string password, CancellationToken stopping)
    {
        clock.StandAt(TimeProvider.System.GetUtcNow().AddDays(-10));
        await using var scope = app.Services.CreateAsyncScope();
        await new DemoCounty(scope.ServiceProvider).SeedAsync(customers, stopping);
        var made = new Dictionary<string, string>();
        foreach (var (name, role) in Keys)
        {
            made[name] = (await scope.ServiceProvider.GetRequiredService<KeyRing>().AddAsync($"demo-{name}", role, DemoCounty.City, Actor.System, stopping)).Value!;
            if (role == Role.Broadcaster) continue; // A station pulls with its key; nobody signs in for it.

            var user = await scope.ServiceProvider.GetRequiredService<UserDesk>().AddAsync(
                new AddUser(name, password, [role], DemoCounty.City, Phone: $"139000090{made.Count:00}", Post: role == Role.Administrator ? StaffPost.DutyLeader : null), Actor.System, stopping);
            if (!user.Ok) throw new InvalidOperationException(string.Join("; ", user.Problems.Select(p => p.Code)));
        }

        await new DemoPlans(app.Services.GetRequiredService<IServiceScopeFactory>(), clock).LiveAsync(stopping);

        return made;
    }

    private static Task WriteAsync(string file, string url, Dictionary<string, string> keys, CancellationToken stopping) =>
        File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { url = url.TrimEnd('/'), keys }, Indented), stopping);

    private static void Tell(string address, Dictionary<string, string> keys, string password, double speed)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("open", column => column.NoWrap()).AddColumn("what");
        table.AddRow(new Text(address + "/"), new Text("what the public sees"));
        table.AddRow(new Text(address + "/console"), new Text("what dispatchers and approvers work with; sign in as below"));
        table.AddRow(new Text(address + "/sandbox"), new Text("the messages the sandbox carriers got"));
        table.AddRow(new Text(address + "/feeds/notices.atom"), new Text("the feed; CAP at /feeds/cap.atom"));
        table.AddRow(new Text(address + "/docs"), new Text("the API; use a key below as bearer token"));
        AnsiConsole.Write(table);
        var secrets = new Table().Border(TableBorder.Rounded).AddColumn("role").AddColumn("key", column => column.NoWrap());
        foreach (var (role, key) in keys) secrets.AddRow(new Text(role), new Text(key));
        AnsiConsole.Write(secrets);
        AnsiConsole.WriteLine($"Users: {string.Join(", ", Keys.Where(k => k.Role != Role.Broadcaster).Select(k => k.Name))}; their password this time: {password}");
        AnsiConsole.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"A fictional county; nothing is sent to anybody. The clock runs {speed} times as fast. Ctrl+C ends it and removes everything."));
    }

    private static string? First(string? urls) => urls?.Split(';')[0];
}
