using System.CommandLine;
using Notices.Setup;
using Notices.Storage;

namespace Notices.Commands;

/// <summary><c>migrate</c>: brings the database to the current schema.</summary>
internal static class MigrateCommand
{
    internal static Command Make()
    {
        var command = new Command("migrate", "Brings the database to the current schema.");
        command.SetAction((_, stopping) => Tool.RunAsync(async (services, _) =>
        {
            await services.GetRequiredService<StorageStartup>().MigrateAsync(stopping);

            return CommandLine.Done;
        }, migrate: false, stopping));

        return command;
    }
}
