using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Notices.Storage;

// For `dotnet ef migrations add NAME --context …` alone; nothing connects.
internal sealed class SqliteDesignTime : IDesignTimeDbContextFactory<SqliteNoticesDb>
{
    public SqliteNoticesDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteNoticesDb>().UseSqlite("Data Source=:memory:").Options);
}

internal sealed class PostgreSqlDesignTime : IDesignTimeDbContextFactory<PostgreSqlNoticesDb>
{
    public PostgreSqlNoticesDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgreSqlNoticesDb>().UseNpgsql("Host=localhost").Options);
}
