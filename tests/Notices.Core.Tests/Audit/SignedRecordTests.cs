using Notices.Access;
using Notices.Testing;
using Xunit;

namespace Notices.Audit;

/// <summary>What a signed head finds that the chain alone cannot: it rewritten whole, and its tail cut off.</summary>
public abstract class SignedRecordTests(DatabaseKind kind)
{
    public sealed class OnSqlite() : SignedRecordTests(DatabaseKind.Sqlite);

    public sealed class OnPostgreSql() : SignedRecordTests(DatabaseKind.PostgreSql);

    [Fact]
    public async Task A_chain_rehashed_whole_is_found_by_what_was_signed()
    {
        await using var record = await Record.CreateAsync(kind);
        var signed = await record.SignAsync();
        await record.AppendAsync();
        await record.ForgeAsync(3, line => line.Replace("检修", "无事", StringComparison.Ordinal));
        await record.RehashAfterAsync(3);

        Assert.Equal("Checkpoint 10", Record.Text(await record.VerifyAsync()));
        Assert.Null(await record.SignAsync());

        // Who has the database can forget the signature in it, not the one kept elsewhere.
        await record.SqlAsync("DELETE FROM checkpoints");
        Assert.Equal("ok", Record.Text(await record.VerifyAsync()));
        Assert.Equal("Checkpoint 10", Record.Text(await record.VerifyAsync(signed)));
    }

    [Fact]
    public async Task A_tail_cut_off_is_found_by_what_was_signed()
    {
        await using var record = await Record.CreateAsync(kind);
        var signed = await record.SignAsync();
        await record.SqlAsync("DELETE FROM audit_entries WHERE sequence > 8", "UPDATE audit_heads SET sequence = 8, hash = (SELECT hash FROM audit_entries WHERE sequence = 8)");

        Assert.Equal("Removed 9", Record.Text(await record.VerifyAsync()));
        await record.SqlAsync("DELETE FROM checkpoints");
        Assert.Equal("ok", Record.Text(await record.VerifyAsync()));
        Assert.Equal("Removed 9", Record.Text(await record.VerifyAsync(signed)));
    }

    [Fact]
    public async Task A_tail_cut_off_that_spoke_for_a_notice_or_attempts_is_found_by_those()
    {
        await using var record = await Record.CreateAsync(kind);
        await record.SqlAsync("DELETE FROM audit_entries WHERE sequence > 7", "UPDATE audit_heads SET sequence = 7, hash = (SELECT hash FROM audit_entries WHERE sequence = 7)");
        Assert.Equal("Notice", Record.Text(await record.VerifyAsync()));

        await record.SqlAsync("DELETE FROM audit_entries WHERE sequence > 3", "UPDATE audit_heads SET sequence = 3, hash = (SELECT hash FROM audit_entries WHERE sequence = 3)", "DELETE FROM notice_texts", "DELETE FROM notices");
        Assert.Equal("Attempts", Record.Text(await record.VerifyAsync()));
    }

    [Theory]
    [InlineData("UPDATE checkpoints SET hash = 'x'")]
    [InlineData("UPDATE checkpoints SET signature = 'x'")]
    [InlineData("UPDATE checkpoints SET sequence = 9")]
    public async Task A_checkpoint_changed_is_named(string sql)
    {
        await using var record = await Record.CreateAsync(kind);
        await record.SignAsync();
        await record.SqlAsync(sql);

        Assert.StartsWith("Checkpoint", Record.Text(await record.VerifyAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_outside_checkpoint_nobody_here_signed_is_refused()
    {
        await using var record = await Record.CreateAsync(kind);
        var signed = (await record.SignAsync())!;
        await using var db = record.Open();
        signed.Hash = new string('0', 64);

        Assert.Equal("checkpoint-signature", Assert.Single((await new AuditVerifier(db, record.Signer).VerifyAsync(Actor.System, null, signed, default)).Problems).Code);
    }
}
