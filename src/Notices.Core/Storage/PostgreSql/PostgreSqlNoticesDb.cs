using Microsoft.EntityFrameworkCore;

namespace Notices.Storage;

/// <summary>For several machines.</summary>
public sealed class PostgreSqlNoticesDb(DbContextOptions<PostgreSqlNoticesDb> options) : NoticesDb(options)
{
    internal override object Instant(DateTimeOffset value) => UtcInstant.Of(value);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcInstant>();
    }
}
