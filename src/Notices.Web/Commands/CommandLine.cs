using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Notices.Storage;
using Notices.Words;

namespace Notices.Commands;

/// <summary>Every command, one line each; with no command at all, <c>serve</c>.</summary>
internal static class CommandLine
{
    /// <summary>Machine time a command has to end by itself once told to; `serve` ends earlier, as Delivery:StopTimeout says.</summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromMinutes(11);

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
            ImportCommand.Make(),
            MigrateCommand.Make(),
            OutagesCommand.Make(),
            EmergencyCommand.Make(),
            DrillCommand.Make(),
            PaperCommand.Make(),
            AuditCommand.Make(),
            CheckCommand.Make(),
            ReportCommand.Make(),
            SpeechCommand.Make(),
            TemplatesCommand.Make(),
            UsersCommand.Make(),
            KeysCommand.Make(),
        };
        try
        {
            var parsed = root.Parse(args.Length == 0 ? ["serve"] : args);
            if (parsed.Action is ParseErrorAction) return await MisreadAsync(parsed);

            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = LongestEnd });
        }
        catch (SettingsException settings)
        {
            foreach (var fault in settings.Faults) await Console.Error.WriteLineAsync(fault);

            return CouldNot;
        }
        catch (Exception error) when (StorageTrouble.Of(error) is { } trouble)
        {
            await Console.Error.WriteLineAsync($"{trouble.Code}: {Sentences.Of(trouble, Tool.Language)} ({error.GetBaseException().Message})");

            return CouldNot;
        }
        catch (Microsoft.Extensions.Options.OptionsValidationException settings)
        {
            foreach (var fault in settings.Failures) await Console.Error.WriteLineAsync(fault);

            return CouldNot;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            await Console.Error.WriteLineAsync(error.Message);

            return CouldNot;
        }
    }

    /// <summary>One line a mistake, and where to read on.</summary>
    private static async Task<int> MisreadAsync(ParseResult parsed)
    {
        foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(error.Message);
        var path = new Stack<string>();
        for (SymbolResult? at = parsed.CommandResult; at is CommandResult { Command: not RootCommand } command; at = at.Parent) path.Push(command.Command.Name);
        await Console.Error.WriteLineAsync($"`{string.Join(' ', ["notices", .. path])} --help` says how it is used.");

        return CouldNot;
    }
}
