using System.Collections.Concurrent;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Notices.Operation;
using Notices.Setup;

namespace Notices.Feeds;

/// <summary>Pulled by anybody, answered from memory until something is published: a pull costs one small query, a fresh puller an empty 304.</summary>
internal static class FeedEndpoints
{
    public static void MapFeeds(this IEndpointRouteBuilder routes)
    {
        var feeds = routes.MapGroup("/feeds").WithTags("Feeds").AllowAnonymous();

        if (routes.ServiceProvider.GetRequiredService<OperationOptions>().IsShadow)
        {
            feeds.MapGet("/{**feed}", NothingPublic).ExcludeFromDescription();
            return;
        }

        foreach (var format in routes.ServiceProvider.GetServices<IFeedFormat>())
        {
            feeds.MapGet("/" + format.Name, ([AsParameters] FeedQuery query, PublicFeed feed, FeedCache cache, HttpContext context) => Feed(format, query, feed, cache, context));
        }

        feeds.MapGet("/cap/{identifier}.xml", Alert);
    }

    /// <summary>Whoever reads a feed on air must not take for published what is only tried.</summary>
    private static ProblemsResult NothingPublic() => new([new Problem("shadow-nothing-public", null, null, ProblemKind.NotFound)]);

    private static async Task<IResult> Feed(IFeedFormat format, FeedQuery query, PublicFeed feed, FeedCache cache, HttpContext context)
    {
        var request = FeedRequest.Read(query.Organisation, query.Feeder, query.Kind, query.Lang);
        if (!request.Ok) return new ProblemsResult(request.Problems);

        var stamp = await feed.StampAsync(context.RequestAborted);
        var etag = stamp.ETag(format, request.Value!);
        context.Response.Headers.ETag = etag;
        context.Response.Headers.CacheControl = "public, max-age=5, must-revalidate";
        if (stamp.LastModified is { } modified) context.Response.GetTypedHeaders().LastModified = modified;
        if (FeedStamp.IsFresh(etag, stamp.LastModified, context.Request.Headers.IfNoneMatch, context.Request.GetTypedHeaders().IfModifiedSince))
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);

        var body = cache.Find(etag);
        if (body is null)
        {
            var content = await feed.ReadAsync(request.Value!, stamp, context.RequestAborted);
            if (!content.Ok) return new ProblemsResult(content.Problems);

            using var buffer = new MemoryStream();
            var whole = format.WantsPlaces ? await feed.WithPlacesAsync(content.Value!, context.RequestAborted) : content.Value!;
            await format.WriteAsync(buffer, whole, request.Value!, context.RequestAborted);
            body = cache.Keep(etag, buffer.ToArray());
        }

        return TypedResults.Bytes(body, format.ContentType);
    }

    private static async Task<IResult> Alert(string identifier, PublicFeed feed, CapAlerts alerts, HttpContext context)
    {
        if (await feed.FindAsync(identifier, context.RequestAborted) is not { } item || !CapAlerts.Fits(item))
            return new ProblemsResult([Problem.NotFound("notice", identifier)]);

        // A published notice never changes, but the polygons of its areas may be imported anew.
        context.Response.Headers.CacheControl = "public, max-age=3600";
        using var buffer = new MemoryStream();
        await alerts.WriteAlertAsync(buffer, item, context.RequestAborted);

        return TypedResults.Bytes(buffer.ToArray(), "application/cap+xml; charset=utf-8");
    }
}

internal sealed record FeedQuery([FromQuery] string? Organisation, [FromQuery] string? Feeder, [FromQuery] string? Kind, [FromQuery] string? Lang);

/// <summary>The bytes of feeds as last written, by their ETag; bounded, since a filter is anybody's to choose.</summary>
internal sealed class FeedCache
{
    private const int Most = 200;

    private readonly ConcurrentDictionary<string, byte[]> _bodies = new(StringComparer.Ordinal);

    internal byte[]? Find(string etag) => _bodies.GetValueOrDefault(etag);

    internal byte[] Keep(string etag, byte[] body)
    {
        if (_bodies.Count >= Most) _bodies.Clear();

        return _bodies[etag] = body;
    }
}
