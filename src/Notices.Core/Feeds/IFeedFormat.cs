namespace Notices.Feeds;

/// <summary>One way to write what was published.</summary>
public interface IFeedFormat
{
    /// <summary>The last part of its address below <c>/feeds/</c>, e.g. <c>notices.atom</c>.</summary>
    string Name { get; }

    /// <summary>Media type with charset.</summary>
    string ContentType { get; }

    /// <summary>Needs the outlines of places, which cost a further query.</summary>
    bool WantsPlaces => false;

    /// <summary>Writes UTF-8, piece by piece; the stream stays open.</summary>
    Task WriteAsync(Stream stream, FeedContent content, FeedRequest request, CancellationToken cancellationToken);
}
