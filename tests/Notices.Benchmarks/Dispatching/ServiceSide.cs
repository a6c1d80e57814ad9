using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Notices.Access;
using Notices.Benchmarks.Protocol;
using Notices.Benchmarks.Seeding;
using Notices.Setup;
using Notices.Testing;

namespace Notices.Benchmarks.Dispatching;

/// <summary>The whole service as a process of its own, its clock an hour before the planned notice is due until told otherwise.</summary>
internal static class ServiceSide
{
    internal static async Task ServeAsync(string[] args)
    {
        var clock = new ShiftedClock(County.Due - TimeSpan.FromHours(1));
        WebApplication? service = null;
        await SideProcess.ServeAsync(async order =>
        {
            switch (order[0])
            {
                case "start":
                    service = Product.Make(DatabaseKind.PostgreSql, order[1], clock, HostRole.All, new Uri(args[0]), new Dictionary<string, string?>
                    {
                        ["Providers:mail:Channel"] = "email",
                        ["Providers:mail:Host"] = "127.0.0.1",
                        ["Providers:mail:Port"] = args[1],
                        ["Providers:mail:Security"] = "none",
                        ["Providers:mail:From"] = "notices@example.org",
                    });
                    await NoticesHost.PrepareAsync(service, HostRole.All, default);
                    await service.StartAsync();

                    return service.Urls.First();
                case "key":
                    await using (var scope = service!.Services.CreateAsyncScope())
                        return (await scope.ServiceProvider.GetRequiredService<KeyRing>().AddAsync("benchmark", Role.Dispatcher, County.Code, Actor.System, default)).Value!;
                case "shift":
                    return (clock.GetUtcNow() - TimeProvider.System.GetUtcNow()).Ticks.ToString(CultureInfo.InvariantCulture);
                case "publish":
                    // The planned notice's moment is moved, not the clock: what else runs keeps its time.
                    await Sql.RunAsync(DatabaseKind.PostgreSql, order[1], "UPDATE scheduled_notices SET due_at = due_at - interval '2 hours' WHERE state = 'Waiting' AND type = 'Initial'");
                    service!.Services.GetRequiredService<Policy.DueAlarm>().Ring();

                    return "";
                default:
                    await Product.VerifyAsync(service!.Services);
                    await service.StopAsync();
                    await service.DisposeAsync();

                    return "";
            }
        });
    }
}
