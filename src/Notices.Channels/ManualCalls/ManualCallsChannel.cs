using Notices.Deliveries;

namespace Notices.Channels.ManualCalls;

/// <summary>Calls people make: what is handed over stands on the list of calls to make by hand until somebody has entered what became of it. The floor where there is no exchange;
/// beside one, with <c>Weight</c> 0, it takes the most vulnerable whom the machine did not reach.</summary>
internal sealed class ManualCallsChannel : ICalledByHand
{
    private static readonly HashSet<Medium> OnlyVoice = [Medium.Voice];

    public string Name => "manual-calls";

    public IReadOnlySet<Medium> Media => OnlyVoice;

    public Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken) =>
        // Staff are rung by whoever can ring at once; a list is no bell.
        Task.FromResult(message.Call is null ? SendOutcome.Refused("not-by-hand") : SendOutcome.ByHand());
}
