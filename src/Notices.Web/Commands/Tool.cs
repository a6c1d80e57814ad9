using System.Globalization;
using Notices.Access;
using Notices.Setup;
using Notices.Storage;
using Notices.Words;

namespace Notices.Commands;

/// <summary>What a command has besides its own work: the services, who calls, and how problems are printed.</summary>
internal static class Tool
{
    /// <summary>Whoever sits at this machine's shell. Submitting and approving still need two of them.</summary>
    internal static Actor Caller => new($"shell:{Environment.UserName}", new HashSet<Role>(Enum.GetValues<Role>()), "/");

    /// <summary>The language of messages: English, or Chinese where the shell speaks it.</summary>
    internal static string Language => Languages.Nearest(Environment.GetEnvironmentVariable("LANG") ?? CultureInfo.CurrentUICulture.Name) ?? Languages.English;

    /// <summary>Runs a command beside a running service: same settings, no loops, no listening.</summary>
    internal static async Task<int> RunAsync(Func<IServiceProvider, Actor, Task<int>> work, bool migrate, CancellationToken stopping)
    {
        await using var app = NoticesHost.Create(new HostRequest(Role: HostRole.Web, Quiet: true));
        await using var scope = app.Services.CreateAsyncScope();
        var storage = scope.ServiceProvider.GetRequiredService<StorageStartup>();
        if (migrate && !scope.ServiceProvider.GetRequiredService<StorageOptions>().IsPostgreSql) await storage.MigrateAsync(stopping);
        else if (migrate && !await storage.IsCurrentAsync(stopping)) throw new SettingsException(["The database has an older schema; run `notices migrate` first."]);

        return await work(scope.ServiceProvider, Caller);
    }

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
}
