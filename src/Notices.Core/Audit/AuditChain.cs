using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Notices.Audit;

/// <summary>How one entry becomes a line, and lines a chain.</summary>
internal static class AuditChain
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The hash the first entry names as previous.</summary>
    internal const string Genesis = "";

    /// <summary><c>seq, at, actor, action, subject, before, after, previous</c>, in that order, in one line; in a drill's database <c>mode</c> before the last, which verifying reads from the end.</summary>
    internal static string Line(long sequence, DateTimeOffset at, string actor, string action, string subject, string? before, string? after, string previous, string? mode = null)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Writing))
        {
            json.WriteStartObject();
            json.WriteNumber("seq", sequence);
            json.WriteString("at", Time(at));
            json.WriteString("actor", actor);
            json.WriteString("action", action);
            json.WriteString("subject", subject);
            WriteRaw(json, "before", before);
            WriteRaw(json, "after", after);
            if (mode is not null) json.WriteString("mode", mode);
            json.WriteString("previous", previous);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    internal static string Hash(string line) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line)));

    /// <summary>The line as it is exported: with its hash before the closing brace.</summary>
    internal static string WithHash(AuditEntry entry) => $"{entry.Line.AsSpan(0, entry.Line.Length - 1)},\"hash\":\"{entry.Hash}\"}}";

    internal static string Time(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static void WriteRaw(Utf8JsonWriter json, string name, string? value)
    {
        json.WritePropertyName(name);
        if (value is null) json.WriteNullValue();
        else json.WriteRawValue(value, true);
    }
}
