using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Notices.Deliveries;
using Notices.Setup;
using Notices.Speech;
using Notices.Words;

namespace Notices.Operation;

/// <summary>What <c>/health/ready</c> answers: one sentence, and every check.</summary>
/// <param name="Status"><c>healthy</c>, <c>degraded</c> (ready, and something is slow) or <c>unhealthy</c>.</param>
/// <param name="Mode"><c>live</c>, <c>drill</c> or <c>shadow</c>.</param>
internal sealed record HealthBody(string Status, string Message, string Mode, IReadOnlyList<HealthLine> Checks);

/// <param name="Code">The code of the problem; null where there is none, also where the check could not be made because of the one before.</param>
internal sealed record HealthLine(string Name, string Status, string? Code, string? Message);

internal static class HealthSetup
{
    internal static void AddHealth(this IServiceCollection services, HostRole role)
    {
        services.AddSingleton(provider => StorageWatch.Make(provider, Named<HostRole>.Of(role)));
        var checks = services.AddHealthChecks();
        void Degrades<T>(string name, Func<T, Problem?> look)
            where T : notnull => checks.Add(new HealthCheckRegistration(name, provider => new DegradedHealth(() => look(provider.GetRequiredService<T>())), null, null));
        // Only who sends and asks knows.
        if (role != HostRole.Web)
        {
            Degrades<ProviderDirectory>("providers", providers => providers.Troubled.FirstOrDefault() is { } trouble
                ? new Problem("provider-fails", null, new { provider = trouble.Provider, fault = trouble.Fault, times = trouble.Failures, since = trouble.Since })
                : null);
            Degrades<ProviderPolling>("polling", polling => polling.Failing.FirstOrDefault() is { } task
                ? new Problem("polling-fails", null, new { provider = task.Provider, fault = task.Fault, times = task.Failures, since = task.FailingSince })
                : null);
        }

        Degrades<ISpeech>("speech", speech => speech.Voices.FirstOrDefault(voice => voice.LastFailure is not null) is { LastFailure: { } failure } voice
            ? new Problem("speech-fails", null, new { language = voice.Language, failure })
            : null);
        foreach (var name in StorageReport.Names) checks.Add(new HealthCheckRegistration(name, provider => new StorageHealth(provider.GetRequiredService<StorageWatch>(), name), null, null));
    }

    internal static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteAsync }).AllowAnonymous();
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        var language = context.Language();
        var mode = context.RequestServices.GetRequiredService<OperationOptions>().Mode.ToLowerInvariant();
        var lines = report.Entries.Select(entry => LineOf(entry.Key, entry.Value, language)).ToList();
        var body = new HealthBody(Word(report.Status), lines.FirstOrDefault(line => line.Message is not null)?.Message ?? Sentences.Label("health-ready", language), mode, lines);
        context.Response.Headers.ContentLanguage = language;

        return context.Response.WriteAsJsonAsync(body, Json.Stored, "application/json; charset=utf-8", context.RequestAborted);
    }

    private static HealthLine LineOf(string name, HealthReportEntry entry, string language)
    {
        var problem = entry.Data.GetValueOrDefault(StorageHealth.Problem) as Problem;

        return new HealthLine(name, Word(entry.Status), problem?.Code, problem is null ? null : Sentences.Of(problem, language));
    }

    private static string Word(HealthStatus status) => JsonNamingPolicy.KebabCaseLower.ConvertName(status.ToString());
}
