using Microsoft.EntityFrameworkCore;

namespace Notices.Storage;

/// <summary>The embedded default: one file, one writer.</summary>
public sealed class SqliteNoticesDb(DbContextOptions<SqliteNoticesDb> options) : NoticesDb(options)
{
    internal override object Instant(DateTimeOffset value) => UtcTicks.Of(value);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicks>();
    }
}
