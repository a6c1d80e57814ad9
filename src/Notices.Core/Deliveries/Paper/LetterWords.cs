namespace Notices.Deliveries;

/// <summary>What can become of a letter that was printed, as people enter it.</summary>
public static class LetterWords
{
    /// <summary>Into somebody's hands; told at that moment, acknowledged where it was signed for.</summary>
    public const string HandedOver = "handed-over";

    /// <summary>In the letter box or at the door; told at that moment.</summary>
    public const string Left = "left";

    /// <summary>Told on the day the policy deems it received.</summary>
    public const string Posted = "posted";

    /// <summary>留置送达: nobody would take or sign it, a witness saw it offered; told at that moment.</summary>
    public const string Refused = "refused";

    /// <summary>Nobody lives there, there is no such house, or the post sent it back.</summary>
    public const string Undeliverable = "undeliverable";

    /// <summary>What was entered last was wrong: the letter is printed and nothing more.</summary>
    public const string Withdrawn = "withdrawn";

    public static readonly IReadOnlyList<string> Results = [HandedOver, Left, Posted, Refused, Undeliverable, Withdrawn];

    /// <summary>As sheets filled in by hand name them.</summary>
    private static readonly Dictionary<string, string> Chinese = new(StringComparer.Ordinal)
    {
        ["送达"] = HandedOver,
        ["留存"] = Left,
        ["邮寄"] = Posted,
        ["拒收"] = Refused,
        ["无法送达"] = Undeliverable,
        ["撤回"] = Withdrawn,
    };

    /// <returns>Null where it is none of them.</returns>
    internal static string? Read(string? text)
    {
        text = text?.Trim().Replace('_', '-') ?? "";

        return Chinese.GetValueOrDefault(text) ?? Results.FirstOrDefault(result => string.Equals(result, text, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The reason a delivery bears by a result.</summary>
    internal static string Reason(string result) => "letter-" + result;

    /// <returns>Null where the reason is that of no result.</returns>
    internal static string? OfReason(string? reason) =>
        reason?.StartsWith("letter-", StringComparison.Ordinal) == true && Results.Contains(reason["letter-".Length..]) ? reason["letter-".Length..] : null;
}
