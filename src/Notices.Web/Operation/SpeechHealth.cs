using Microsoft.Extensions.Diagnostics.HealthChecks;
using Notices.Speech;
using Notices.Words;

namespace Notices.Operation;

/// <summary>Degraded while the last text in a language could not be spoken: other languages and media go on.</summary>
internal sealed class SpeechHealth(ISpeech speech) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (speech.Voices.FirstOrDefault(voice => voice.LastFailure is not null) is not { LastFailure: { } failure } voice) return Task.FromResult(HealthCheckResult.Healthy());

        var problem = new Problem("speech-fails", null, new { language = voice.Language, failure });

        return Task.FromResult(HealthCheckResult.Degraded(Sentences.Of(problem, Languages.English), data: new Dictionary<string, object> { [StorageHealth.Problem] = problem }));
    }
}
