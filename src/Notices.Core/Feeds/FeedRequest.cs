using Notices.Outages;
using Notices.Words;

namespace Notices.Feeds;

/// <summary>Which notices a reader asked for; null asks for all.</summary>
/// <param name="Organisation">Code of an organisation; its subtree is meant.</param>
/// <param name="Feeder">Code of a feeder.</param>
/// <param name="Language">A language of <see cref="Languages"/>; null for both.</param>
public sealed record FeedRequest(string? Organisation = null, string? Feeder = null, OutageKind? Kind = null, string? Language = null)
{
    /// <summary>Everything, in both languages.</summary>
    public static readonly FeedRequest All = new();

    /// <summary>The filters of an address, <c>?organisation=&amp;feeder=&amp;kind=&amp;lang=</c>; an empty one counts as absent.</summary>
    public static Result<FeedRequest> Read(string? organisation, string? feeder, string? kind, string? lang)
    {
        var problems = new List<Problem>();
        OutageKind? asked = null;
        if (!string.IsNullOrEmpty(kind))
        {
            asked = Enum.GetValues<OutageKind>().Cast<OutageKind?>().FirstOrDefault(k => string.Equals(k.ToString(), kind, StringComparison.OrdinalIgnoreCase));
            if (asked is null) problems.Add(new Problem("unknown-kind", "kind", new { value = kind }, ProblemKind.Unreadable));
        }

        string? language = null;
        if (!string.IsNullOrEmpty(lang))
        {
            language = Languages.Nearest(lang);
            if (language is null) problems.Add(new Problem("unknown-language", "lang", new { value = lang }, ProblemKind.Unreadable));
        }

        return problems.Count > 0 ? problems : new FeedRequest(Some(organisation), Some(feeder), asked, language);
    }

    /// <summary>The filters as an address carries them, always in one order; empty without any.</summary>
    internal string Query
    {
        get
        {
            string?[] parts =
            [
                Part("organisation", Organisation), Part("feeder", Feeder), Part("kind", Kind is { } kind ? FeedWords.Code(kind) : null), Part("lang", Language),
            ];
            var query = string.Join('&', parts.OfType<string>());

            return query.Length == 0 ? "" : "?" + query;
        }
    }

    private static string? Part(string name, string? value) => value is null ? null : $"{name}={Uri.EscapeDataString(value)}";

    private static string? Some(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}
