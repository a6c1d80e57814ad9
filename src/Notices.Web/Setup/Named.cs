namespace Notices.Setup;

/// <summary>A value of an enum in a query, written as the answers write it (<c>in-progress</c>).</summary>
internal readonly record struct Named<T>(T Value)
    where T : struct, Enum
{
    public static bool TryParse(string? text, out Named<T> named)
    {
        named = default;
        if (string.IsNullOrEmpty(text) || char.IsAsciiDigit(text[0]) || text[0] == '-') return false;
        if (!Enum.TryParse<T>(text.Replace("-", "", StringComparison.Ordinal), true, out var value) || !Enum.IsDefined(value)) return false;

        named = new Named<T>(value);

        return true;
    }
}
