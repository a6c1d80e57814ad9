using System.IO.Compression;
using Notices.Access;
using Notices.Commands;
using Notices.Network;

namespace Notices.Audit;

/// <param name="Content">Gone from the disk once it is closed.</param>
internal sealed record DownloadedFile(string Name, Stream Content);

/// <summary>What <c>audit export</c> writes, in one file: the entries, and the manifest with their SHA-256 and the signed head.</summary>
internal sealed class AuditDownload(AuditExport export, OrganisationDirectory organisations)
{
    internal async Task<Result<DownloadedFile>> MakeAsync(Actor actor, string? from, string? to, AuditExportFormat format, CancellationToken stopping)
    {
        var zone = await organisations.ZoneAsync(actor, stopping) ?? TimeZoneInfo.Utc;
        var (first, last) = (Read(from, "from", zone), Read(to, "to", zone));
        if (!first.Ok || !last.Ok) return Result<DownloadedFile>.Refused([.. first.Problems, .. last.Problems]);

        var folder = Directory.CreateTempSubdirectory("notices-audit-");
        try
        {
            var written = await export.WriteAsync(actor, folder.FullName, first.Value, last.Value, format, stopping);

            return written.Value is { } manifest ? new DownloadedFile($"audit-{manifest.First}-{manifest.Last}.zip", await PackAsync(folder.FullName, stopping)) : Result<DownloadedFile>.Refused(written.Problems);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    internal static Result<DateTimeOffset?> Read(string? text, string name, TimeZoneInfo zone) => Moment.Read(string.IsNullOrWhiteSpace(text) ? null : text.Trim(), name, zone);

    private static async Task<Stream> PackAsync(string folder, CancellationToken stopping)
    {
        var packed = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        try
        {
            await ZipFile.CreateFromDirectoryAsync(folder, packed, stopping);
            packed.Position = 0;

            return packed;
        }
        catch
        {
            await packed.DisposeAsync();
            throw;
        }
    }
}
