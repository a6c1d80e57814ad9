using Microsoft.AspNetCore.Http.Extensions;
using Notices.Access;

namespace Notices.Setup;

/// <summary>A POST with an Idempotency-Key is done once per key holder and route; a repeat gets the stored answer.</summary>
internal sealed class IdempotencyKeys(RequestDelegate next)
{
    internal const string Header = "Idempotency-Key";

    /// <summary>Bodies longer than this (files) are not repeated by key.</summary>
    private const int LongestBody = 1 << 20;

    public async Task InvokeAsync(HttpContext context, Idempotency idempotency)
    {
        var key = context.Request.Headers[Header].ToString();
        if (key.Length == 0 || !HttpMethods.IsPost(context.Request.Method) || context.User.Identity?.IsAuthenticated != true
            || context.Request.ContentLength > LongestBody)
        {
            await next(context);
            return;
        }

        if (key.Length > 200)
        {
            await new ProblemsResult([new Problem("idempotency-key-too-long", Header, null, ProblemKind.Unreadable)]).ExecuteAsync(context);
            return;
        }

        var (verdict, row) = await idempotency.BeginAsync(
            context.User.Holder()!, context.Request.Path + context.Request.QueryString.ToString(), key, await BodyAsync(context.Request), context.RequestAborted);
        switch (verdict)
        {
            case IdempotencyVerdict.OtherBody:
                await new ProblemsResult([new Problem("idempotency-other-body", Header)]).ExecuteAsync(context);
                break;
            case IdempotencyVerdict.Running:
                await new ProblemsResult([new Problem("idempotency-running", Header, null, ProblemKind.State)]).ExecuteAsync(context);
                break;
            case IdempotencyVerdict.Replay:
                await ReplayAsync(context.Response, row);
                break;
            default:
                await RunAsync(context, idempotency, row.Id);
                break;
        }
    }

    private async Task RunAsync(HttpContext context, Idempotency idempotency, long id)
    {
        var (response, real) = (context.Response, context.Response.Body);
        using var copy = new MemoryStream();
        response.Body = copy;
        try
        {
            await using (idempotency.Running(id)) await next(context);
            if (response.StatusCode >= StatusCodes.Status500InternalServerError) await idempotency.ReleaseAsync(id, CancellationToken.None);
            else
            {
                var answer = System.Text.Encoding.UTF8.GetString(copy.GetBuffer(), 0, (int)copy.Length);
                await idempotency.CompleteAsync(id, response.StatusCode, response.ContentType, response.Headers.Location, answer, CancellationToken.None);
            }
        }
        catch
        {
            await idempotency.ReleaseAsync(id, CancellationToken.None);
            throw;
        }
        finally
        {
            response.Body = real;
        }

        copy.Position = 0;
        await copy.CopyToAsync(real, context.RequestAborted);
    }

    private static async Task ReplayAsync(HttpResponse response, IdempotentAnswer row)
    {
        response.StatusCode = row.Status!.Value;
        response.ContentType = row.ContentType;
        if (row.Location is not null) response.Headers.Location = row.Location;
        response.Headers["Idempotent-Replay"] = "true";
        if (row.Answer is { Length: > 0 } answer) await response.WriteAsync(answer);
    }

    private static async Task<byte[]> BodyAsync(HttpRequest request)
    {
        request.EnableBuffering();
        using var copy = new MemoryStream();
        await request.Body.CopyToAsync(copy, request.HttpContext.RequestAborted);
        request.Body.Position = 0;

        return copy.ToArray();
    }
}
