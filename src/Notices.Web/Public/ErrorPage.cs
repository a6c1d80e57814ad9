using Notices.Words;

namespace Notices.Public;

/// <summary>What a person is shown where a program gets problem details: the same sentences, in words alone.</summary>
internal static class ErrorPage
{
    /// <summary>True for a browser: it names HTML among what it takes.</summary>
    internal static bool IsFor(HttpRequest request) => request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase) && !request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

    /// <summary>An address that names nothing is said to be so; without this it would lead to the sign-in of staff.</summary>
    internal static void UseMissingPages(this WebApplication app) => app.Use((context, next) =>
        context.GetEndpoint() is null && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)) && IsFor(context.Request)
            ? Missing(context, "missing-page").ExecuteAsync(context)
            : next(context));

    /// <param name="label">What is not there, in a customer's words.</param>
    internal static IResult Missing(HttpContext context, string label) => Show(context, StatusCodes.Status404NotFound, language => [Sentences.Label(label, language)]);

    internal static IResult Of(HttpContext context, int status, IEnumerable<Problem> problems) => Show(context, status, language => problems.Select(p => Sentences.Of(p, language)));

    private static IResult Show(HttpContext context, int status, Func<string, IEnumerable<string>> say)
    {
        var language = context.PageLanguage();
        var sentences = string.Concat(say(language).Select(sentence => $"<p>{Pages.Text(sentence)}</p>"));
        context.Response.StatusCode = status;

        return Pages.Html(
            context, Sentences.Label($"status-{status}", language),
            $"<header>{Pages.Switch(language)}</header><main><h1>{BoardPage.Word($"status-{status}", language)}</h1>{sentences}<p><a href=\"/?lang={language}\">{BoardPage.Word("page-title", language)}</a></p></main>", style: PublicStyle.Text);
    }
}
