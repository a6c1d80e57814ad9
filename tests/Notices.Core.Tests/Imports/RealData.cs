using Xunit;

namespace Notices.Imports;

/// <summary>Files real utilities publish; kept beside the repository, never in it.</summary>
internal static class RealData
{
    internal static string Path(params string[] parts)
    {
        var folder = Folder();
        if (folder is null) Assert.Skip("The real data is not on this machine; set NOTICES_REAL_DATA to its folder.");

        return System.IO.Path.Combine([folder, .. parts]);
    }

    internal static ImportProfile Profile(string name)
    {
        var loaded = ProfileLoader.Load(System.IO.Path.Combine(Repository(), "config", "imports"), name);
        Assert.Empty(loaded.Problems);

        return loaded.Value!;
    }

    internal static string Repository() =>
        Above().First(folder => File.Exists(System.IO.Path.Combine(folder, "Notices.sln")));

    private static string? Folder() =>
        Environment.GetEnvironmentVariable("NOTICES_REAL_DATA")
        ?? Above().Select(folder => System.IO.Path.Combine(folder, "shared", "data")).FirstOrDefault(Directory.Exists);

    private static IEnumerable<string> Above()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = System.IO.Path.GetDirectoryName(folder)) yield return folder;
    }
}
