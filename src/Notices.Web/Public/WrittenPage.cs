using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;
using Notices.Feeds;

namespace Notices.Public;

/// <summary>A public page as bytes, compressed once for all its readers; answers 304 to whoever has it.</summary>
internal sealed class WrittenPage : IResult
{
    private readonly byte[] _plain;
    private readonly byte[] _packed;
    private readonly string _etag;
    private readonly string _language;
    private readonly string? _policy;

    /// <param name="policy">What its content may do, where it is more than no script.</param>
    internal WrittenPage(string html, string language, string? policy = null)
    {
        _plain = Encoding.UTF8.GetBytes(html);
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(_plain);
        _packed = packed.ToArray();
        // Weak: both forms of the bytes bear it.
        _etag = $"W/\"{Convert.ToHexStringLower(SHA256.HashData(_plain).AsSpan(0, 12))}\"";
        _language = language;
        _policy = policy;
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response) = (httpContext.Request, httpContext.Response);
        Pages.Guard(response);
        if (_policy is not null) response.Headers.ContentSecurityPolicy = _policy;
        response.Headers.CacheControl = "public, max-age=10, stale-if-error=600";
        response.Headers.Vary = "Accept-Language, Accept-Encoding";
        response.Headers.ETag = _etag;
        if (FeedStamp.IsFresh(_etag, null, request.Headers.IfNoneMatch, null))
        {
            response.StatusCode = StatusCodes.Status304NotModified;

            return Task.CompletedTask;
        }

        var body = _plain;
        if (TakesGzip(request.Headers.AcceptEncoding))
        {
            response.Headers.ContentEncoding = "gzip";
            body = _packed;
        }

        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentLanguage = _language;
        response.ContentLength = body.Length;

        return HttpMethods.IsHead(request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, 0, body.Length, httpContext.RequestAborted);
    }

    /// <summary>Names it without taking it back by <c>q=0</c>.</summary>
    private static bool TakesGzip(string? accepted) =>
        accepted is { Length: > 0 } && accepted.Contains("gzip", StringComparison.OrdinalIgnoreCase)
        && (!accepted.Contains("q=0", StringComparison.OrdinalIgnoreCase)
            || (StringWithQualityHeaderValue.TryParseList([accepted], out var list) && list.Any(e => e.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && e.Quality is null or > 0)));
}
