using System.Text.Json;

namespace Notices.Audit;

/// <summary>A line taken apart; <c>before</c> and <c>after</c> stay JSON text.</summary>
public sealed record AuditLine(
    long Sequence, string At, string Actor, string Action, string Subject, string? Before, string? After, string Previous, string Hash)
{
    /// <summary>Null where the line is not one of ours.</summary>
    internal static AuditLine? Of(AuditEntry entry)
    {
        try
        {
            using var json = JsonDocument.Parse(entry.Line);
            var root = json.RootElement;

            return new AuditLine(
                root.GetProperty("seq").GetInt64(), Text(root, "at"), Text(root, "actor"), Text(root, "action"), Text(root, "subject"),
                Raw(root, "before"), Raw(root, "after"), Text(root, "previous"), entry.Hash);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>A string property of <see cref="After"/>; null when it has none.</summary>
    internal string? AfterText(string name) => AfterValue(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>A number of <see cref="After"/>; null when it has none.</summary>
    internal long? AfterNumber(string name) => AfterValue(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;

    private JsonElement? AfterValue(string name)
    {
        if (After is null) return null;
        using var json = JsonDocument.Parse(After);

        return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var value) ? value.Clone() : null;
    }

    private static string Text(JsonElement root, string name) => root.GetProperty(name).GetString() ?? "";

    private static string? Raw(JsonElement root, string name) => root.GetProperty(name) is { ValueKind: not JsonValueKind.Null } value ? value.GetRawText() : null;
}
