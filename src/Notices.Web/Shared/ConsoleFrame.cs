using System.Globalization;
using Notices.Outages;
using Notices.Words;

namespace Notices.Shared;

/// <summary>What every page of the console shares: the reader's language and what the installation is for.</summary>
/// <param name="Mode"><c>drill</c>, <c>shadow</c>, or empty in life.</param>
public sealed record ConsoleFrame(string Language, string Mode)
{
    public string Say(string code, object? values = null) => Sentences.OfConsole(code, Language, values);

    /// <summary>The word of a state, kind or type: <c>status-InProgress</c>.</summary>
    public string Say<T>(T value)
        where T : struct, Enum => Say($"{typeof(T).Name}-{value}");

    public string Say(Problem problem) => Sentences.Of(problem, Language);

    public string Say(LocalText? text) => text?.In(Language) ?? "";

    /// <summary>Day, weekday, time and zone, as whoever reads it must not guess: <c>2026-12-01 Tue 08:00 +08:00</c>.</summary>
    public string At(DateTimeOffset? instant) => instant is { } at ? at.ToString("yyyy-MM-dd ddd HH:mm zzz", CultureInfo.GetCultureInfo(Language)) : "";

    public string Count(long number) => number.ToString("N0", CultureInfo.GetCultureInfo(Language));
}
