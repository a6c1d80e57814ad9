using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Notices.Deliveries;
using Notices.Setup;
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
        if (role != HostRole.Web) checks.Add(new HealthCheckRegistration("polling", provider => new PollingHealth(provider.GetRequiredService<ProviderPolling>()), null, null));
        checks.Add(new HealthCheckRegistration("speech", provider => new SpeechHealth(provider.GetRequiredService<Speech.ISpeech>()), null, null));
        if (role != HostRole.Web) checks.Add(new HealthCheckRegistration("providers", provider => new ProvidersHealth(provider.GetRequiredService<ProviderDirectory>()), null, null));
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
