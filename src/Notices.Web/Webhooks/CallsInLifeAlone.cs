using Notices.Operation;

namespace Notices.Webhooks;

/// <summary>A drill and a shadow sent nothing, so no provider has anything to say of it: whatever lies below <c>/webhooks</c>, now or later, is not there.</summary>
internal static class CallsInLifeAlone
{
    internal static void UseCallsInLifeAlone(this WebApplication app)
    {
        if (app.Services.GetRequiredService<OperationOptions>().IsLive) return;

        app.Use((context, next) =>
        {
            if (!context.Request.Path.StartsWithSegments("/webhooks", StringComparison.OrdinalIgnoreCase)) return next(context);

            context.Response.StatusCode = StatusCodes.Status404NotFound;

            return Task.CompletedTask;
        });
    }
}
