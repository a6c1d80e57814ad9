using System.Collections;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Notices.Operation;

/// <summary>Takes personal data out of whatever anybody logs, our own code or a library's: out of the message, each value, the scopes and the exception. Then one of .NET's formatters writes it.</summary>
internal sealed class MaskingFormatter(ConsoleFormatter inner) : ConsoleFormatter(FormatterName)
{
    internal const string FormatterName = "notices";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var state = new MaskedState(logEntry.State, logEntry.Formatter?.Invoke(logEntry.State, logEntry.Exception) ?? logEntry.State?.ToString());
        var exception = logEntry.Exception is null ? null : new MaskedException(logEntry.Exception);
        var masked = new LogEntry<MaskedState>(logEntry.LogLevel, logEntry.Category, logEntry.EventId, state, exception, static (of, _) => of.ToString());
        inner.Write(masked, scopeProvider is null ? null : new MaskedScopes(scopeProvider), textWriter);
    }

    private static object? Mask(object? value) => value switch
    {
        null or bool or byte or short or int or long or double or decimal or DateTimeOffset or TimeSpan or Guid => value,
        string text => PersonalData.Mask(text),
        IFormattable other => PersonalData.Mask(other.ToString(null, CultureInfo.InvariantCulture)),
        var other => PersonalData.Mask(other.ToString() ?? ""),
    };

    private sealed class MaskedState(object? state, string? message) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        private readonly KeyValuePair<string, object?>[] _values =
            state is IEnumerable<KeyValuePair<string, object?>> values ? [.. values.Select(value => new KeyValuePair<string, object?>(value.Key, Mask(value.Value)))] : [];

        private readonly string _message = PersonalData.Mask(message ?? "");

        public int Count => _values.Length;

        public KeyValuePair<string, object?> this[int index] => _values[index];

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _values.AsEnumerable().GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => _message;
    }

    private sealed class MaskedException(Exception error) : Exception(PersonalData.Mask(error.Message))
    {
        public override string ToString() => PersonalData.Mask(error.ToString());
    }

    private sealed class MaskedScopes(IExternalScopeProvider inner) : IExternalScopeProvider
    {
        public void ForEachScope<TState>(Action<object?, TState> callback, TState state) => inner.ForEachScope((scope, to) => callback(scope is null ? null : new MaskedState(scope, scope.ToString()), to), state);

        public IDisposable Push(object? state) => inner.Push(state);
    }
}
