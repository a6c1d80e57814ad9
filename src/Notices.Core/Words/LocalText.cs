using System.Text.Json;
using System.Text.Json.Serialization;

namespace Notices.Words;

/// <summary>One text in both languages. Written in JSON as <c>{"zh-CN": "…", "en": "…"}</c>; a bare string is read as the same text in both.</summary>
/// <param name="Chinese">The text in zh-CN.</param>
/// <param name="English">The text in en.</param>
[JsonConverter(typeof(LocalTextJson))]
public sealed record LocalText(string Chinese, string English)
{
    /// <summary>A text that stands as given in every language (names, codes).</summary>
    public static LocalText Same(string text) => new(text, text);

    /// <summary>The text in a language of <see cref="Languages"/>.</summary>
    public string In(string language) => language == Languages.English ? English : Chinese;
}

internal sealed class LocalTextJson : JsonConverter<LocalText>
{
    public override LocalText? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return LocalText.Same(reader.GetString()!);
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("A text or one text per language is expected.");

        string? chinese = null, english = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var language = reader.GetString();
            reader.Read();
            if (reader.TokenType != JsonTokenType.String) throw new JsonException($"The text in {language} is not a string.");
            switch (language)
            {
                case Languages.Chinese: chinese = reader.GetString(); break;
                case Languages.English: english = reader.GetString(); break;
                default: throw new JsonException($"Languages are {string.Join(" and ", Languages.All)}, not {language}.");
            }
        }

        return new LocalText(chinese ?? english ?? "", english ?? chinese ?? "");
    }

    public override void Write(Utf8JsonWriter writer, LocalText value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString(Languages.Chinese, value.Chinese);
        writer.WriteString(Languages.English, value.English);
        writer.WriteEndObject();
    }
}
