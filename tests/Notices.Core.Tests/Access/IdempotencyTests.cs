using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Notices.Testing;
using Xunit;

namespace Notices.Access;

public sealed class IdempotencyTests
{
    private static readonly byte[] Body = [1];

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_request_that_died_with_its_process_holds_its_key_for_two_minutes_and_one_that_runs_for_as_long_as_it_does(DatabaseKind kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        var machine = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var db = database.Open();
        var idempotency = new Idempotency(db, database.Open, machine);
        async Task<IdempotencyVerdict> AskAsync(byte[]? body = null) => (await idempotency.BeginAsync("holder", "/route", "key", body ?? Body, default)).Verdict;

        var (first, row) = await idempotency.BeginAsync("holder", "/route", "key", Body, default);
        Assert.Equal(IdempotencyVerdict.Fresh, first);
        await using (idempotency.Running(row.Id))
        {
            for (var at = 0; at < 12; at++)
            {
                var now = machine.GetUtcNow();
                machine.Advance(TimeSpan.FromSeconds(20));
                while (await db.IdempotentAnswers.AsNoTracking().Select(a => a.CreatedAt).SingleAsync() <= now) await Task.Delay(10);
            }

            Assert.Equal(IdempotencyVerdict.Running, await AskAsync());
        }

        // Nothing is heard of it any more.
        machine.Advance(TimeSpan.FromSeconds(119));
        Assert.Equal(IdempotencyVerdict.Running, await AskAsync());
        Assert.Equal(IdempotencyVerdict.OtherBody, await AskAsync([2]));
        machine.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(IdempotencyVerdict.Fresh, await AskAsync());

        // Should it wake after all, its answer is nobody's.
        await idempotency.CompleteAsync(row.Id, 201, null, null, "late", default);
        Assert.Equal(IdempotencyVerdict.Running, await AskAsync());
    }
}
