using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Notices.Channels.HttpGateway;

/// <summary>Where something stands in an answer: <c>a.b.0.c</c>, numbers counting items from 0; <c>.</c> is the answer itself.</summary>
internal sealed partial record JsonPath(string Text)
{
    private readonly string[] _steps = Text == "." ? [] : Text.Split('.');

    internal static bool IsPath(string text) => Shape().IsMatch(text);

    internal JsonElement? Find(JsonElement? root)
    {
        var at = root;
        foreach (var step in _steps)
        {
            if (at is { ValueKind: JsonValueKind.Object } && at.Value.TryGetProperty(step, out var member)) at = member;
            else if (at is { ValueKind: JsonValueKind.Array } && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < at.Value.GetArrayLength()) at = at.Value[index];
            else return null;
        }

        return at is { ValueKind: JsonValueKind.Null } ? null : at;
    }

    /// <returns>Null where nothing is, or no single value.</returns>
    internal string? Read(JsonElement? root) => Find(root) is { } value ? Written(value) : null;

    /// <summary>A text, number or truth as it is written.</summary>
    internal static string? Written(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };

    [GeneratedRegex(@"^(\.|[^.\s]+(\.[^.\s]+)*)$")]
    private static partial Regex Shape();
}
