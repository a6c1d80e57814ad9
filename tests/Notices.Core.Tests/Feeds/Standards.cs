using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using Xunit;

namespace Notices.Feeds;

/// <summary>The published schemas and descriptions; they stand beside the repository, or where <c>NOTICES_STANDARDS</c> says, and a test that needs them skips without.</summary>
internal static class Standards
{
    private static readonly Lazy<string?> Folder = new(Find);
    private static readonly Lazy<XmlSchemaSet> Schemas = new(Load);

    internal static XmlSchemaSet Needed()
    {
        if (Folder.Value is null) Assert.Skip("The folder shared/standards is missing; NOTICES_STANDARDS may name it.");

        return Schemas.Value;
    }

    /// <returns>Null where there is none.</returns>
    internal static string? Find(string file) => Folder.Value is { } folder && Path.Combine(folder, file) is var path && File.Exists(path) ? path : null;

    internal static void AssertValid(XDocument document)
    {
        var faults = new List<string>();
        document.Validate(Needed(), (_, fault) => faults.Add(fault.Message));
        Assert.Empty(faults);
        // Lax schemas let an unknown root pass.
        Assert.Contains(document.Root!.Name.NamespaceName, Needed().Schemas().Cast<XmlSchema>().Select(s => s.TargetNamespace));
    }

    private static XmlSchemaSet Load()
    {
        var schemas = new XmlSchemaSet { XmlResolver = new XmlUrlResolver() };
        foreach (var name in (string[])["CAP-v1.2.xsd", "atom.xsd"]) schemas.Add(null, Path.Combine(Folder.Value!, name));
        schemas.Compile();

        return schemas;
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("NOTICES_STANDARDS") is { Length: > 0 } named) return Directory.Exists(named) ? named : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "standards");
            if (Directory.Exists(candidate)) return candidate;
        }

        return null;
    }
}
