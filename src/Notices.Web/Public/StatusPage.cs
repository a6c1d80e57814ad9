using Microsoft.AspNetCore.Mvc;
using Notices.Feeds;
using Notices.Operation;
using Notices.Setup;
using Notices.Words;

namespace Notices.Public;

/// <summary>What stands before the public now: what is off and what is planned, each outage with all that was said of it, and where to pull it.</summary>
internal static class StatusPage
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Bytes of the form that asks about an account.</summary>
    private const int LongestForm = 4096;

    internal const string AccountLimit = "account";

    public static void MapStatusPage(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").AllowAnonymous().ExcludeFromDescription();

        pages.MapMethods("/", Reading, Show).RequireRateLimiting(AccountLimit);
        pages.MapPost("/", Check).RequireRateLimiting(AccountLimit).WithMetadata(new BodyLimit(LongestForm));
        pages.MapMethods("/outages/{number}", Reading, Story);
        pages.MapMethods("/announcements/{number}", Reading, Announcement);
    }

    internal static bool AsksAccount(HttpRequest request) => HttpMethods.IsPost(request.Method) || (request.QueryString.HasValue && !string.IsNullOrWhiteSpace(request.Query["account"]));

    private static async Task<IResult> Show(BoardCache cache, PublicOptions options, HostRequest host, OperationOptions operation, [FromServices] AccountLookup accounts, HttpContext context)
    {
        if (operation.IsShadow) return ShowNothing(context);
        if (AsksAccount(context.Request)) return await AccountAsync(context.Request.Query["account"].ToString(), cache, options, host, accounts, context);

        var (language, shown) = (context.PageLanguage(), await cache.CurrentAsync(context.RequestAborted));
        var query = BoardQuery.Of(context.Request.Query);

        return shown.Page(
            language + (context.Request.QueryString.HasValue ? query.Address(language, query.Page) : ""),
            () => new WrittenPage(Frame(options, host, context).Write(shown.Board, query, language), language));
    }

    /// <summary>Changes nothing: it is posted so that the number stands in no address.</summary>
    private static async Task<IResult> Check(BoardCache cache, PublicOptions options, HostRequest host, OperationOptions operation, [FromServices] AccountLookup accounts, HttpContext context)
    {
        if (operation.IsShadow) return ShowNothing(context);
        if (!context.Request.HasFormContentType) return ErrorPage.Of(context, StatusCodes.Status415UnsupportedMediaType, [new Problem("media-type-unsupported")]);

        try
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);

            return await AccountAsync(form["account"].ToString(), cache, options, host, accounts, context);
        }
        catch (InvalidDataException)
        {
            return ErrorPage.Of(context, StatusCodes.Status400BadRequest, [new Problem("body-missing")]);
        }
    }

    /// <summary>Kept by nobody: not by a cache on the way, not by a page it links to.</summary>
    private static async Task<IResult> AccountAsync(string account, BoardCache cache, PublicOptions options, HostRequest host, AccountLookup accounts, HttpContext context)
    {
        var (language, shown) = (context.PageLanguage(), await cache.CurrentAsync(context.RequestAborted));
        var concerned = await accounts.ConcernedAsync(account, context.RequestAborted);
        Pages.Guard(context.Response);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";

        return TypedResults.Content(Frame(options, host, context).WriteAccount(shown.Board, account, concerned, language), "text/html; charset=utf-8");
    }

    private static Task<IResult> Story(string number, BoardCache cache, PublicOptions options, HostRequest host, OperationOptions operation, PublicFeed feed, HttpContext context) =>
        StoryAsync(() => feed.StoryAsync(number, context.RequestAborted), cache, options, host, operation, context);

    private static Task<IResult> Announcement(string number, BoardCache cache, PublicOptions options, HostRequest host, OperationOptions operation, PublicFeed feed, HttpContext context) =>
        StoryAsync(() => feed.AnnouncementAsync(number, context.RequestAborted), cache, options, host, operation, context);

    private static async Task<IResult> StoryAsync(Func<Task<IReadOnlyList<FeedItem>>> read, BoardCache cache, PublicOptions options, HostRequest host, OperationOptions operation, HttpContext context)
    {
        if (operation.IsShadow) return ShowNothing(context);

        var (language, shown) = (context.PageLanguage(), await cache.CurrentAsync(context.RequestAborted));
        var key = $"{context.Request.Path}|{language}";
        if (shown.Pages.TryGetValue(key, out var known)) return known;

        var story = await read();
        if (story.Count == 0) return ErrorPage.Missing(context, "missing-notice");

        return shown.Page(key, () => new WrittenPage(new OutagePage(Frame(options, host, context)).Write(shown.Board, story, language), language));
    }

    internal static BoardPage Frame(PublicOptions options, HostRequest host, HttpContext context) => new(options, Pages.IsDrill(context), host.Sandbox, context.RequestServices.GetRequiredService<Subscriptions.SubscriptionOffer>().Any);

    /// <summary>While it is tried out beside the old way, the public is told by that.</summary>
    internal static IResult ShowNothing(HttpContext context)
    {
        var language = context.PageLanguage();

        return Pages.Html(
            context, Sentences.Label("page-title", language),
            $"<header>{Pages.Switch(language)}</header><main><h1>{BoardPage.Word("page-title", language)}</h1><p>{BoardPage.Word("shadow-page", language)}</p></main>", 60);
    }
}
