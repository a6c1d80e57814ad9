using System.Globalization;
using System.Text.Json;
using Notices.Deliveries;
using Notices.Outages;
using Notices.Publishing;
using Notices.Words;

namespace Notices.Shared;

/// <summary>What every page of the console shares: the reader's language and what the installation is for.</summary>
/// <param name="Mode"><c>drill</c>, <c>shadow</c>, or empty in life.</param>
public sealed record ConsoleFrame(string Language, string Mode)
{
    private const string DeedWord = "deed-";

    private static readonly Dictionary<Type, string> Proven = new() { [typeof(OutageKind)] = "kind", [typeof(NoticeType)] = "type", [typeof(RoundState)] = "round" };

    public string Say(string code, object? values = null) => Sentences.OfConsole(code, Language, values);

    /// <summary>The word of a state, kind or type; what certificates name too they name alike.</summary>
    public string Say<T>(T value)
        where T : struct, Enum => Proven.TryGetValue(typeof(T), out var word) ? Certificate($"{word}-{Code(value.ToString())}") : Say($"{typeof(T).Name}-{value}");

    /// <summary>As everywhere else, the certificate and the sandbox too.</summary>
    public string Say(Medium medium) => Sentences.Label($"medium-{Code(medium.ToString())}", Language);

    public string Tier(short tier) => Certificate($"tier-{tier}");

    /// <param name="name">Of a <c>NoticeAudience</c>, or of those a correction tells apart.</param>
    public string Audience(string name) => Certificate($"audience-{Code(name)}");

    public string Say(Problem problem) => Sentences.Of(problem, Language);

    public string Say(LocalText? text) => text?.In(Language) ?? "";

    /// <summary>What the record says was done, in words; where it has none, as the record says it.</summary>
    public string Deed(string action) => Sentences.ConsoleCodes(Language).Contains(DeedWord + action) ? Say(DeedWord + action) : action;

    /// <summary>Everything that is done and has a word, by name.</summary>
    public IEnumerable<string> Deeds => Sentences.ConsoleCodes(Language).Where(code => code.StartsWith(DeedWord, StringComparison.Ordinal)).Select(code => code[DeedWord.Length..]).Order(StringComparer.Ordinal);

    /// <summary>Day, weekday, time and zone, as whoever reads it must not guess: <c>2026-12-01 Tue 08:00 +08:00</c>.</summary>
    public string At(DateTimeOffset? instant) => instant is { } at ? at.ToString("yyyy-MM-dd ddd HH:mm zzz", CultureInfo.GetCultureInfo(Language)) : "";

    private string Certificate(string code) => Sentences.Certificate(code, Language);

    private static string Code(string name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name);

    public string Count(long number) => number.ToString("N0", CultureInfo.GetCultureInfo(Language));
}
