using System.Collections.Concurrent;
using System.Globalization;
using Scriban;
using Scriban.Parsing;
using Scriban.Runtime;
using Scriban.Syntax;

namespace Notices.Publishing;

/// <summary>Runs templates: every value a template writes must be known and not empty; no function is offered, so none can read a clock or a file.</summary>
/// <param name="isValue">Around what it writes of the names this holds for, marks are put; null: no marks.</param>
internal sealed class TemplateEngine(ITemplateSource source, Func<string, bool>? isValue = null)
{
    // Of Unicode's private area: no text has them.
    internal const char MarkOpen = '\uE000';
    internal const char MarkMiddle = '\uE001';
    internal const char MarkClose = '\uE002';

    private readonly ConcurrentDictionary<string, Parsed> parsed = new(StringComparer.Ordinal);

    /// <summary>The template at a path, rendered.</summary>
    public Result<string> Render(string path, ScriptObject values) =>
        source.Find(path) is { } text ? Render(path, text, values) : new Problem("template-missing", null, new { template = path });

    /// <summary>All that is wrong with a template's syntax, and each name it uses that nothing gives a value.</summary>
    public static IEnumerable<Problem> Check(string path, string text, IReadOnlySet<string> names)
    {
        var template = Template.Parse(text, path);
        if (template.HasErrors) return template.Messages.Where(message => message.Type == ParserMessageType.Error).Select(message => Broken(path, message.Span, message.Message));

        var used = new UsedNames();
        used.Visit(template.Page);

        return used.Unknown(names).Select(name => new Problem("template-name-unknown", null, new { template = path, value = name.Name, line = name.Span.Start.Line + 1 }));
    }

    private Result<string> Render(string path, string text, ScriptObject values)
    {
        var known = parsed.GetOrAdd(path, static (key, body) => new Parsed(body, Template.Parse(body, key)), text);
        if (!ReferenceEquals(known.Text, text) && !string.Equals(known.Text, text, StringComparison.Ordinal))
            parsed[path] = known = new Parsed(text, Template.Parse(text, path));

        var template = known.Template;
        if (template.HasErrors) return template.Messages.Where(message => message.Type == ParserMessageType.Error).Select(message => Broken(path, message.Span, message.Message)).ToList();

        var context = new StrictContext(isValue);
        context.PushCulture(CultureInfo.InvariantCulture);
        context.PushGlobal(values);
        try
        {
            return template.Render(context);
        }
        catch (MissingValueException missing)
        {
            return new Problem("template-value-missing", null, new { template = path, value = missing.Name, line = missing.Span.Start.Line + 1 });
        }
        catch (ScriptRuntimeException error)
        {
            return IsMissing(error)
                ? new Problem("template-value-missing", null, new { template = path, value = Source(text, error.Span), line = error.Span.Start.Line + 1 })
                : Broken(path, error.Span, error.OriginalMessage);
        }
    }

    /// <summary>Scriban's own refusals of an unknown name, or of a member of nothing, are missing values too.</summary>
    private static bool IsMissing(ScriptRuntimeException error) =>
        error.OriginalMessage.Contains("was not found", StringComparison.Ordinal) || error.OriginalMessage.Contains("is null", StringComparison.Ordinal)
        || error.OriginalMessage.Contains("Cannot get", StringComparison.Ordinal);

    private static string Source(string text, SourceSpan span)
    {
        var (start, end) = (Math.Max(span.Start.Offset, 0), Math.Min(span.End.Offset + 1, text.Length));

        return end > start ? text[start..end].Trim() : "";
    }

    private static Problem Broken(string path, SourceSpan span, string message) =>
        new("template-broken", null, new { template = path, line = span.Start.Line + 1, message });

    private sealed record Parsed(string Text, Template Template);

    private sealed class MissingValueException(SourceSpan span, string name) : ScriptRuntimeException(span, name)
    {
        public string Name => OriginalMessage;
    }

    /// <summary>Refuses to write nothing.</summary>
    private sealed class StrictContext : TemplateContext
    {
        private readonly Func<string, bool>? _isValue;

        public StrictContext(Func<string, bool>? isValue)
            : base(new ScriptObject())
        {
            _isValue = isValue;
            StrictVariables = true;
            EnableRelaxedMemberAccess = false;
            LoopLimit = 10_000;
        }

        public override object? Evaluate(ScriptNode? scriptNode, bool aliasReturnedFunction)
        {
            if (scriptNode is not ScriptExpressionStatement { CanOutput: true } statement) return base.Evaluate(scriptNode, aliasReturnedFunction);

            object? value;
            try
            {
                value = base.Evaluate(scriptNode, aliasReturnedFunction);
            }
            catch (ScriptRuntimeException error) when (error is not MissingValueException && IsMissing(error))
            {
                value = null;
            }

            if (value is null or "" || (value is string text && string.IsNullOrWhiteSpace(text))) throw new MissingValueException(statement.Span, statement.Expression?.ToString()?.Trim() ?? "");
            if (_isValue is null) return value;

            var name = statement.Expression?.ToString()?.Trim() ?? "";

            return _isValue(name.Split('.')[0]) ? $"{MarkOpen}{name}{MarkMiddle}{ObjectToString(value)}{MarkClose}" : value;
        }
    }

    private sealed class UsedNames : ScriptVisitor
    {
        private readonly List<(string Name, SourceSpan Span)> used = [];
        private readonly HashSet<string> made = new(StringComparer.Ordinal);

        public IEnumerable<(string Name, SourceSpan Span)> Unknown(IReadOnlySet<string> names) => used.Where(name => !names.Contains(name.Name) && !made.Contains(name.Name));

        public override void Visit(ScriptVariableGlobal node) => used.Add((node.Name, node.Span));

        /// <summary>What follows the full stop is no name of its own.</summary>
        public override void Visit(ScriptMemberExpression node) => Visit(node.Target);

        public override void Visit(ScriptForStatement node)
        {
            if (node.Variable is ScriptVariable variable) made.Add(variable.Name);
            made.Add("for");
            base.Visit(node);
        }

        public override void Visit(ScriptCaptureStatement node)
        {
            if (node.Target is ScriptVariable variable) made.Add(variable.Name);
            base.Visit(node);
        }

        public override void Visit(ScriptAssignExpression node)
        {
            if (node.Target is ScriptVariable variable) made.Add(variable.Name);
            base.Visit(node);
        }
    }
}
