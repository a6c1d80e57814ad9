using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Notices.Operation;

/// <summary>No telephone number and no mail address reaches the log, whoever writes it.</summary>
public class MaskingTests
{
    [Theory]
    [InlineData("to +8613812345678 by main", "to ***78 by main")]
    [InlineData("电话13812345678已接通", "电话***78已接通")] // no blank beside Chinese letters
    [InlineData("138-1234-5678, 138 1234 5678", "***78, ***78")]
    [InlineData("0311-87654321", "***21")]
    [InlineData("020 7946 0958 and +44 20 7946 0958", "***58 and ***58")]
    [InlineData("tel:+886-2-2321-0000?x", "tel:***00?x")]
    [InlineData("POST /send?to=%2B8613812345678&x=1", "POST /send?to=***78&x=1")]
    [InlineData("{\"to\":\"13812345678\",\"mail\":\"wang.fang@example.com\"}", "{\"to\":\"***78\",\"mail\":\"***@***\"}")]
    [InlineData("To: 王芳 <wang_fang+1@mail.example.co.uk>; x@例子.中国", "To: 王芳 <***@***>; ***@***")]
    public void What_names_a_person_is_masked(string said, string logged) => Assert.Equal(logged, PersonalData.Mask(said));

    [Theory]
    [InlineData("2026-11-25T22:43:07.1381234567+08:00")] // an instant
    [InlineData("publication of JS-2026-000123.2 took 00:00:01.5000000")]
    [InlineData("call 95598 or 12398")] // hotlines
    [InlineData("batch 01939d2ab1c2f00d4711 by node-1-13812-0a1b2c3d")]
    [InlineData("3f2504e0-4f89-11d3-9a0c-0305e82c3301")]
    [InlineData("a13812345678b0311876543215f")] // part of a hash
    [InlineData("192.168.100.100:5432, 127.0.0.1")]
    [InlineData("round 4711 of 1000000 recipients, 638681234567890123 ticks")]
    public void What_names_nobody_stays(string said) => Assert.Equal(said, PersonalData.Mask(said));

    [Fact]
    public void A_library_that_logs_an_address_in_message_value_scope_and_exception_logs_none()
    {
        var scopes = new LoggerExternalScopeProvider();
        using var scope = scopes.Push(new Dictionary<string, object?> { ["Recipient"] = "13812345678", ["TraceId"] = "0af7651916cd43dd8448eb211c80319c" });
        using var plain = scopes.Push("for wang@example.com");
        var error = new InvalidOperationException("refused +8613812345678", new FormatException("wang@example.com is closed"));

        var line = Write("json", scopes, error, "Sent {To} to {Count} of {Id}", "13812345678", 3, 13812345678L);

        using var json = JsonDocument.Parse(line);
        Assert.DoesNotContain("1381234", line.Replace("13812345678,", "", StringComparison.Ordinal).Replace(":13812345678}", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("wang", line, StringComparison.Ordinal);
        var state = json.RootElement.GetProperty("State");
        Assert.Equal(("***78", 3), (state.GetProperty("To").GetString(), state.GetProperty("Count").GetInt32()));
        Assert.StartsWith("Sent ***78 to 3 of", json.RootElement.GetProperty("Message").GetString(), StringComparison.Ordinal);
        Assert.Contains("0af7651916cd43dd8448eb211c80319c", line, StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException: refused ***78", json.RootElement.GetProperty("Exception").GetString(), StringComparison.Ordinal);
        Assert.Contains("Sent ***78", Write("text", scopes, error, "Sent {To}", "13812345678"), StringComparison.Ordinal);
    }

    private static string Write(string format, IExternalScopeProvider scopes, Exception error, string template, params object?[] values)
    {
        var formatter = new MaskingFormatter(Logs.BuiltIn(format));
        var written = new StringWriter();
        var logger = new Relay((level, state, text) => formatter.Write(
            new LogEntry<IReadOnlyList<KeyValuePair<string, object?>>>(level, "Some.Library", default, state, error, (_, _) => text), scopes, written));
#pragma warning disable CA2254 // The template is the test's.
        logger.LogError(error, template, values);
#pragma warning restore CA2254

        return written.ToString();
    }

    private sealed class Relay(Action<LogLevel, IReadOnlyList<KeyValuePair<string, object?>>, string> write) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            write(logLevel, (IReadOnlyList<KeyValuePair<string, object?>>)(object)state!, formatter(state, exception));
    }
}
