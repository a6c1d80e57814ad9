using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Imports;
using Notices.Storage;

namespace Notices.Network;

/// <summary>Brings polygons in from GeoJSON (RFC 7946): a Feature or a FeatureCollection with the properties <c>code</c>, <c>name</c> and, where there are, <c>name_en</c> and, for CAP, <c>geocode</c>.</summary>
public sealed class AreaImport(NoticesDb db, AuditTrail audit)
{
    private const long LargestFile = 256L * 1024 * 1024;

    private static readonly string[] Columns = ["code", "name", "name_en", "geocode"];

    public async Task<Result<ImportReport>> RunAsync(
        Stream stream, ImportRequest request, Actor actor, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        if (ImportRun.Refuse(actor) is { } refusal) return refusal;
        var bytes = await ReadAsync(stream, cancellationToken);
        if (bytes is null) return new Problem("import-file-too-large", null, new { limit = LargestFile }, ProblemKind.Unreadable);
        var read = Parse(bytes);
        if (!read.Ok) return Result<ImportReport>.Refused(read.Problems);

        var report = new ImportReport { FileName = request.FileName, Sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), DryRun = request.DryRun };
        var run = new ImportRun(ImportKind.Areas, request, report, actor, audit, progress);
        var known = await db.Areas.ToDictionaryAsync(a => a.Code, StringComparer.Ordinal, cancellationToken);
        foreach (var (area, problems) in read.Value!)
        {
            report.Rows++;
            if (problems.Count > 0) run.Reject(new RejectedRow(Columns, [], report.Rows, [area.Code, area.Name, area.NameEn ?? "", area.Geocode ?? ""], problems));
            else Take(area, known, report);
        }

        if (request.DryRun) db.ChangeTracker.Clear();
        else
        {
            run.RecordBatch(1, report.Rows);
            await NamePlacesAsync(cancellationToken);
        }

        await run.FinishAsync(cancellationToken);
        db.ChangeTracker.Clear();

        return report;
    }

    /// <summary>A place without an English name gets its area's; saved with the record of the batch.</summary>
    private async Task NamePlacesAsync(CancellationToken cancellationToken)
    {
        await audit.BeginAsync(cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await db.Places.Where(p => p.NameEn == null && db.Areas.Any(a => a.Code == p.Code && a.NameEn != null))
            .ExecuteUpdateAsync(set => set.SetProperty(p => p.NameEn, p => db.Areas.Where(a => a.Code == p.Code).Select(a => a.NameEn).FirstOrDefault()), cancellationToken);
    }

    private static async Task<byte[]?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[81_920];
        while (await stream.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            if (whole.Length + read > LargestFile) return null;
            whole.Write(buffer, 0, read);
        }

        return whole.ToArray();
    }

    private void Take(Area area, Dictionary<string, Area> known, ImportReport report)
    {
        if (!known.TryGetValue(area.Code, out var existing))
        {
            report.Added++;
            known.Add(area.Code, area);
            db.Areas.Add(area);

            return;
        }

        (existing.Name, existing.NameEn, existing.Geocode, existing.Rings) = (area.Name, area.NameEn ?? existing.NameEn, area.Geocode, area.Rings);
        if (db.Entry(existing).State == EntityState.Unchanged) report.Unchanged++;
        else report.Changed++;
    }

    private static Result<List<(Area Area, List<Problem> Problems)>> Parse(byte[] bytes)
    {
        try
        {
            var text = bytes.AsMemory(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? 3 : 0);
            using var json = JsonDocument.Parse(text);
            var features = Features(json.RootElement);
            if (features is null) return new Problem("import-area-not-features", null, null, ProblemKind.Unreadable);

            return features.Select((feature, i) => Area(feature, i + 1)).ToList();
        }
        catch (JsonException broken)
        {
            return new Problem("import-area-broken", null, new { detail = broken.Message }, ProblemKind.Unreadable);
        }
    }

    private static List<JsonElement>? Features(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) return null;

        return Text(root, "type") switch
        {
            "Feature" => [root],
            "FeatureCollection" when root.TryGetProperty("features", out var list) && list.ValueKind == JsonValueKind.Array => [.. list.EnumerateArray()],
            _ => null,
        };
    }

    private static (Area, List<Problem>) Area(JsonElement feature, int index)
    {
        var problems = new List<Problem>();
        var properties = feature.ValueKind == JsonValueKind.Object && feature.TryGetProperty("properties", out var p) ? p : default;
        var (code, name, english, geocode) = (Text(properties, "code"), Text(properties, "name"), Text(properties, "name_en"), Text(properties, "geocode"));
        if (code.Length == 0) problems.Add(new Problem("import-area-property-missing", "code", new { index, property = "code" }));
        if (name.Length == 0) problems.Add(new Problem("import-area-property-missing", "name", new { index, property = "name" }));
        if (geocode.Length > 0 && (geocode.Length != 12 || !geocode.All(char.IsAsciiDigit))) problems.Add(new Problem("import-area-geocode", "geocode", new { index, value = geocode }));
        var rings = feature.ValueKind == JsonValueKind.Object && feature.TryGetProperty("geometry", out var geometry) ? Rings(geometry) : null;
        if (rings is null) problems.Add(new Problem("import-area-ring", "geometry", new { index }));

        return (new Area { Code = code, Name = name, NameEn = english.Length > 0 ? english : null, Geocode = geocode.Length > 0 ? geocode : null, Rings = rings ?? "" }, problems);
    }

    private static string Text(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? value.ToString().Trim() : "";

    /// <summary>The outer rings, one a line; null when one of them is no ring.</summary>
    private static string? Rings(JsonElement geometry)
    {
        if (geometry.ValueKind != JsonValueKind.Object || !geometry.TryGetProperty("coordinates", out var coordinates) || coordinates.ValueKind != JsonValueKind.Array) return null;
        var polygons = Text(geometry, "type") switch
        {
            "Polygon" => [coordinates],
            "MultiPolygon" => coordinates.EnumerateArray().ToList(),
            _ => [],
        };
        var rings = polygons.Select(polygon => polygon.ValueKind == JsonValueKind.Array && polygon.GetArrayLength() > 0 ? Ring(polygon[0]) : null).ToList();

        return rings.Count > 0 && rings.TrueForAll(r => r is not null) ? string.Join('\n', rings) : null;
    }

    private static string? Ring(JsonElement ring)
    {
        if (ring.ValueKind != JsonValueKind.Array) return null;
        var points = new List<string>();
        foreach (var point in ring.EnumerateArray())
        {
            if (point.ValueKind != JsonValueKind.Array || point.GetArrayLength() < 2) return null;
            if (point[0].ValueKind != JsonValueKind.Number || point[1].ValueKind != JsonValueKind.Number) return null;
            var (longitude, latitude) = (point[0].GetDouble(), point[1].GetDouble());
            if (Math.Abs(longitude) > 180 || Math.Abs(latitude) > 90) return null;
            points.Add(string.Create(CultureInfo.InvariantCulture, $"{latitude:0.######},{longitude:0.######}"));
        }

        return points.Count >= 4 && points[0] == points[^1] ? string.Join(' ', points) : null;
    }
}
