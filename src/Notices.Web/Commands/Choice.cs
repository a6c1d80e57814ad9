using System.CommandLine;
using System.CommandLine.Parsing;
using Notices.Setup;

namespace Notices.Commands;

/// <summary>Options and arguments whose values are the names of an enum as the API writes them: <c>in-progress</c>; no numbers.</summary>
internal static class Choice
{
    internal static Argument<T> Argument<T>(string name, string description)
        where T : struct, Enum => new(name) { Description = $"{description} {All<T>()}", CustomParser = result => Read<T>(result, 0) ?? default };

    internal static Option<T?> Maybe<T>(string name, string description)
        where T : struct, Enum => new(name) { Description = $"{description} {All<T>()}", CustomParser = result => result.Tokens.Count == 0 ? null : Read<T>(result, 0) };

    internal static Option<T> One<T>(string name, string description)
        where T : struct, Enum => new(name) { Description = $"{description} {All<T>()}", Required = true, CustomParser = result => Read<T>(result, 0) ?? default };

    internal static Option<T[]> Many<T>(string name, string description)
        where T : struct, Enum => new(name)
        {
            Description = $"{description} {All<T>()}",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
            CustomParser = result => [.. Enumerable.Range(0, result.Tokens.Count).Select(i => Read<T>(result, i) ?? default)],
        };

    internal static string Name<T>(T value)
        where T : struct, Enum => Named<T>.Of(value);

    private static T? Read<T>(ArgumentResult result, int index)
        where T : struct, Enum
    {
        var text = result.Tokens[index].Value;
        foreach (var value in Enum.GetValues<T>())
        {
            if (string.Equals(Name(value), text, StringComparison.OrdinalIgnoreCase)) return value;
        }

        result.AddError($"'{text}' is not one of them: {All<T>()}");

        return null;
    }

    private static string All<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetValues<T>().Select(Name)) + ".";
}
