using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Testing;
using Xunit;

namespace Notices.Audit;

/// <summary>Each way to tamper, by SQL, and the name verifying gives it.</summary>
public abstract class AuditVerifierTests(DatabaseKind kind)
{
    public sealed class OnSqlite() : AuditVerifierTests(DatabaseKind.Sqlite);

    public sealed class OnPostgreSql() : AuditVerifierTests(DatabaseKind.PostgreSql);

    [Fact]
    public async Task What_nobody_touched_verifies()
    {
        await using var record = await Record.CreateAsync(kind);
        var signed = await record.SignAsync();
        await record.AppendAsync();

        var verdict = await record.VerifyAsync(signed);

        Assert.True(verdict.Ok, Record.Text(verdict));
        Assert.Equal((Record.Entries + 1, false), (verdict.Entries, verdict.Empty));
    }

    [Fact]
    public async Task An_empty_record_verifies_and_says_that_it_is_empty()
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        await using var db = database.Open();
        using var signer = new Evidence.CheckpointSigner(AuditOptions.Fresh());

        var verdict = (await new AuditVerifier(db, signer).VerifyAsync(Record.Auditor, null, null, default)).Value!;
        Assert.True(verdict is { Ok: true, Empty: true });
        Assert.Equal("forbidden", Assert.Single((await new AuditVerifier(db, signer).VerifyAsync(Record.Dispatcher, null, null, default)).Problems).Code);
    }

    [Theory]
    [InlineData("UPDATE audit_entries SET line = replace(line, '检修', '无事') WHERE sequence = 5", "Changed 5")]
    [InlineData("UPDATE audit_entries SET line = replace(line, '检修', '无事') WHERE sequence = 1", "Changed 1")]
    [InlineData("UPDATE audit_entries SET line = replace(line, '检修', '无事') WHERE sequence = 10", "Changed 10")]
    [InlineData("UPDATE audit_entries SET line = 'nonsense' WHERE sequence = 7", "Changed 7")]
    [InlineData("UPDATE audit_entries SET actor = 'somebody' WHERE sequence = 3", "Changed 3")]
    [InlineData("UPDATE audit_entries SET action = 'x' WHERE sequence = 4", "Changed 4")]
    [InlineData("UPDATE audit_entries SET subject = 'x' WHERE sequence = 8", "Changed 8")]
    [InlineData("UPDATE audit_entries SET hash = upper(hash) WHERE sequence = 5", "Changed 5")]
    [InlineData("UPDATE audit_entries SET hash = '' WHERE sequence = 9", "Changed 9")]
    [InlineData("DELETE FROM audit_entries WHERE sequence = 1", "Removed 1")]
    [InlineData("DELETE FROM audit_entries WHERE sequence = 5", "Removed 5")]
    [InlineData("DELETE FROM audit_entries WHERE sequence = 10", "Removed 10")]
    [InlineData("DELETE FROM audit_entries WHERE sequence BETWEEN 3 AND 6", "Removed 3")]
    [InlineData("DELETE FROM audit_entries", "Removed 1")]
    [InlineData("UPDATE audit_heads SET sequence = 9", "Head 10")]
    [InlineData("UPDATE audit_heads SET sequence = 9, hash = (SELECT hash FROM audit_entries WHERE sequence = 9)", "Inserted 10")]
    [InlineData("UPDATE audit_heads SET sequence = 12", "Removed 11")]
    [InlineData("DELETE FROM audit_heads", "Head 10")]
    [InlineData("UPDATE audit_entries SET sequence = 77 WHERE sequence = 5", "Reordered 5")]
    [InlineData("UPDATE audit_entries SET sequence = 77777 WHERE sequence = 10", "Reordered 10")]
    [InlineData("UPDATE audit_entries SET sequence = 0 WHERE sequence = 5", "Reordered 5")]
    [InlineData("INSERT INTO audit_entries (sequence, at, actor, action, subject, line, hash) SELECT -3, at, actor, action, subject, line, hash FROM audit_entries WHERE sequence = 10", "Inserted -3")]
    public async Task One_statement_is_found_and_named(string sql, string expected)
    {
        await using var record = await Record.CreateAsync(kind);
        await record.SqlAsync(sql);

        Assert.Equal(expected, Record.Text(await record.VerifyAsync()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(9)]
    [InlineData(10)]
    public async Task An_entry_changed_with_its_hash_made_right_is_named(long sequence)
    {
        await using var record = await Record.CreateAsync(kind);
        await record.ForgeAsync(sequence, line => line.Replace("检修", "无事", StringComparison.Ordinal));
        Assert.Equal($"Changed {sequence}", Record.Text(await record.VerifyAsync()));
    }

    [Fact]
    public async Task A_signed_entry_changed_with_its_hash_made_right_is_named_as_changed()
    {
        await using var record = await Record.CreateAsync(kind);
        await record.SignAsync();
        await record.AppendAsync();
        await record.ForgeAsync(10, line => line.Replace("检修", "无事", StringComparison.Ordinal));

        Assert.Equal("Changed 10", Record.Text(await record.VerifyAsync()));
    }

    [Fact]
    public async Task Under_a_signature_a_wrong_head_is_told_from_a_changed_last_entry()
    {
        await using var record = await Record.CreateAsync(kind);
        await record.SignAsync();
        await record.SqlAsync("UPDATE audit_heads SET hash = 'x'");

        Assert.Equal("Head 10", Record.Text(await record.VerifyAsync()));
    }

    [Fact]
    public async Task A_link_turned_to_another_entry_is_named()
    {
        await using var record = await Record.CreateAsync(kind);
        await record.ForgeAsync(5, line => line.Replace(AuditLine.Of(new AuditEntry { Actor = "", Action = "", Subject = "", Line = line, Hash = "" })!.Previous, new string('0', 64), StringComparison.Ordinal));

        Assert.Equal("Changed 5", Record.Text(await record.VerifyAsync()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(9)]
    public async Task An_entry_removed_and_the_numbers_closed_up_is_named(long sequence)
    {
        await using var record = await Record.CreateAsync(kind);
        await record.SqlAsync($"DELETE FROM audit_entries WHERE sequence = {sequence}", Lift(sequence), "UPDATE audit_entries SET sequence = -sequence - 1 WHERE sequence < 0");

        Assert.Equal($"Removed {sequence}", Record.Text(await record.VerifyAsync()));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(5, true)]
    [InlineData(5, false)]
    [InlineData(10, true)]
    [InlineData(10, false)]
    public async Task An_entry_pushed_in_is_named(long sequence, bool linked)
    {
        await using var record = await Record.CreateAsync(kind);
        await record.SqlAsync(Lift(sequence), "UPDATE audit_entries SET sequence = -sequence + 1 WHERE sequence < 0");
        await using (var db = record.Open())
        {
            var previous = linked ? await db.AuditEntries.Where(e => e.Sequence == sequence - 1).Select(e => e.Hash).FirstOrDefaultAsync() ?? "" : "made up";
            var line = AuditChain.Line(sequence, record.Clock.GetUtcNow(), "x", "y", "z", null, null, previous);
            db.Add(new AuditEntry { Sequence = sequence, At = record.Clock.GetUtcNow(), Actor = "x", Action = "y", Subject = "z", Line = line, Hash = AuditChain.Hash(line) });
            await db.SaveChangesAsync();
        }

        Assert.Equal($"Inserted {sequence}", Record.Text(await record.VerifyAsync()));
        await record.SqlAsync("UPDATE audit_heads SET sequence = 11");
        Assert.Equal($"Inserted {sequence}", Record.Text(await record.VerifyAsync()));
    }

    [Fact]
    public async Task An_entry_put_behind_the_head_or_copied_is_named()
    {
        await using var record = await Record.CreateAsync(kind);
        await record.SqlAsync("INSERT INTO audit_entries (sequence, at, actor, action, subject, line, hash) SELECT 11, at, actor, action, subject, line, hash FROM audit_entries WHERE sequence = 10");

        Assert.Equal("Inserted 11", Record.Text(await record.VerifyAsync()));
    }

    [Theory]
    [InlineData(5, 6)]
    [InlineData(2, 9)]
    [InlineData(1, 10)]
    public async Task Two_entries_swapped_are_named_by_the_first(long one, long other)
    {
        await using var record = await Record.CreateAsync(kind);
        await record.SqlAsync(
            $"UPDATE audit_entries SET sequence = -1 WHERE sequence = {one}", $"UPDATE audit_entries SET sequence = {one} WHERE sequence = {other}", $"UPDATE audit_entries SET sequence = {other} WHERE sequence = -1");

        Assert.Equal($"Reordered {one}", Record.Text(await record.VerifyAsync()));
    }

    [Theory]
    [InlineData("UPDATE attempts SET outcome = 3 WHERE id = 2", "audit-attempts-changed", 4L)]
    [InlineData("UPDATE attempts SET provider_message_id = 'other' WHERE id = 3", "audit-attempts-changed", 4L)]
    [InlineData("DELETE FROM attempts WHERE id = 3", "audit-attempts-removed", 4L)]
    [InlineData("DELETE FROM attempts", "audit-attempts-removed", 4L)]
    [InlineData("INSERT INTO attempts (delivery_id, batch, number, started_at, ended_at, provider, outcome) SELECT 9, batch, 1, started_at, ended_at, provider, 1 FROM attempts WHERE id = 1", "audit-attempts-added", 4L)]
    [InlineData("INSERT INTO attempts (delivery_id, batch, number, started_at, ended_at, provider, outcome) SELECT 9, 'zz', 1, started_at, ended_at, provider, 1 FROM attempts WHERE id = 1", "audit-attempts-unspoken", null)]
    [InlineData("UPDATE receipts SET state = 9 WHERE id = 1", "audit-attempts-changed", 6L)]
    [InlineData("UPDATE receipts SET batch = 'zz' WHERE id = 1", "audit-attempts-removed", 6L)]
    [InlineData("INSERT INTO receipts (delivery_id, batch, at, state) SELECT 9, 'zz', at, 8 FROM receipts WHERE id = 1", "audit-attempts-unspoken", null)]
    [InlineData("UPDATE notice_texts SET body = 'x' WHERE language = 'en' AND medium = 'feed'", "audit-notice-changed", 8L)]
    [InlineData("DELETE FROM notice_texts WHERE medium = 'crawl'", "audit-notice-changed", 8L)]
    [InlineData("UPDATE notices SET facts = replace(facts, '1200', '12')", "audit-notice-changed", 8L)]
    [InlineData("UPDATE notices SET late_reason = 'x'", "audit-notice-changed", 8L)]
    [InlineData("UPDATE notices SET identifier = 'x'", "audit-notice-removed", 8L)]
    public async Task Rows_an_entry_spoke_for_are_read_again(string sql, string code, long? sequence)
    {
        await using var record = await Record.CreateAsync(kind);
        await record.SqlAsync(sql);

        var verdict = await record.VerifyAsync();

        Assert.Equal((code, sequence), (verdict.Fault?.Problem.Code, verdict.Fault?.Sequence));
    }

    [Fact]
    public async Task A_batch_without_rows_is_in_order()
    {
        await using var record = await Record.CreateAsync(kind);
        await using var db = record.Open();
        using var hash = new RowsHash();
        var trail = new AuditTrail(db, record.Clock);
        trail.Record(Actor.System, "deliveries.receipts", "receipts/r2", null, new { count = 0, sha256 = hash.Finish(), unknown = 3 });
        await trail.CommitAsync(default);

        Assert.Equal("ok", Record.Text(await record.VerifyAsync()));
    }

    [Fact]
    public async Task The_earliest_fault_is_named()
    {
        await using var record = await Record.CreateAsync(kind);
        await record.SqlAsync("UPDATE attempts SET outcome = 3 WHERE id = 2", "UPDATE audit_entries SET line = 'x' WHERE sequence = 5");
        Assert.Equal("Attempts 4", Record.Text(await record.VerifyAsync()));

        await record.SqlAsync("UPDATE audit_entries SET line = 'x' WHERE sequence = 2");
        Assert.Equal("Changed 2", Record.Text(await record.VerifyAsync()));
    }

    [Fact]
    public async Task Several_writers_keep_one_chain_without_a_gap()
    {
        await using var record = await Record.CreateAsync(kind);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++) await record.AppendAsync();
        })));

        var verdict = await record.VerifyAsync();
        Assert.True(verdict.Ok, Record.Text(verdict));
        Assert.Equal(Record.Entries + 200, verdict.Entries);
    }

    [Fact]
    public async Task Verifying_while_others_write_finds_nothing_wrong()
    {
        await using var record = await Record.CreateAsync(kind);
        using var done = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested) await record.AppendAsync();
        });

        for (var i = 0; i < 20; i++) Assert.Equal("ok", Record.Text(await record.VerifyAsync()));
        await done.CancelAsync();
        await writer;
    }

    /// <summary>Takes an entry and all after it out of the way, for the next statement to put them elsewhere.</summary>
    private static string Lift(long sequence) => $"UPDATE audit_entries SET sequence = -sequence WHERE sequence >= {sequence}";
}
