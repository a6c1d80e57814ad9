using System.Diagnostics;
using Notices.Benchmarks.Seeding;

namespace Notices.Benchmarks.Protocol;

/// <summary>Programs as they are installed: published ReadyToRun, so that little is compiled at the start.</summary>
internal static class Published
{
    /// <summary>The service and its commands.</summary>
    internal static Task<ProcessStartInfo> NoticesAsync(Folder folder) => MakeAsync(Source(), folder.File("notices"));

    /// <summary>Into a folder of its own, so that the source's own build stays as it is.</summary>
    internal static async Task<ProcessStartInfo> MakeAsync(string project, string to)
    {
        var words = new[] { "publish", project, "-c", "Release", "--use-current-runtime", "--no-self-contained", "-p:PublishReadyToRun=true", "-p:NuGetLockFilePath=obj/published.lock.json", "--artifacts-path", to + "-build", "-o", to, "-v", "quiet", "--nologo" };
        using var publish = Process.Start(new ProcessStartInfo("dotnet", words) { UseShellExecute = false, RedirectStandardOutput = true, WorkingDirectory = Path.GetDirectoryName(project)! })!;
        var said = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        if (publish.ExitCode != 0) throw new BenchmarkException($"{project} could not be published: {said}");

        var name = Path.GetFileNameWithoutExtension(project) == "Notices.Web" ? "notices" : Path.GetFileNameWithoutExtension(project);

        return new ProcessStartInfo(Path.Combine(to, name)) { UseShellExecute = false };
    }

    /// <summary>The project of the service in the source this was built from.</summary>
    private static string Source()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var project = Path.Combine(at.FullName, "src", "Notices.Web", "Notices.Web.csproj");
            if (File.Exists(project)) return project;
        }

        throw new BenchmarkException("The source is not above this program; it is published from there.");
    }
}
