using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Notices.Deliveries;

namespace Notices.Channels.Sandbox;

/// <summary>A pretended carrier for text messages and calls, for demonstrations, drills and tests: it answers, fails, delays or repeats on demand, and
/// left alone it delivers everything. With a <c>BaseAddress</c> each message is posted there instead.</summary>
internal sealed class SandboxChannel : IChannel, IAsyncDisposable
{
    private readonly string _provider;
    private readonly SandboxOutbox _outbox;
    private readonly SandboxRules _rules;
    private readonly IReceiptSink? _receipts;
    private readonly TimeProvider _clock;
    private readonly TimeProvider _machine;
    private readonly TimeSpan _delay;
    private readonly SandboxPost? _post;
    private readonly CancellationTokenSource _over = new();
    private readonly Channel<(long Since, ReceiptNews News)> _owed = Channel.CreateBounded<(long, ReceiptNews)>(new BoundedChannelOptions(100_000) { SingleReader = true });
    private readonly Task _telling;

    internal SandboxChannel(string provider, SandboxOptions options, SandboxOutbox outbox, SandboxRules rules, IReceiptSink? receipts, TimeProvider clock, TimeProvider machine)
    {
        (_provider, _outbox, _rules, _receipts, _clock, _machine, _delay) = (provider, outbox, rules, receipts, clock, machine, options.ReceiptDelay);
        Media = options.Media;
        foreach (var (suffix, behaviour) in options.Rules) rules.Set(suffix, behaviour);
        if (options.BaseAddress is { } address) _post = new SandboxPost(address);
        _telling = receipts is null ? Task.CompletedTask : TellAsync(receipts);
    }

    public string Name => "sandbox";

    public IReadOnlySet<Medium> Media { get; }

    internal static SandboxChannel Create(IServiceProvider services, ProviderSettings settings) => new(
        settings.Name, SandboxOptions.Read(settings), services.GetRequiredService<SandboxOutbox>(), services.GetRequiredService<SandboxRules>(), services.GetService<IReceiptSink>(),
        services.GetRequiredService<TimeProvider>(), services.GetRequiredKeyedService<TimeProvider>("machine"));

    public Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        if (_post is not null) return _post.SendAsync(message, cancellationToken);

        var behaviour = _rules.For(message.Address);

        return behaviour.Delay > TimeSpan.Zero ? LaterAsync(message, behaviour, cancellationToken) : AnswerAsync(message, behaviour, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _telling;
        _over.Dispose();
        _post?.Dispose();
    }

    private async Task<SendOutcome> LaterAsync(OutgoingMessage message, SandboxBehaviour behaviour, CancellationToken cancellationToken)
    {
        await Task.Delay(behaviour.Delay, _machine, cancellationToken);

        return await AnswerAsync(message, behaviour, cancellationToken);
    }

    private async Task<SendOutcome> AnswerAsync(OutgoingMessage message, SandboxBehaviour behaviour, CancellationToken cancellationToken)
    {
        var call = message.Medium == Medium.Voice ? behaviour.Call ?? new CallResult("person", "1", 25) : null;
        _outbox.Add(_provider, message, _clock.GetUtcNow(), behaviour.Outcome == SendOutcomeKind.Accepted && call is not null ? call.Result : behaviour.Outcome.ToString().ToLowerInvariant());
        var id = $"sb-{message.DeliveryId}";
        switch (behaviour.Outcome)
        {
            case SendOutcomeKind.TryLater:
                return SendOutcome.TryLater("sandbox-busy", behaviour.RetryAfter) with { OfRecipient = true };
            case SendOutcomeKind.Refused:
                return SendOutcome.Refused("sandbox-refused");
            case SendOutcomeKind.Unknown:
                return SendOutcome.Unknown("sandbox-silent");
            default:
                if (call is not null) return new SendOutcome(SendOutcomeKind.Accepted, id, Call: call);

                // Without a receipt one is still expected: that is how a silent carrier looks.
                if (behaviour.Receipt is { } state && _receipts is not null) await OweAsync(message, id, state, behaviour.ReceiptTwice, cancellationToken);

                return SendOutcome.Accepted(id, _receipts is not null);
        }
    }

    private async Task OweAsync(OutgoingMessage message, string id, DeliveryState state, bool twice, CancellationToken cancellationToken)
    {
        var news = new ReceiptNews(_provider, id, message.DeliveryId, state, _clock.GetUtcNow(), state == DeliveryState.Failed ? "sandbox-failed" : null);
        for (var times = twice ? 2 : 1; times > 0; times--) await _owed.Writer.WriteAsync((_machine.GetTimestamp(), news), cancellationToken);
    }

    /// <summary>All wait equally long, so the first owed is the first due.</summary>
    private async Task TellAsync(IReceiptSink receipts)
    {
        try
        {
            await foreach (var (since, news) in _owed.Reader.ReadAllAsync(_over.Token))
            {
                if (_delay - _machine.GetElapsedTime(since) is { Ticks: > 0 } left) await Task.Delay(left, _machine, _over.Token);
                await receipts.PostAsync(news with { At = _clock.GetUtcNow() }, _over.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops; what is still owed never came, as with a real carrier.
        }
    }
}
