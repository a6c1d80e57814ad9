using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Evidence;
using Notices.Storage;

namespace Notices.Audit;

public enum AuditExportFormat
{
    /// <summary>One entry a line, as stored, with its hash as the last property.</summary>
    Jsonl,

    /// <summary>The same in columns, for a table program.</summary>
    Csv,
}

/// <param name="Sha256">Lower-case hexadecimal, over the whole file.</param>
/// <param name="First">First sequence; 0 in an empty file.</param>
public sealed record ExportedFile(string Name, string Sha256, long Bytes, long Entries, long First, long Last);

/// <summary>What stands in <c>manifest.json</c>.</summary>
/// <param name="Checkpoint">The newest signed head the file reaches where there is one, otherwise that of now.</param>
public sealed record AuditManifest(
    AuditExportFormat Format, DateTimeOffset? From, DateTimeOffset? To, DateTimeOffset ExportedAt, long First, long Last, IReadOnlyList<ExportedFile> Files,
    CheckpointFile? Checkpoint, string PublicKey);

/// <summary>Copies a stretch of the record into a file that proves itself: SHA-256 over a line's UTF-8 without <c>,"hash":"…"</c> gives its hash, and each names the one before.</summary>
public sealed class AuditExport(NoticesDb db, TimeProvider clock, Checkpoints checkpoints, CheckpointSigner signer)
{
    private const string ManifestName = "manifest.json";

    private static readonly JsonSerializerOptions Indented = new(Json.Stored) { WriteIndented = true };

    /// <summary>Writes the file and <c>manifest.json</c> beside it, each under a temporary name until it is whole.</summary>
    /// <param name="path">A file, or an existing folder for <c>audit.jsonl</c> or <c>audit.csv</c>.</param>
    /// <param name="from">The first entry is the first written at or after it; null from the beginning.</param>
    /// <param name="to">The last entry is the last written before it; null to the end. What lies between is whole, whatever its clock said.</param>
    /// <returns>Forbidden for who is neither auditor nor administrator; an <see cref="IOException"/> where the disk does not take it.</returns>
    public async Task<Result<AuditManifest>> WriteAsync(
        Actor actor, string path, DateTimeOffset? from, DateTimeOffset? to, AuditExportFormat format, CancellationToken cancellationToken)
    {
        if (!actor.IsAny(Role.Auditor, Role.Administrator)) return Problem.Forbidden("audit.export");
        if (from >= to) return new Problem("export-range", "to", new { from, to });

        var newest = await checkpoints.SignHeadAsync(cancellationToken);
        var (first, last) = await RangeAsync(from, to, newest?.Sequence, cancellationToken);
        var file = Path.GetFullPath(Directory.Exists(path) ? Path.Combine(path, "audit." + (format == AuditExportFormat.Csv ? "csv" : "jsonl")) : path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);

        var written = await EntriesAsync(file, first, last, format, cancellationToken);
        var checkpoint = await db.Checkpoints.AsNoTracking().Where(c => c.Sequence >= first && c.Sequence <= last).OrderByDescending(c => c.Sequence).FirstOrDefaultAsync(cancellationToken) ?? newest;
        var manifest = new AuditManifest(
            format, from, to, clock.GetUtcNow(), written.First, written.Last, [written], checkpoint is null ? null : CheckpointFile.Of(checkpoint, signer), signer.PublicKey);
        await ManifestAsync(Path.Combine(Path.GetDirectoryName(file)!, ManifestName), manifest, cancellationToken);

        return manifest;
    }

    private async Task<(long First, long Last)> RangeAsync(DateTimeOffset? from, DateTimeOffset? to, long? head, CancellationToken cancellationToken)
    {
        var first = from is { } start ? await db.AuditEntries.Where(e => e.At >= start).MinAsync(e => (long?)e.Sequence, cancellationToken) : 1;
        var last = to is { } end ? await db.AuditEntries.Where(e => e.At < end).MaxAsync(e => (long?)e.Sequence, cancellationToken)
            : head ?? await db.AuditEntries.MaxAsync(e => (long?)e.Sequence, cancellationToken);

        return (first ?? long.MaxValue, last ?? 0);
    }

    private async Task<ExportedFile> EntriesAsync(string file, long first, long last, AuditExportFormat format, CancellationToken cancellationToken)
    {
        var (temporary, entries, lowest, highest) = (Temporary(file), 0L, 0L, 0L);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var bytes = 0L;
            await using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, true))
            {
                if (format == AuditExportFormat.Csv) await PutAsync(AuditCsv.Head);
                for (var after = first - 1; after < last;)
                {
                    var page = await AuditReading.PageAsync(db, after, last, cancellationToken);
                    if (page.Count == 0) break;
                    var text = new StringBuilder(page.Count * 400);
                    foreach (var entry in page) text.Append(format == AuditExportFormat.Csv ? AuditCsv.Row(entry) : AuditChain.WithHash(entry)).Append('\n');
                    await PutAsync(text.ToString());
                    (entries, lowest, highest, after) = (entries + page.Count, lowest == 0 ? page[0].Sequence : lowest, page[^1].Sequence, page[^1].Sequence);
                }

                async Task PutAsync(string text)
                {
                    var block = Encoding.UTF8.GetBytes(text);
                    hash.AppendData(block);
                    bytes += block.Length;
                    await stream.WriteAsync(block, cancellationToken);
                }
            }

            File.Move(temporary, file, true);

            return new ExportedFile(Path.GetFileName(file), Convert.ToHexStringLower(hash.GetHashAndReset()), bytes, entries, lowest, highest);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static async Task ManifestAsync(string file, AuditManifest manifest, CancellationToken cancellationToken)
    {
        var temporary = Temporary(file);
        try
        {
            await File.WriteAllTextAsync(temporary, JsonSerializer.Serialize(manifest, Indented) + "\n", cancellationToken);
            File.Move(temporary, file, true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static string Temporary(string file) => $"{file}.{Guid.NewGuid():n}.part";
}
