using System.Globalization;
using Notices.Access;
using Notices.Setup;
using Notices.Storage;
using Notices.Words;
using Spectre.Console;

namespace Notices.Commands;

/// <summary>What a command has besides its own work: the services, who calls, and how problems are printed.</summary>
internal static class Tool
{
    /// <summary>Whoever sits at this machine's shell. Submitting and approving still need two of them.</summary>
    internal static Actor Caller => new($"shell:{Environment.UserName}", new HashSet<Role>(Enum.GetValues<Role>()), "/");

    /// <summary>The language of messages: English, or Chinese where the shell speaks it.</summary>
    internal static string Language => Languages.Nearest(Environment.GetEnvironmentVariable("LANG") ?? CultureInfo.CurrentUICulture.Name) ?? Languages.English;

    /// <summary>Runs a command beside a running service: same settings, no loops, no listening.</summary>
    internal static async Task<int> RunAsync(Func<IServiceProvider, Actor, Task<int>> work, bool migrate, CancellationToken stopping, bool anyMode = false)
    {
        await using var app = NoticesHost.Create(new HostRequest(Role: HostRole.Web, Quiet: true));
        await using var scope = app.Services.CreateAsyncScope();
        var storage = scope.ServiceProvider.GetRequiredService<StorageStartup>();
        if (migrate && !scope.ServiceProvider.GetRequiredService<StorageOptions>().IsPostgreSql) await storage.MigrateAsync(stopping);
        else if (migrate && !await storage.IsCurrentAsync(stopping)) throw new SettingsException(["The database has an older schema; run `notices migrate` first."]);

        // Asked of a schema that can tell; where none is yet, or an older one, there is nothing to mistake.
        if (!anyMode && (migrate || await IsThereAsync(scope.ServiceProvider, storage, stopping))) await scope.ServiceProvider.GetRequiredService<Operation.DatabaseMode>().CheckAsync(stopping);

        return await work(scope.ServiceProvider, Caller);
    }

    private static async Task<bool> IsThereAsync(IServiceProvider services, StorageStartup storage, CancellationToken stopping)
    {
        var options = services.GetRequiredService<StorageOptions>();

        return (options.IsPostgreSql || File.Exists(options.SqliteFile)) && await storage.IsCurrentAsync(stopping);
    }

    /// <summary>A command that needs what is there already. A wrong folder must not look like an empty, faultless installation.</summary>
    internal static Task<int> ReadAsync(Func<IServiceProvider, Actor, Task<int>> work, CancellationToken stopping, bool anyMode = false) => RunAsync((services, actor) =>
        services.GetRequiredService<StorageOptions>() is { IsPostgreSql: false } storage && !File.Exists(storage.SqliteFile)
            ? throw new SettingsException([$"There is no database {storage.SqliteFile}. Go to the folder the service runs in, or set Database__ConnectionString."])
            : CurrentAsync(services, actor, work, stopping), migrate: false, stopping, anyMode);

    /// <summary>A command that may be the first on a new installation.</summary>
    internal static Task<int> WriteAsync(Func<IServiceProvider, Actor, Task<int>> work, CancellationToken stopping) => RunAsync(work, migrate: true, stopping);

    /// <summary>A table on a terminal; for other programs tab-separated lines under a head.</summary>
    internal static void Table(string[] head, IEnumerable<string[]> rows)
    {
        if (Console.IsOutputRedirected)
        {
            foreach (var row in rows.Prepend(head)) Console.WriteLine(string.Join('\t', row.Select(cell => cell.ReplaceLineEndings(" ").Replace('\t', ' '))));
            return;
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumns([.. head.Select(title => Markup.Escape(title))]);
        foreach (var row in rows) table.AddRow([.. row.Select(cell => new Text(cell))]);
        AnsiConsole.Write(table);
    }

    /// <summary>With its offset; empty where there is none.</summary>
    internal static string Time(DateTimeOffset? instant) => instant?.ToString("yyyy-MM-dd'T'HH:mmzzz", CultureInfo.InvariantCulture) ?? "";

    /// <summary>One sentence a problem, on standard error.</summary>
    internal static int Refuse(IReadOnlyList<Problem> problems)
    {
        foreach (var problem in problems)
        {
            var sentence = Sentences.Of(problem, Language);
            Console.Error.WriteLine(problem.Field is null ? $"{problem.Code}: {sentence}" : $"{problem.Code} ({problem.Field}): {sentence}");
        }

        return CommandLine.CouldNot;
    }

    private static async Task<int> CurrentAsync(IServiceProvider services, Actor actor, Func<IServiceProvider, Actor, Task<int>> work, CancellationToken stopping) =>
        await services.GetRequiredService<StorageStartup>().IsCurrentAsync(stopping)
            ? await work(services, actor)
            : throw new SettingsException(["The database has an older schema; run `notices migrate` first."]);
}
