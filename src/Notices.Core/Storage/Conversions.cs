using System.Text.Json;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Notices.Words;

namespace Notices.Storage;

internal sealed class LocalTextColumn() : ValueConverter<LocalText, string>(
    text => JsonSerializer.Serialize(text, Json.Stored),
    json => JsonSerializer.Deserialize<LocalText>(json, Json.Stored)!);

/// <summary>Written as the outside contract writes it.</summary>
internal sealed class LowerCaseEnum<T>() : ValueConverter<T, string>(
    value => value.ToString().ToLowerInvariant(),
    text => Enum.Parse<T>(text, true))
    where T : struct, Enum;

/// <summary>SQLite cannot compare a DateTimeOffset: UTC ticks, cut to whole microseconds as PostgreSQL keeps them.</summary>
internal sealed class UtcTicks() : ValueConverter<DateTimeOffset, long>(
    value => Of(value),
    ticks => new DateTimeOffset(ticks, TimeSpan.Zero))
{
    internal static long Of(DateTimeOffset value) => value.UtcTicks - (value.UtcTicks % TimeSpan.TicksPerMicrosecond);
}

/// <summary>Npgsql takes offset zero only; whole microseconds.</summary>
internal sealed class UtcInstant() : ValueConverter<DateTimeOffset, DateTimeOffset>(value => Of(value), value => value)
{
    internal static DateTimeOffset Of(DateTimeOffset value) => new(UtcTicks.Of(value), TimeSpan.Zero);
}
