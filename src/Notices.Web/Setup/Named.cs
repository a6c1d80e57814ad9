using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Notices.Setup;

/// <summary>A value of an enum by the name the API writes, for queries: <c>?status=in-progress</c>. Neither numbers nor other spellings.</summary>
internal readonly record struct Named<T>(T Value)
    where T : struct, Enum
{
    internal static string Of(T value) => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    public static bool TryParse([NotNullWhen(true)] string? text, IFormatProvider? provider, out Named<T> named)
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (!string.Equals(Of(value), text, StringComparison.OrdinalIgnoreCase)) continue;
            named = new Named<T>(value);

            return true;
        }

        named = default;

        return false;
    }
}
