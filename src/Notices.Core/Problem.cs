using System.Reflection;

namespace Notices;

/// <summary>What kind of "no" it is; the edge turns it into a status code or an exit status.</summary>
public enum ProblemKind
{
    /// <summary>The input breaks a rule (422).</summary>
    Rule,

    /// <summary>The input cannot be read at all (400).</summary>
    Unreadable,

    /// <summary>There is no such thing, or none this actor may see (404).</summary>
    NotFound,

    /// <summary>The actor may not do this (403).</summary>
    Forbidden,

    /// <summary>The state the thing is in does not allow it (409).</summary>
    State,

    /// <summary>Somebody else changed it meanwhile (412).</summary>
    Stale,

    /// <summary>Allowed once confirmed by its code (422 while it is not).</summary>
    Warning,
}

/// <summary>Something a person can correct.</summary>
/// <param name="Code">Stable, kebab-case; the sentence for it stands in <c>Words/Problems.*.resx</c> under the same name.</param>
/// <param name="Field">Where it is, as a path into the input (<c>windows[0].endsAt</c>); null when it concerns the whole.</param>
/// <param name="Values">An object whose properties fill the sentence's placeholders.</param>
/// <param name="Kind">What kind of refusal.</param>
public sealed record Problem(string Code, string? Field = null, object? Values = null, ProblemKind Kind = ProblemKind.Rule)
{
    /// <summary>One of the <see cref="Values"/> by its name; null where there is none.</summary>
    public object? Value(string name) => Of(Values, name);

    internal static object? Of(object? values, string name) => values?.GetType().GetProperty(name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase)?.GetValue(values);

    /// <summary>Nothing of that name exists for this actor.</summary>
    public static Problem NotFound(string what, string name) => new("not-found", what, new { what, name }, ProblemKind.NotFound);

    /// <summary>The actor's role or organisation does not allow the action.</summary>
    public static Problem Forbidden(string action) => new("forbidden", null, new { action }, ProblemKind.Forbidden);
}

/// <summary>A value, or the problems that prevented it. Refusals are values; exceptions are bugs.</summary>
public sealed class Result<T>
{
    private Result(T? value, IReadOnlyList<Problem> problems) => (Value, Problems) = (value, problems);

    /// <summary>What was asked for; the default when there are <see cref="Problems"/>.</summary>
    public T? Value { get; }

    /// <summary>Everything that is wrong, at once; empty when it worked.</summary>
    public IReadOnlyList<Problem> Problems { get; }

    /// <summary>True when there is a value.</summary>
    public bool Ok => Problems.Count == 0;

#pragma warning disable CA1000, CA2225 // Made by conversion: `return outage;`, `return problem;`
    public static implicit operator Result<T>(T value) => new(value, []);

    public static implicit operator Result<T>(Problem problem) => new(default, [problem]);

    public static implicit operator Result<T>(List<Problem> problems) => new(default, problems);

    /// <summary>A value of an interface type, which no conversion takes.</summary>
    public static Result<T> Of(T value) => new(value, []);

    public static Result<T> Refused(IReadOnlyList<Problem> problems) => new(default, problems);
#pragma warning restore CA1000, CA2225
}
