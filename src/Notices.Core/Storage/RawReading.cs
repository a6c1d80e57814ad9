using System.Data.Common;

namespace Notices.Storage;

/// <summary>Reading what raw SQL gives back, the same on both databases.</summary>
internal static class RawReading
{
    /// <summary>An instant in UTC, stored as ticks on SQLite and as timestamptz on PostgreSQL.</summary>
    internal static DateTimeOffset? InstantOrNull(this DbDataReader reader, int column) => reader.GetValue(column) switch
    {
        DBNull => null,
        long ticks => new DateTimeOffset(ticks, TimeSpan.Zero),
        DateTime time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)),
        DateTimeOffset instant => instant,
        var other => throw new InvalidCastException($"A {other.GetType().Name} is not an instant."),
    };

    internal static DateTimeOffset Instant(this DbDataReader reader, int column) =>
        reader.InstantOrNull(column) ?? throw new InvalidCastException("An instant is missing.");
}
