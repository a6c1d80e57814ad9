using System.Globalization;
using System.Text.Json;
using Notices.Shared;
using Notices.Words;

namespace Notices.Outages;

/// <summary>Changes of an outage in words a person reads, where the record keeps them as JSON.</summary>
internal static class ChangeWords
{
    private const string Nothing = "–";

    /// <summary>The name of a member, as the forms call it.</summary>
    internal static string Member(OutageChange change, ConsoleFrame frame) => frame.Say($"member-{change.Field}");

    internal static string Before(OutageChange change, ConsoleFrame frame) => Value(change.Field, change.Before, frame);

    internal static string After(OutageChange change, ConsoleFrame frame) => Value(change.Field, change.After, frame);

    private static string Value(string field, JsonElement? value, ConsoleFrame frame) => value is not { } known ? Nothing : known.ValueKind switch
    {
        JsonValueKind.String => Text(field, known.GetString()!, frame),
        JsonValueKind.True => frame.Say("yes"),
        JsonValueKind.False => frame.Say("no"),
        JsonValueKind.Array when known.GetArrayLength() == 0 => Nothing,
        JsonValueKind.Array => string.Join(frame.Language == Languages.Chinese ? "、" : ", ", known.EnumerateArray().Select(one => Value(field, one, frame))),
        JsonValueKind.Object when known.TryGetProperty("startsAt", out var starts) => Window(known, starts, frame),
        JsonValueKind.Object when known.TryGetProperty(frame.Language, out var text) => text.GetString() ?? "",
        _ => known.ToString(),
    };

    private static string Window(JsonElement window, JsonElement starts, ConsoleFrame frame)
    {
        var ends = window.TryGetProperty("endsAt", out var at) ? Text("", at.GetString()!, frame) : Nothing;
        var places = window.TryGetProperty("places", out var only) && only.ValueKind == JsonValueKind.Array && only.GetArrayLength() > 0 ? $" ({Value("places", only, frame)})" : "";

        return $"{Text("", starts.GetString()!, frame)} – {ends}{places}";
    }

    private static string Text(string field, string text, ConsoleFrame frame) => field switch
    {
        "kind" when Parse<OutageKind>(text) is { } kind => frame.Say(kind),
        "status" when Parse<OutageStatus>(text) is { } status => frame.Say(status),
        _ => DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? frame.At(at) : text,
    };

    private static T? Parse<T>(string kebab)
        where T : struct, Enum => Enum.TryParse<T>(kebab.Replace("-", "", StringComparison.Ordinal), true, out var value) ? value : null;
}
