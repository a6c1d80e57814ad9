namespace Notices.Words;

/// <summary>The languages every sentence exists in.</summary>
public static class Languages
{
    /// <summary>Simplified Chinese.</summary>
    public const string Chinese = "zh-CN";

    /// <summary>English.</summary>
    public const string English = "en";

    /// <summary>Both, the organisation's default first.</summary>
    public static readonly IReadOnlyList<string> All = [Chinese, English];

    /// <summary>The supported language nearest to a tag such as <c>zh-Hant-TW</c>, <c>zh</c> or <c>en-GB</c>; null when none is near.</summary>
    public static string? Nearest(string? tag) => tag switch
    {
        null => null,
        _ when tag.StartsWith("zh", StringComparison.OrdinalIgnoreCase) => Chinese,
        _ when tag.StartsWith("en", StringComparison.OrdinalIgnoreCase) => English,
        _ => null,
    };
}
