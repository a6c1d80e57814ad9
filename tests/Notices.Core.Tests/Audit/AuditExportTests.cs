using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Notices.Evidence;
using Notices.Testing;
using Xunit;

namespace Notices.Audit;

public sealed partial class AuditExportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("notices-export-").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public async Task Lines_verify_by_nothing_but_the_file_and_the_manifest()
    {
        await using var record = await Record.CreateAsync(DatabaseKind.Sqlite);
        await using var db = record.Open();
        await record.Export(db).WriteAsync(Record.Auditor, Path.Combine(_folder, "out.jsonl"), null, null, AuditExportFormat.Jsonl, default);

        var (lines, manifest) = (await File.ReadAllLinesAsync(Path.Combine(_folder, "out.jsonl")), JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "manifest.json"))).RootElement);
        Assert.Equal(["manifest.json", "out.jsonl"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
        Assert.Equal(Record.Entries, lines.Length);

        // An independent reader: text, SHA-256, ECDSA.
        var (previous, sequence) = ("", 0L);
        foreach (var line in lines)
        {
            var json = JsonDocument.Parse(line).RootElement;
            Assert.Equal(["seq", "at", "actor", "action", "subject", "before", "after", "previous", "hash"], json.EnumerateObject().Select(p => p.Name));
            Assert.Equal(++sequence, json.GetProperty("seq").GetInt64());
            Assert.Equal(previous, json.GetProperty("previous").GetString());
            previous = json.GetProperty("hash").GetString()!;
            Assert.Equal(previous, Sha256(Encoding.UTF8.GetBytes(Hash().Replace(line, ""))));
        }

        var file = manifest.GetProperty("files")[0];
        Assert.Equal(Sha256(await File.ReadAllBytesAsync(Path.Combine(_folder, "out.jsonl"))), file.GetProperty("sha256").GetString());
        Assert.Equal((1, 10), (manifest.GetProperty("first").GetInt64(), manifest.GetProperty("last").GetInt64()));
        var checkpoint = manifest.GetProperty("checkpoint");
        Assert.Equal(previous, checkpoint.GetProperty("hash").GetString());
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(manifest.GetProperty("publicKey").GetString()!), out _);
        var text = $"{checkpoint.GetProperty("sequence").GetInt64()} {checkpoint.GetProperty("hash").GetString()} {checkpoint.GetProperty("at").GetString()}";
        Assert.True(key.VerifyData(Encoding.UTF8.GetBytes(text), Convert.FromBase64String(checkpoint.GetProperty("signature").GetString()!), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        Assert.True((await record.VerifyAsync(CheckpointFile.Read(manifest.GetRawText()).Value)).Ok);
    }

    [Fact]
    public async Task A_stretch_is_whole_and_named_in_the_manifest()
    {
        await using var record = await Record.CreateAsync(DatabaseKind.Sqlite);
        await using var db = record.Open();
        var times = await db.AuditEntries.OrderBy(e => e.Sequence).Select(e => e.At).ToListAsync();

        var manifest = (await record.Export(db).WriteAsync(Record.Administrator, _folder, times[2], times[6], AuditExportFormat.Jsonl, default)).Value!;

        Assert.Equal((3, 6), (manifest.First, manifest.Last));
        Assert.Equal(4, (await File.ReadAllLinesAsync(Path.Combine(_folder, "audit.jsonl"))).Length);
        var none = (await record.Export(db).WriteAsync(Record.Administrator, _folder, times[9].AddDays(1), null, AuditExportFormat.Jsonl, default)).Value!;
        Assert.Equal((0, 0, 0), (none.First, none.Last, none.Files[0].Bytes));
        Assert.Equal("export-range", Assert.Single((await record.Export(db).WriteAsync(Record.Auditor, _folder, times[3], times[3], AuditExportFormat.Csv, default)).Problems).Code);
        Assert.Equal("forbidden", Assert.Single((await record.Export(db).WriteAsync(Record.Dispatcher, _folder, null, null, AuditExportFormat.Csv, default)).Problems).Code);
    }

    [Fact]
    public async Task The_table_has_all_columns_and_no_formula()
    {
        await using var record = await Record.CreateAsync(DatabaseKind.Sqlite);
        await using var db = record.Open();
        var trail = new AuditTrail(db, record.Clock);
        trail.Record(new Access.Actor("=HYPERLINK(\"x\")", new HashSet<Access.Role>(), "/"), "user.added", "+1\n2");
        await trail.CommitAsync(default);

        await record.Export(db).WriteAsync(Record.Auditor, _folder, null, null, AuditExportFormat.Csv, default);

        var text = await File.ReadAllTextAsync(Path.Combine(_folder, "audit.csv"));
        Assert.StartsWith("seq,at,actor,action,subject,before,after,previous,hash\n1,2026-11-23T01:00:01.234567Z,\"d\"\"ispatcher 调度\",outage.changed,outages/JX-2026-0001,\"{\"\"reason\"\":", text, StringComparison.Ordinal);
        Assert.Contains(",\"'=HYPERLINK(\"\"x\"\")\",user.added,\"'+1\n2\",,,", text, StringComparison.Ordinal);
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    [GeneratedRegex(",\"hash\":\"[0-9a-f]{64}\"")]
    private static partial Regex Hash();
}
