using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Notices.Setup;

/// <summary>What the API's bodies may not hold: unknown members, nulls in lists, times without an offset, characters no database keeps.</summary>
internal static class StrictJson
{
    internal static void Configure(JsonSerializerOptions options)
    {
        Json.Configure(options);
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new InstantJson());
        options.Converters.Add(new TextJson());
        options.TypeInfoResolver = (options.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()).WithAddedModifier(RefuseNullsInLists);
    }

    /// <summary>RFC 3339 with its offset; without one it would be read on the machine's clock.</summary>
    private sealed class InstantJson : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String || !reader.TryGetDateTimeOffset(out var instant) || !HasOffset(reader.GetString()!))
                throw new JsonException("A time with its offset is expected.");
            if (instant.Year is < 2000 or > 2199) throw new JsonException("The time lies outside the years 2000 to 2199.");

            return instant;
        }

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value);

        private static bool HasOffset(string text) =>
            text.EndsWith('Z') || text.EndsWith('z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');
    }

    private sealed class TextJson : JsonConverter<string>
    {
        private const int Longest = 10_000;

        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String) throw new JsonException("A string is expected.");
            var text = reader.GetString();
            if (text!.Contains('\0', StringComparison.Ordinal)) throw new JsonException("The character U+0000 is not allowed.");

            return text.Length <= Longest ? text : throw new JsonException(string.Create(CultureInfo.InvariantCulture, $"A text may have {Longest} characters at most."));
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

        public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString()!;

        public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);
    }

    /// <summary>The type system does not see into lists.</summary>
    private static void RefuseNullsInLists(JsonTypeInfo info)
    {
        if (info.Kind != JsonTypeInfoKind.Object) return;

        var lists = info.Properties.Where(p => p.Get is not null && p.PropertyType != typeof(string) && typeof(IEnumerable).IsAssignableFrom(p.PropertyType)).ToList();
        if (lists.Count == 0) return;

        info.OnDeserialized = value =>
        {
            foreach (var property in lists)
            {
                if (property.Get!(value) is IEnumerable items && items.Cast<object?>().Any(item => item is null)) throw new JsonException("A list may not hold null.", property.Name, null, null);
            }
        };
    }
}
