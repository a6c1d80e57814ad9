using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Notices.Feeds;

/// <summary>Which notices are current at one moment, in a few numbers: the same numbers mean the same notices, so a reader who has them needs no answer.
/// The sum tells apart what count and newest cannot: a notice whose transaction commits after that of a later id.</summary>
/// <param name="AsOf">The moment asked about.</param>
/// <param name="Count">How many notices are current.</param>
/// <param name="Newest">The largest id among them.</param>
/// <param name="Sum">The sum of their ids.</param>
/// <param name="Changed">When one was last added or dropped; null while none ever was.</param>
public sealed record FeedStamp(DateTimeOffset AsOf, long Count, long Newest, long Sum, DateTimeOffset? Changed)
{
    /// <summary>Grows whenever the way a feed is written changes.</summary>
    private const int Edition = 1;

    /// <summary>For the <c>Last-Modified</c> header, in whole seconds. Within the second of a change it is one second less, as another change may follow in it.</summary>
    public DateTimeOffset? LastModified
    {
        get
        {
            if (Changed is not { } changed) return null;
            var (second, now) = (FeedTime.Floor(changed), FeedTime.Floor(AsOf));

            return second < now ? second : second.AddSeconds(-1);
        }
    }

    /// <summary>For the <c>ETag</c> header of one format and request. Weak: the moment of reading stands in the text, and compression changes the bytes.</summary>
    public string ETag(IFeedFormat format, FeedRequest request)
    {
        var asked = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request.Query)).AsSpan(0, 6));

        return string.Create(CultureInfo.InvariantCulture, $"W/\"{Edition}-{format.Name}-{Newest}-{Count}-{Sum}-{asked}\"");
    }

    /// <summary>True when the reader already has it (answer 304). As HTTP wants it, the date counts only where no tag is given.</summary>
    /// <param name="ifNoneMatch">The header as sent; may list several tags.</param>
    public static bool IsFresh(string etag, DateTimeOffset? lastModified, string? ifNoneMatch, DateTimeOffset? ifModifiedSince)
    {
        if (!string.IsNullOrWhiteSpace(ifNoneMatch))
        {
            return ifNoneMatch.Split(',', StringSplitOptions.TrimEntries).Any(tag => tag == "*" || Strong(tag) == Strong(etag));
        }

        return lastModified is { } modified && ifModifiedSince is { } since && modified <= since;
    }

    private static string Strong(string tag) => tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag;
}
