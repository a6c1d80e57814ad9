using System.Text.Json;
using Notices.Words;

namespace Notices.Outages;

/// <summary>Codes for reasons and work (<c>config/reasons.json</c>) and how they are worded in each language.</summary>
public sealed class ReasonBook(IReadOnlyDictionary<string, LocalText> texts)
{
    /// <summary>Every code, for forms.</summary>
    public IReadOnlyDictionary<string, LocalText> Texts => texts;

    /// <summary>Reads the file below a home folder.</summary>
    /// <exception cref="InvalidDataException">The file cannot be read; the message names it.</exception>
    public static ReasonBook Load(string home)
    {
        var file = Path.Combine(home, "config", "reasons.json");
        try
        {
            return new ReasonBook(JsonSerializer.Deserialize<Dictionary<string, LocalText>>(File.ReadAllText(file), Json.Stored) ?? []);
        }
        catch (Exception error) when (error is JsonException or IOException)
        {
            throw new InvalidDataException($"{file} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>The wording of a code; any other text as it stands.</summary>
    public LocalText? Resolve(LocalText? text) => text is not null && texts.TryGetValue(text.Chinese, out var known) ? known : text;

    /// <summary>True when the text was given in one language only and is no code.</summary>
    public static bool IsOneLanguage(LocalText? text) => text is not null && text.Chinese == text.English && text.Chinese.Length > 0;
}
