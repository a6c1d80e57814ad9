using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>Asks providers that tell nothing by themselves. Of several processes one asks a provider at a time, since what it tells it may tell once.</summary>
public sealed class ProviderPolling
{
    /// <summary>Machine time for one question: with it a poll ends before others may take over.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>How often the right to ask is asked for, or prolonged; a quarter of what it is good for.</summary>
    private static readonly TimeSpan Renewal = IAllowance.HeldFor / 4;

    /// <summary>Answers fetched in one poll at most.</summary>
    private const int Pages = 20;

    /// <summary>Messages asked about in one poll at most, and at once.</summary>
    private const int Questions = 200;
    private const int AtOnce = 8;

    private readonly Func<NoticesDb> _open;
    private readonly IAllowance _allowance;
    private readonly PollRecording _recording;
    private readonly TimeProvider _clock;
    private readonly TimeProvider _machine;
    private readonly ILogger<ProviderPolling> _log;

    internal ProviderPolling(
        Func<NoticesDb> open, ProviderDirectory providers, IAllowance allowance, PollRecording recording, TimeProvider clock, TimeProvider machine, ILogger<ProviderPolling> log)
    {
        (_open, _allowance, _recording, _clock, _machine, _log) = (open, allowance, recording, clock, machine, log);
        Tasks = [.. providers.Providers.SelectMany(provider => Enum.GetValues<PollKind>(), (provider, kind) => (provider, kind, Channel: provider.Channel as IPolledChannel))
            .Where(one => one.Channel?.EveryOf(one.kind) is not null)
            .Select(one => new PollTask(one.provider.Name, one.kind, one.Channel!, one.Channel!.EveryOf(one.kind)!.Value, new OpenMessages(open, clock)))];
    }

    internal static ProviderPolling Make(IServiceProvider services) => new(
        services.GetRequiredService<Func<NoticesDb>>(), services.GetRequiredService<ProviderDirectory>(), services.GetRequiredService<IAllowance>(), services.GetRequiredService<PollRecording>(),
        services.GetRequiredService<TimeProvider>(), services.GetRequiredKeyedService<TimeProvider>(CoreServices.Machine), services.GetRequiredService<ILogger<ProviderPolling>>());

    /// <summary>What there is to ask.</summary>
    public IReadOnlyList<PollTask> Tasks { get; }

    /// <summary>What has failed three times and more in a row, as this process sees it.</summary>
    public IEnumerable<PollTask> Failing => Tasks.Where(task => task.Failures >= 3);

    /// <summary>Asks, again and again.</summary>
    public async Task RunAsync(PollTask task, CancellationToken stopping)
    {
        if (task.Kind == PollKind.Replies && !_recording.TakesReplies)
        {
            _log.LogWarning("Provider {Provider} could be asked for replies, but nobody here takes them; they stay there", task.Provider);

            return;
        }

        try
        {
            while (!stopping.IsCancellationRequested)
            {
                var began = _machine.GetTimestamp();
                if (await MayAskAsync(task, stopping)) await PollAsync(task, stopping);
                else task.Failures = 0;

                // Kept while waiting, or the processes would take turns and ask more often together.
                var rest = task.Every - _machine.GetElapsedTime(began);
                while (rest > Renewal)
                {
                    await Task.Delay(Renewal, _machine, stopping);
                    rest -= Renewal;
                    await MayAskAsync(task, stopping);
                }

                if (rest > TimeSpan.Zero) await Task.Delay(rest, _machine, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Others may ask at once.
            await GiveUpAsync(task);
        }
    }

    /// <summary>Asks this once where nobody else does, for a command beside the service.</summary>
    internal async Task AskOnceAsync(PollTask task, CancellationToken stopping)
    {
        if (!await MayAskAsync(task, stopping)) return;

        await PollAsync(task, stopping);
        await GiveUpAsync(task);
    }

    /// <summary>One poll: fetch, keep, and only then say so.</summary>
    /// <returns>How many receipts and replies were kept.</returns>
    internal async Task<int> PollAsync(PollTask task, CancellationToken stopping)
    {
        try
        {
            var (kept, fault) = task.Channel.AsksAboutEach(task.Kind) ? await AskAboutEachAsync(task, stopping) : await FetchAsync(task, stopping);
            Tell(task, fault);

            return kept;
        }
        catch (Exception error) when (error is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            Tell(task, error.GetType().Name);
            _log.LogError(error, "Asking provider {Provider} for {Kind} failed; it is asked again", task.Provider, task.Kind);

            return 0;
        }
    }

    private async Task<(int Kept, string? Fault)> FetchAsync(PollTask task, CancellationToken stopping)
    {
        var kept = 0;
        var before = PollAnswer.Nothing("");
        for (var page = 0; page < Pages; page++)
        {
            var answer = await AskAsync(task, null, stopping);
            if (answer.Fault is not null) return (kept, answer.Fault);

            // Said once more although it was kept: this platform forgets nothing, and further answers would say the same.
            if (answer.Count == 0 || (answer.Receipts.SequenceEqual(before.Receipts) && answer.Replies.SequenceEqual(before.Replies))) return (kept, await AcknowledgeAsync(task, answer, stopping));

            await _recording.RecordAsync(answer, stopping);
            kept += answer.Count;
            if (await AcknowledgeAsync(task, answer, stopping) is { } fault) return (kept, fault);
            if (!await MayAskAsync(task, stopping)) return (kept, null);

            before = answer;
        }

        return (kept, null);
    }

    private async Task<(int Kept, string? Fault)> AskAboutEachAsync(PollTask task, CancellationToken stopping)
    {
        var (receipts, fault) = (new List<ReceiptNews>(), (string?)null);
        foreach (var some in (await task.Open.NextAsync(task.Provider, Questions, stopping)).Chunk(AtOnce))
        {
            var answers = await Task.WhenAll(some.Select(message => AskAsync(task, message, stopping)));
            receipts.AddRange(answers.SelectMany(answer => answer.Receipts));
            fault = answers.FirstOrDefault(answer => answer.Fault is not null)?.Fault;
            if (answers.All(answer => answer.Fault is not null) || !await MayAskAsync(task, stopping)) break;
        }

        // Nothing is forgotten by being told: what is lost here is asked about again.
        await _recording.RecordAsync(new PollAnswer(receipts, [], 0, null, []), stopping);

        return (receipts.Count, fault);
    }

    private async Task<PollAnswer> AskAsync(PollTask task, OpenMessage? about, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(Patience, _machine);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        var answer = await task.Channel.PollAsync(task.Kind, about, both.Token);
        stopping.ThrowIfCancellationRequested();
        if (answer.Unreadable > 0) _log.LogWarning("Of what provider {Provider} told of {Kind}, {Count} parts could not be read", task.Provider, task.Kind, answer.Unreadable);

        return answer;
    }

    private async Task<string?> AcknowledgeAsync(PollTask task, PollAnswer answer, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(Patience, _machine);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);

        return await task.Channel.AcknowledgeAsync(task.Kind, answer, both.Token);
    }

    /// <returns>False while another process asks, and while the database cannot say.</returns>
    private async Task<bool> MayAskAsync(PollTask task, CancellationToken cancellationToken)
    {
        try
        {
            return await _allowance.HoldAsync(task.Key, 0, 1, 1, cancellationToken) > 0;
        }
        catch (Exception fault) when (fault is DbException or InvalidOperationException or TimeoutException)
        {
            _log.LogWarning(fault, "Who asks provider {Provider} for {Kind} cannot be read", task.Provider, task.Kind);

            return false;
        }
    }

    private async Task GiveUpAsync(PollTask task)
    {
        try
        {
            await _allowance.HoldAsync(task.Key, 0, 0, 1, CancellationToken.None);
        }
        catch (Exception fault) when (fault is DbException or InvalidOperationException or TimeoutException)
        {
            // It runs out by itself.
        }
    }

    private void Tell(PollTask task, string? fault)
    {
        if (fault is null)
        {
            if (task.Failures > 0) _log.LogInformation("Provider {Provider} answers again when asked for {Kind}", task.Provider, task.Kind);
            (task.Failures, task.Fault) = (0, null);

            return;
        }

        Telemetry.Failed("poll");
        if (task.Failures == 0) task.FailingSince = _clock.GetUtcNow();
        (task.Failures, task.Fault) = (task.Failures + 1, fault);
        _log.LogWarning("Provider {Provider} could not be asked for {Kind}: {Fault}, {Times} times in a row", task.Provider, task.Kind, fault, task.Failures);
    }
}

/// <summary>One thing one provider is asked for.</summary>
public sealed class PollTask
{
    internal PollTask(string provider, PollKind kind, IPolledChannel channel, TimeSpan every, OpenMessages open) => (Provider, Kind, Channel, Every, Open) = (provider, kind, channel, every, open);

    public string Provider { get; }

    public PollKind Kind { get; }

    /// <summary>Machine time between two polls.</summary>
    public TimeSpan Every { get; }

    /// <summary>In a row, up to now.</summary>
    public int Failures { get; internal set; }

    /// <summary>Of the last one; null while all is well.</summary>
    public string? Fault { get; internal set; }

    /// <summary>In domain time.</summary>
    public DateTimeOffset FailingSince { get; internal set; }

    internal IPolledChannel Channel { get; }

    internal OpenMessages Open { get; }

    internal string Key => $"{Provider}/poll-{(Kind == PollKind.Receipts ? "receipts" : "replies")}";
}
