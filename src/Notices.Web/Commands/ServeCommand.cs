using System.CommandLine;
using Notices.Setup;
using Notices.Storage;

namespace Notices.Commands;

/// <summary><c>serve</c>: the service.</summary>
internal static class ServeCommand
{
    internal static Command Make()
    {
        var urls = new Option<string?>("--urls") { Description = "Where to listen; only localhost unless an administrator exists." };
        var role = new Option<HostRole>("--role") { Description = "all, web (API and pages) or worker (publishing and sending); other than all needs PostgreSQL." };
        var command = new Command("serve", "Runs the service.") { urls, role };
        command.SetAction((parsed, stopping) => RunAsync(parsed.GetValue(urls), parsed.GetValue(role), stopping));

        return command;
    }

    private static async Task<int> RunAsync(string? urls, HostRole role, CancellationToken stopping)
    {
        await using var app = NoticesHost.Create(new HostRequest(urls, role));
        var storage = app.Services.GetRequiredService<StorageOptions>();
        if (role != HostRole.All && !storage.IsPostgreSql) throw new SettingsException(["--role needs PostgreSQL; on SQLite one process does everything."]);

        using var only = storage.IsPostgreSql ? null : InstanceLock.Take(storage)
            ?? throw new SettingsException([$"Another service runs on {storage.SqliteFile}; SQLite serves one. Stop it, or use PostgreSQL."]);
        await NoticesHost.PrepareAsync(app, role, stopping);
        await Listening.RefuseOpenDoorAsync(app, urls, stopping);
        await app.RunAsync(stopping);

        return CommandLine.Done;
    }
}
