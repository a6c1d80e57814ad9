using Microsoft.Extensions.Logging.Abstractions;
using Notices.Access;
using Notices.Testing;
using Xunit;

namespace Notices.Audit;

/// <summary>A verification nobody waits for.</summary>
public sealed class AuditVerificationTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task What_was_found_is_on_record_and_read_by_everybody(DatabaseKind kind)
    {
        await using var record = await Record.CreateAsync(kind);
        await record.SignAsync();
        Assert.Null((await StateAsync(record)).Verified);
        await using var verification = Verification(record);
        Assert.NotNull(verification.Start(Record.Auditor).Value!.Running);
        await EndAsync(verification);

        Assert.Equal(new VerificationState(null, null, false), verification.State);
        var state = await StateAsync(record);
        Assert.Equal((Record.Auditor.Name, true, Record.Entries), (state.Verified!.By, state.Verified.Found.Ok, state.Verified.Found.Entries));
        Assert.Equal((Record.Entries + 1, Record.Entries), (state.Entries, state.Head!.Sequence));
        Assert.True((await record.VerifyAsync()).Ok); // What was recorded is part of the chain.
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task An_entry_changed_is_named_and_stays_named(DatabaseKind kind)
    {
        await using var record = await Record.CreateAsync(kind);
        await record.ForgeAsync(3, line => line.Replace("天气", "施工", StringComparison.Ordinal), hashAnew: false);
        await using var verification = Verification(record);
        verification.Start(Record.Auditor);
        await EndAsync(verification);

        Assert.Equal((3L, "audit-changed"), (verification.State.Fault!.Sequence, verification.State.Fault.Problem.Code));
        var found = (await StateAsync(record)).Verified!.Found;
        Assert.Equal((false, 3L, "audit-changed"), (found.Ok, found.Sequence, found.Code));
    }

    [Fact]
    public async Task Who_may_not_read_the_record_starts_nothing()
    {
        await using var record = await Record.CreateAsync(DatabaseKind.Sqlite);
        await using var verification = Verification(record);
        Assert.Equal("forbidden", Assert.Single(verification.Start(Record.Dispatcher).Problems).Code);
        Assert.Null(verification.State.Running);
        await using var db = record.Open();
        Assert.Equal("forbidden", Assert.Single((await new AuditState(db, record.Signer).ReadAsync(Record.Dispatcher, default)).Problems).Code);
    }

    [Fact]
    public async Task One_that_breaks_off_says_so_and_claims_nothing()
    {
        await using var record = await Record.CreateAsync(DatabaseKind.Sqlite);
        await using var verification = new AuditVerification(() => throw new InvalidOperationException("No database."), record.Signer, record.Clock, NullLogger<AuditVerification>.Instance);
        verification.Start(Record.Auditor);
        await EndAsync(verification);
        Assert.Equal(new VerificationState(null, null, true), verification.State);
    }

    private static AuditVerification Verification(Record record) => new(record.Open, record.Signer, record.Clock, NullLogger<AuditVerification>.Instance);

    private static async Task EndAsync(AuditVerification verification)
    {
        var until = TimeProvider.System.GetUtcNow().AddSeconds(20);
        while (verification.State.Running is not null)
        {
            Assert.True(TimeProvider.System.GetUtcNow() < until, "The verification does not end.");
            await Task.Delay(10);
        }
    }

    private static async Task<AuditStateView> StateAsync(Record record)
    {
        await using var db = record.Open();

        return (await new AuditState(db, record.Signer).ReadAsync(Record.Auditor, default)).Value!;
    }
}
