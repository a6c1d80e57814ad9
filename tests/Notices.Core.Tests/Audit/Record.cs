using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Notices.Access;
using Notices.Deliveries;
using Notices.Evidence;
using Notices.Feeds;
using Notices.Outages;
using Notices.Publishing;
using Notices.Storage;
using Notices.Testing;
using Xunit;

namespace Notices.Audit;

/// <summary>A record of ten entries on a fresh database: changes, a batch of attempts (4), one of receipts (6), a notice (8).</summary>
internal sealed class Record : IAsyncDisposable
{
    internal const int Entries = 10;
    internal const long AttemptsAt = 4, ReceiptsAt = 6, NoticeAt = 8;

    internal static readonly Actor Auditor = new("auditor@example.org", new HashSet<Role> { Role.Auditor }, "/");
    internal static readonly Actor Dispatcher = new("d\"ispatcher 调度", new HashSet<Role> { Role.Dispatcher }, "/");
    internal static readonly Actor Administrator = new("admin", new HashSet<Role> { Role.Administrator }, "/");

    private readonly TestDatabase _database;

    private Record(TestDatabase database) => (_database, Signer) = (database, new CheckpointSigner(Options));

    internal FakeTimeProvider Clock { get; } = new(Press.Morning);

    internal AuditOptions Options { get; } = AuditOptions.Fresh();

    internal CheckpointSigner Signer { get; }

    internal NoticesDb Open() => _database.Open();

    internal static async Task<Record> CreateAsync(DatabaseKind kind)
    {
        var record = new Record(await TestDatabase.CreateAsync(kind));
        for (var i = 1; i <= Entries; i++)
        {
            record.Clock.Advance(TimeSpan.FromTicks(12_345_678));
            await record.WriteAsync(i);
        }

        return record;
    }

    internal async Task<AuditVerdict> VerifyAsync(Checkpoint? external = null)
    {
        await using var db = Open();
        var result = await new AuditVerifier(db, Signer).VerifyAsync(Auditor, null, external, default);
        Assert.Empty(result.Problems);

        return result.Value!;
    }

    internal async Task<Checkpoint?> SignAsync()
    {
        await using var db = Open();

        return await Checkpoints(db).SignHeadAsync(default);
    }

    internal Checkpoints Checkpoints(NoticesDb db) => new(db, Clock, Signer, NullLogger<Checkpoints>.Instance);

    internal AuditExport Export(NoticesDb db) => new(db, Clock, Checkpoints(db), Signer);

    internal async Task AppendAsync(string action = "outage.changed")
    {
        await using var db = Open();
        var trail = new AuditTrail(db, Clock);
        trail.Record(Dispatcher, action, "outages/JX-2026-0001", new { reason = "天气" }, new { reason = "<检修> & \"更换\"" });
        await trail.CommitAsync(default);
    }

    internal async Task SqlAsync(params string[] statements)
    {
        await using var db = Open();
        foreach (var statement in statements) await db.Database.ExecuteSqlRawAsync(statement.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));
    }

    /// <summary>Rewrites one entry and gives it its right hash, as somebody with the program would.</summary>
    internal async Task ForgeAsync(long sequence, Func<string, string> line, bool hashAnew = true)
    {
        await using var db = Open();
        var entry = await db.AuditEntries.SingleAsync(e => e.Sequence == sequence);
        entry.Line = line(entry.Line);
        if (hashAnew) entry.Hash = AuditChain.Hash(entry.Line);
        await db.SaveChangesAsync();
    }

    /// <summary>Hashes everything after an entry anew, the head too: a chain that is whole and false.</summary>
    internal async Task RehashAfterAsync(long sequence)
    {
        await using var db = Open();
        var entries = await db.AuditEntries.OrderBy(e => e.Sequence).ToListAsync();
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Sequence <= sequence) continue;
            var line = AuditLine.Of(entries[i])!;
            entries[i].Line = entries[i].Line.Replace(line.Previous, entries[i - 1].Hash, StringComparison.Ordinal);
            entries[i].Hash = AuditChain.Hash(entries[i].Line);
        }

        (await db.AuditHeads.SingleAsync()).Hash = entries[^1].Hash;
        await db.SaveChangesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Signer.Dispose();
        await _database.DisposeAsync();
    }

    private async Task WriteAsync(long sequence)
    {
        if (sequence is not (AttemptsAt or ReceiptsAt or NoticeAt))
        {
            await AppendAsync();

            return;
        }

        await using var db = Open();
        var trail = new AuditTrail(db, Clock);
        using var hash = new RowsHash();
        if (sequence == AttemptsAt)
        {
            for (var i = 1; i <= 3; i++)
            {
                var row = new Attempt { DeliveryId = i, Batch = "a1", Number = 1, StartedAt = Clock.GetUtcNow(), EndedAt = Clock.GetUtcNow().AddTicks(12_345), Provider = "sandbox", Outcome = 1, ProviderMessageId = $"m{i}" };
                db.Add(row);
                await db.SaveChangesAsync();
                hash.Add(row);
            }

            trail.Record(Actor.System, "deliveries.attempted", "attempts/a1", null, new { count = hash.Count, sha256 = hash.Finish() });
        }
        else if (sequence == ReceiptsAt)
        {
            for (var i = 1; i <= 2; i++)
            {
                var row = new Receipt { DeliveryId = i, Batch = "r1", At = Clock.GetUtcNow(), State = DeliveryState.Delivered };
                db.Add(row);
                await db.SaveChangesAsync();
                hash.Add(row);
            }

            trail.Record(Actor.System, "deliveries.receipts", "receipts/r1", null, new { count = hash.Count, sha256 = hash.Finish() });
        }
        else
        {
            var press = new Press(db);
            var notice = await press.NoticeAsync(await press.OutageAsync(await press.OrganisationAsync(), OutageKind.Planned), NoticeType.Initial, Clock.GetUtcNow());
            NoticeHash.Record(trail, Actor.System, notice, notice.Texts);
        }

        await trail.CommitAsync(default);
        Assert.Equal(sequence, (await db.AuditHeads.AsNoTracking().SingleAsync()).Sequence);
    }

    internal static string Text(AuditVerdict verdict) => verdict.Fault is { } fault
        ? string.Create(CultureInfo.InvariantCulture, $"{fault.Kind} {fault.Sequence}").TrimEnd()
        : "ok";
}
