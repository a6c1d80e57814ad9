namespace Notices.Testing;

/// <summary>The checkout the tests were built from.</summary>
public static class Repository
{
    /// <summary>Its top folder, which holds <c>src</c>, <c>config</c> and <c>templates</c>.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Notices.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException("Notices.sln is not above the tests.");
    }
}
