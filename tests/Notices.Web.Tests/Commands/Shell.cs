using System.Diagnostics;
using Notices.Testing;

namespace Notices.Commands;

/// <param name="Status">0 done, 1 done with failed checks, 2 could not run.</param>
internal sealed record Ran(int Status, string Output, string Errors);

/// <summary>The built program, started as a person at a shell would.</summary>
internal sealed class Shell : IAsyncDisposable
{
    private readonly Dictionary<string, string?> _environment;

    private Shell(TestDatabase database) => (Database, _environment) = (database, TestHost.Settings(database).ToDictionary(s => s.Key.Replace(":", "__", StringComparison.Ordinal), s => s.Value));

    internal TestDatabase Database { get; }

    internal static async Task<Shell> OpenAsync(DatabaseKind kind = DatabaseKind.Sqlite) => new(await TestDatabase.CreateAsync(kind));

    /// <param name="settings">Over the environment.</param>
    internal async Task<Ran> RunAsync(string arguments, string input = "", Dictionary<string, string?>? settings = null, string? user = null, string language = "en_GB.UTF-8")
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "notices.dll"));
        foreach (var argument in arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)) start.ArgumentList.Add(argument);
        foreach (var (name, value) in _environment.Concat(settings ?? [])) start.Environment[name] = value;
        start.Environment["LANG"] = language;
        start.Environment["DOTNET_TieredPGO"] = "0";
        if (user is not null) start.Environment["USER"] = start.Environment["LOGNAME"] = user;

        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();

        return new Ran(process.ExitCode, await output, await errors);
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
