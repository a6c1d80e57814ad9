using Microsoft.EntityFrameworkCore;
using Notices.Testing;
using Xunit;

namespace Notices.Storage;

public sealed class TestDatabaseTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_test_database_is_migrated_and_its_own(DatabaseKind kind)
    {
        await using var first = await TestDatabase.CreateAsync(kind);
        await using var second = await TestDatabase.CreateAsync(kind);
        await using (var db = first.Open())
        {
            db.Organisations.Add(new Network.Organisation { Code = "A", Name = "A", TimeZone = "Asia/Shanghai" });
            await db.SaveChangesAsync();
            Assert.Empty(await db.Database.GetPendingMigrationsAsync());
        }

        await using var other = second.Open();
        Assert.Empty(await other.Organisations.ToListAsync());
    }
}
