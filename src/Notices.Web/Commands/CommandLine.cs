using System.CommandLine;

namespace Notices.Commands;

/// <summary>Every command, one line each; with no command at all, <c>serve</c>.</summary>
internal static class CommandLine
{
    internal const int Done = 0;

    /// <summary>Done, but some rows were rejected or a check failed.</summary>
    internal const int Partly = 1;

    internal const int CouldNot = 2;

    internal static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Notices: tells people about power outages and proves that it did.")
        {
            ServeCommand.Make(),
            DemoCommand.Make(),
            MigrateCommand.Make(),
        };
        try
        {
            return await root.Parse(args.Length == 0 ? ["serve"] : args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (SettingsException settings)
        {
            foreach (var fault in settings.Faults) await Console.Error.WriteLineAsync(fault);

            return CouldNot;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or System.Data.Common.DbException or InvalidDataException)
        {
            await Console.Error.WriteLineAsync(error.Message);

            return CouldNot;
        }
    }
}
