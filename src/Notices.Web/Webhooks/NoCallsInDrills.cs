using Notices.Operation;

namespace Notices.Webhooks;

/// <summary>A drill sent nothing, so no provider has anything to say of it: whatever lies below <c>/webhooks</c>, now or later, is not there.</summary>
internal static class NoCallsInDrills
{
    internal static void UseNoCallsInDrills(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<OperationOptions>().IsDrill) return;

        app.Use((context, next) =>
        {
            if (!context.Request.Path.StartsWithSegments("/webhooks", StringComparison.OrdinalIgnoreCase)) return next(context);

            context.Response.StatusCode = StatusCodes.Status404NotFound;

            return Task.CompletedTask;
        });
    }
}
