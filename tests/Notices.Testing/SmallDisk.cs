using System.Diagnostics;
using System.Globalization;

namespace Notices.Testing;

/// <summary>A disk of its own that can be filled up and emptied, held in memory; gone when disposed.</summary>
public sealed class SmallDisk : IDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    /// <returns>Null where this process may not mount.</returns>
    public static SmallDisk? TryMake(int megabytes)
    {
        var folder = Directory.CreateTempSubdirectory("notices-disk-").FullName;
        if (Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m,mode=1777"), "none", folder)) return new SmallDisk(folder);

        Directory.Delete(folder);

        return null;
    }

    /// <summary>Until not one more page fits.</summary>
    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, 1);
        var page = new byte[4096];
        try
        {
            while (true) file.Write(page);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        // Lazily: a server may still be on its way down.
        Run("umount", "-l", Folder);
        Directory.Delete(Folder);
    }

    private string Filler => Path.Combine(Folder, "filler");

    private static bool Run(string program, params string[] words)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, words) { UseShellExecute = false, RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();

            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
