namespace Notices.Deliveries;

/// <summary>Which keys are listened for. <c>1</c> always acknowledges and ends the call.</summary>
public enum CallKeys
{
    /// <summary><c>2</c> says the message again.</summary>
    ConfirmOrAgain,

    /// <summary>A relay person: <c>1</c> they have told their places, <c>2</c> they could not. Either ends the call.</summary>
    ToldOrNot,
}

/// <summary>What a channel that telephones is asked to do with one message.</summary>
/// <param name="Number">Which try of the delivery this is, from 1; with the delivery's id it names the call.</param>
/// <param name="RingTime">How long the other end may ring.</param>
public sealed record CallPlan(short Number, SpokenText Text, TimeSpan RingTime, CallKeys Keys)
{
    public const char Confirm = '1', Second = '2';

    /// <summary>Times the message is begun at most, however often <c>2</c> is pressed: a call has to end.</summary>
    public const int MostSayings = 4;
}

/// <summary>A channel that telephones. <see cref="IChannel.SendAsync"/> starts a call by <see cref="OutgoingMessage.Call"/> and answers <see cref="SendOutcome.UnderWay"/> once it is
/// started; what happens in it is told to <see cref="ICallSink"/>, in any order, as often as the provider likes. Where it is not told, it is asked for here.
/// Calls started a second and calls at once are limited by the service: the place of a call is held until it ends.</summary>
public interface ICallChannel : IChannel
{
    /// <summary>Asks what became of a call whose end nobody told; an answer that cannot be had is null, never an exception.</summary>
    /// <returns>All that has happened so far; without an end it is still under way.</returns>
    Task<IReadOnlyList<CallNews>?> AskAsync(CallQuestion question, CancellationToken cancellationToken);
}

/// <summary>A channel whose calls people make, from the list of calls to make by hand (<see cref="ManualCallDesk"/>).</summary>
public interface ICalledByHand : IChannel;

/// <summary>A call asked about.</summary>
/// <param name="Number">Which try of the delivery.</param>
/// <param name="ProviderCallId">What the provider answered when it was started.</param>
/// <param name="Text">What it says, filled; null where it is gone.</param>
public sealed record CallQuestion(string Provider, long DeliveryId, short Number, string ProviderCallId, string Language, SpokenText? Text);

/// <summary>Something that happened in a call.</summary>
/// <param name="Number">Which try of the delivery the call is.</param>
/// <param name="Value">As in <see cref="CallEvent.Value"/>.</param>
/// <param name="Part">As in <see cref="CallEvent.Part"/>.</param>
/// <param name="Seconds">From answer to hang-up, of an end.</param>
/// <param name="ProviderCallId">For a call whose start was never answered.</param>
public sealed record CallNews(
    string Provider, long DeliveryId, short Number, CallEventKind Kind, DateTimeOffset At, string Value = "", short Part = 0, int? Seconds = null, string? ProviderCallId = null);

/// <summary>Where what happens in calls is told.</summary>
public interface ICallSink
{
    /// <summary>For a channel that hears from its exchange in this process. Waits while the inbox is full.</summary>
    ValueTask PostAsync(CallNews news, CancellationToken cancellationToken);

    /// <summary>For a web hook: returns once the news is in the database.</summary>
    Task RecordAsync(CallNews news, CancellationToken cancellationToken);
}
