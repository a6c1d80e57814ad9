using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Notices.Public;

/// <summary>The few files of the map, read once and served below <c>/map/</c>: Leaflet as distributed, with its licence, and our own script.</summary>
internal sealed class MapFiles
{
    private readonly FrozenDictionary<string, MapFile> _files;

    public MapFiles()
    {
        var root = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        _files = new[] { "map", Path.Combine("lib", "leaflet") }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*", SearchOption.AllDirectories)
                .Where(file => Path.GetExtension(file) is not (".gz" or ".br")) // which publishing puts beside them
                .Select(file => (Name: Path.GetRelativePath(Path.Combine(root, folder), file).Replace('\\', '/'), Bytes: File.ReadAllBytes(file))))
            .ToFrozenDictionary(file => file.Name, file => new MapFile(file.Bytes, TypeOf(file.Name), new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(file.Bytes).AsSpan(0, 12))}\"")), StringComparer.Ordinal);
    }

    internal MapFile? Find(string name) => _files.GetValueOrDefault(name);

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".png" => "image/png",
        _ => "text/plain; charset=utf-8",
    };

    internal sealed record MapFile(byte[] Bytes, string Type, EntityTagHeaderValue Tag);
}
