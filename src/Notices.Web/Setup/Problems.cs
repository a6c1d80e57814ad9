using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;
using Notices.Public;
using Notices.Storage;
using Notices.Words;

namespace Notices.Setup;

/// <summary>RFC 9457 problem details with every problem at once, in the reader's language.</summary>
internal sealed class ProblemsResult(IReadOnlyList<Problem> problems, int? status = null) : IResult, IEndpointMetadataProvider, IStatusCodeHttpResult
{
    public int? StatusCode => status ?? Status(problems[0].Kind);

    public static void PopulateMetadata(System.Reflection.MethodInfo method, EndpointBuilder builder)
    {
        foreach (var code in (int[])[400, 401, 403, 404, 409, 412, 422])
            builder.Metadata.Add(new ProducesResponseTypeMetadata(code, typeof(ProblemBody), ["application/problem+json"]));
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var language = httpContext.Language();
        var first = problems[0];
        httpContext.Response.StatusCode = StatusCode!.Value;
        httpContext.Response.Headers.ContentLanguage = language;
        if (StatusCode == StatusCodes.Status503ServiceUnavailable) httpContext.Response.Headers.RetryAfter = "5";

        return httpContext.Response.WriteAsJsonAsync(
            new ProblemBody(
                $"urn:notices:problem:{first.Code}",
                Sentences.Label($"status-{StatusCode}", language),
                StatusCode.Value,
                first.Code,
                [.. problems.Select(p => new ProblemLine(p.Code, p.Field, Sentences.Of(p, language)))]),
            Json.Stored, "application/problem+json; charset=utf-8", httpContext.RequestAborted);
    }

    /// <summary>As a page where a person looks, whoever answers.</summary>
    internal Task ShowAsync(HttpContext context) => ErrorPage.IsFor(context.Request) ? ErrorPage.Of(context, StatusCode!.Value, problems).ExecuteAsync(context) : ExecuteAsync(context);

    private static int Status(ProblemKind kind) => kind switch
    {
        ProblemKind.Unreadable => StatusCodes.Status400BadRequest,
        ProblemKind.NotFound => StatusCodes.Status404NotFound,
        ProblemKind.Forbidden => StatusCodes.Status403Forbidden,
        ProblemKind.State => StatusCodes.Status409Conflict,
        ProblemKind.Stale => StatusCodes.Status412PreconditionFailed,
        _ => StatusCodes.Status422UnprocessableEntity,
    };
}

internal sealed record ProblemBody(string Type, string Title, int Status, string Code, IReadOnlyList<ProblemLine> Problems);

internal sealed record ProblemLine(string Code, string? Field, string Message);

internal static partial class ProblemSetup
{
    /// <summary>The reader's language: the first one of Accept-Language we speak, otherwise Chinese.</summary>
    internal static string Language(this HttpContext context) =>
        context.Request.GetTypedHeaders().AcceptLanguage.OrderByDescending(l => l.Quality ?? 1).Select(l => Languages.Nearest(l.Value.Value)).FirstOrDefault(l => l is not null)
        ?? Languages.Chinese;

    /// <summary>Turns what a handler threw into an answer; a user's mistake is never a 500, and nobody sees a stack trace.</summary>
    internal static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            AllowStatusCode404Response = true,
            SuppressDiagnosticsCallback = context => context.Exception is BadHttpRequestException,
            ExceptionHandler = context => Answer(context.Features.Get<IExceptionHandlerFeature>()?.Error).ShowAsync(context),
        });
        app.UseStatusCodePages(context => Empty(context.HttpContext.Response.StatusCode) is { } result
            ? result.ShowAsync(context.HttpContext)
            : Task.CompletedTask);
    }

    /// <summary>An address with a character no database keeps names nothing.</summary>
    internal static void UseReadableAddresses(this WebApplication app) => app.Use((context, next) =>
        context.Request.Path.Value!.Contains('\0', StringComparison.Ordinal) || context.Request.QueryString.Value!.Contains("%00", StringComparison.Ordinal)
            ? new ProblemsResult([new Problem("address-unreadable", null, null, ProblemKind.Unreadable)]).ExecuteAsync(context)
            : next(context));

    private static ProblemsResult Answer(Exception? error) => error switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new([new Problem("body-too-large")], StatusCodes.Status413PayloadTooLarge),
        BadHttpRequestException { InnerException: JsonException json } => new([Unreadable(json)]),
        BadHttpRequestException bad when bad.Message.Contains("no body was provided", StringComparison.Ordinal) || bad.Message.Contains("from body", StringComparison.Ordinal) => new([new Problem("body-missing", null, null, ProblemKind.Unreadable)]),
        BadHttpRequestException bad when Parameter().Match(bad.Message) is { Success: true } parameter => new(
            [new Problem("parameter-unreadable", parameter.Groups["name"].Value, new { name = parameter.Groups["name"].Value, value = parameter.Groups["value"].Value }, ProblemKind.Unreadable)]),
        BadHttpRequestException bad => new([new Problem("request-unreadable", null, new { reason = bad.Message }, ProblemKind.Unreadable)], bad.StatusCode),
        JsonException json => new([Unreadable(json)]),
        _ when StorageTrouble.Of(error) is { } trouble => new([trouble], StatusCodes.Status503ServiceUnavailable),
        _ => new([new Problem("internal-error")], StatusCodes.Status500InternalServerError),
    };

    /// <summary>How the framework says that a parameter of the address cannot be read; the type it names is no reader's matter.</summary>
    [GeneratedRegex("^Failed to bind parameter \".+ (?<name>\\w+)\" from \"(?<value>.{0,100})", RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Parameter();

    private static Problem Unreadable(JsonException json) =>
        new("json-unreadable", json.Path?.TrimStart('$', '.'), new { line = (json.LineNumber ?? 0) + 1, position = (json.BytePositionInLine ?? 0) + 1 }, ProblemKind.Unreadable);

    private static ProblemsResult? Empty(int status) => status switch
    {
        StatusCodes.Status404NotFound => new([new Problem("no-such-address")], status),
        StatusCodes.Status405MethodNotAllowed => new([new Problem("method-not-allowed")], status),
        StatusCodes.Status413PayloadTooLarge => new([new Problem("body-too-large")], status),
        StatusCodes.Status415UnsupportedMediaType => new([new Problem("media-type-unsupported")], status),
        StatusCodes.Status429TooManyRequests => new([new Problem("too-many-requests")], status),
        _ => null,
    };
}
