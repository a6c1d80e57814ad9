using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Notices;

/// <summary>The one way JSON is written here: camelCase, names of enum values in kebab-case, Chinese as it is.</summary>
public static class Json
{
    /// <summary>For columns and audit lines: compact, nulls left out.</summary>
    public static readonly JsonSerializerOptions Stored = Configure(new JsonSerializerOptions
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>Applies the naming to other options (the API's, a file's).</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = true;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, false));

        return options;
    }
}
