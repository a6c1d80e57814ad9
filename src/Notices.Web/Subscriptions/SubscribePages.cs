using Microsoft.AspNetCore.Mvc;
using Notices.Operation;
using Notices.Public;
using Notices.Setup;

namespace Notices.Subscriptions;

/// <summary>Anybody subscribes to the notices of a place, a line or an area, confirms, and ends it: plain forms, open to everybody. What is shown follows from what was typed and from the link,
/// never from what is known of an address.</summary>
internal static class SubscribePages
{
    internal const string Limit = "subscribe";

    /// <summary>Bytes of a form.</summary>
    private const int LongestForm = 8192;

    public static void MapSubscribe(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").AllowAnonymous().ExcludeFromDescription().RequireRateLimiting(Limit);

        pages.MapGet("/subscribe", Show);
        pages.MapPost("/subscribe", Ask).WithMetadata(new BodyLimit(LongestForm));
        pages.MapGet("/subscribe/code", ShowCode);
        pages.MapPost("/subscribe/code", TakeCode).WithMetadata(new BodyLimit(LongestForm));
        pages.MapGet("/" + SubscriptionWords.ConfirmPath + "{token}", ShowToken);
        pages.MapPost("/" + SubscriptionWords.ConfirmPath + "{token}", Confirm).WithMetadata(new BodyLimit(LongestForm));
        pages.MapGet("/" + SubscriptionWords.Path + "{mark}", ShowOne);
        pages.MapPost("/" + SubscriptionWords.Path + "{mark}", Withdraw).WithMetadata(new BodyLimit(LongestForm));
    }

    /// <summary>Requests that ask the database for somebody's words, or send something.</summary>
    internal static bool Counts(HttpRequest request) => HttpMethods.IsPost(request.Method) || request.Query.ContainsKey("feeder") || request.Query.ContainsKey("place");

    /// <summary>Links from the board and from an outage bring a line or a place along.</summary>
    private static async Task<IResult> Show(HttpContext context, [FromServices] SubscriptionTargets targets, SubscriptionOffer offer, SubscriptionOptions options, OperationOptions operation)
    {
        if (operation.IsShadow) return StatusPage.ShowNothing(context);
        if (!offer.Any) return SubscribeForm.Closed(context);

        var query = context.Request.Query;
        var words = query["feeder"].ToString() is { Length: > 0 } feeder ? feeder : query["place"].ToString();

        return await FormAsync(context, new AskSubscription { Find = words, Found = words, Language = context.PageLanguage() }, [], targets, offer, options);
    }

    private static async Task<IResult> Ask(HttpContext context, [FromServices] SubscriptionAsking asking, [FromServices] SubscriptionTargets targets, SubscriptionOffer offer, SubscriptionOptions options)
    {
        if (!offer.Any) return SubscribeForm.Closed(context);
        if (await PlainForm.ReadAsync(context) is not { } form) return await FormAsync(context, new AskSubscription { Language = context.PageLanguage() }, [new Problem("form-expired")], targets, offer, options);

        var request = new AskSubscription
        {
            Medium = offer.Media.Count == 1 ? offer.Media[0].ToString() : form["medium"],
            Address = form["address"],
            Language = form["language"],
            Find = form["find"],
            Found = form["found"],
            About = form["about"],
            County = form["county"],
        };
        var asked = await asking.AskAsync(request, context.RequestAborted);

        return asked.Value is { } done ? SubscribeForm.Asked(context, done, options) : await FormAsync(context, request, asked.Problems, targets, offer, options);
    }

    private static IResult ShowCode(HttpContext context, SubscriptionOffer offer) => offer.Any ? SubscribeForm.Code(context, "", []) : SubscribeForm.Closed(context);

    private static async Task<IResult> TakeCode(HttpContext context, [FromServices] SubscriptionDesk desk)
    {
        if (await PlainForm.ReadAsync(context) is not { } form) return SubscribeForm.Code(context, "", [new Problem("form-expired")]);

        var confirmed = await desk.ConfirmAsync(form["address"], form["code"], context.RequestAborted);

        return confirmed.Value is { } view ? ToPage(context, view) : SubscribeForm.Code(context, form["address"].ToString(), confirmed.Problems);
    }

    /// <summary>Changes nothing: mail scanners follow links.</summary>
    private static async Task<IResult> ShowToken(string token, HttpContext context, [FromServices] SubscriptionDesk desk) => await desk.FindByTokenAsync(token, context.RequestAborted) switch
    {
        null => SubscribeForm.Unknown(context),
        { Confirmed: true } view => ToPage(context, view),
        var view => SubscribeForm.Confirm(context, view, []),
    };

    private static async Task<IResult> Confirm(string token, HttpContext context, [FromServices] SubscriptionDesk desk)
    {
        if (await PlainForm.ReadAsync(context) is null)
            return await desk.FindByTokenAsync(token, context.RequestAborted) is { } waiting ? SubscribeForm.Confirm(context, waiting, [new Problem("form-expired")]) : SubscribeForm.Unknown(context);

        return await desk.ConfirmAsync(token, context.RequestAborted) is { } view ? ToPage(context, view) : SubscribeForm.Unknown(context);
    }

    private static async Task<IResult> ShowOne(string mark, HttpContext context, [FromServices] SubscriptionDesk desk) =>
        await desk.FindAsync(mark, context.RequestAborted) is { } view ? SubscribeForm.One(context, view, []) : SubscribeForm.Unknown(context);

    private static async Task<IResult> Withdraw(string mark, HttpContext context, [FromServices] SubscriptionDesk desk)
    {
        if (await PlainForm.ReadAsync(context) is null)
            return await desk.FindAsync(mark, context.RequestAborted) is { } known ? SubscribeForm.One(context, known, [new Problem("form-expired")]) : SubscribeForm.Unknown(context);

        return await desk.WithdrawAsync(mark, context.RequestAborted) is { } view ? SubscribeForm.One(context, view, []) : SubscribeForm.Unknown(context);
    }

    private static async Task<IResult> FormAsync(HttpContext context, AskSubscription request, IReadOnlyList<Problem> problems, SubscriptionTargets targets, SubscriptionOffer offer, SubscriptionOptions options)
    {
        var found = await targets.FindAsync(request.Find, context.RequestAborted);

        return SubscribeForm.Ask(context, request, problems, found, await targets.CountiesAsync(context.RequestAborted), offer, options);
    }

    /// <summary>A page that may be kept, and loaded again without sending anything.</summary>
    private static IResult ToPage(HttpContext context, SubscriptionView view)
    {
        context.Response.Headers.Location = $"/{SubscriptionWords.Path}{view.Mark}?lang={context.PageLanguage()}";

        return TypedResults.StatusCode(StatusCodes.Status303SeeOther);
    }
}
