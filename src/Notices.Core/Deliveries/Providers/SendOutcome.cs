namespace Notices.Deliveries;

/// <summary>The four answers a channel can give.</summary>
public enum SendOutcomeKind : short
{
    /// <summary>The provider took the message.</summary>
    Accepted = 1,

    /// <summary>Not taken; another try may succeed.</summary>
    TryLater = 2,

    /// <summary>Not taken; another try will not help.</summary>
    Refused = 3,

    /// <summary>It may have arrived: a time-out, a cut connection, garbage.</summary>
    Unknown = 4,
}

/// <summary>What became of one try.</summary>
/// <param name="ProviderMessageId">The provider's id of an accepted message.</param>
/// <param name="Detail">The provider's code or words; no personal data.</param>
/// <param name="RetryAfter">How long the provider asked to wait.</param>
/// <param name="ExpectsReceipt">Whether a receipt may follow; without one, accepted is the last word.</param>
public sealed record SendOutcome(
    SendOutcomeKind Kind, string? ProviderMessageId = null, string? Detail = null, TimeSpan? RetryAfter = null, bool ExpectsReceipt = false, CallResult? Call = null)
{
    /// <summary>A later try is wanted for this recipient's sake (a full mailbox, a grey list); it says nothing against the provider.</summary>
    public bool OfRecipient { get; init; }

    /// <summary>Of a call that is started: domain time after which the provider is asked about it, if nobody has told its end. Null for everything else.</summary>
    public TimeSpan? AskAfter { get; init; }

    /// <summary>The message stands on the list of calls people make.</summary>
    public bool IsByHand { get; init; }

    /// <summary>A call is started; how it goes is told later.</summary>
    /// <param name="askAfter">When it has surely ended.</param>
    public static SendOutcome UnderWay(string? id, TimeSpan askAfter) => new(SendOutcomeKind.Accepted, id, ExpectsReceipt: true) { AskAfter = askAfter };

    /// <summary>Put on the list of calls people make.</summary>
    public static SendOutcome ByHand() => new(SendOutcomeKind.Accepted, Detail: "listed", ExpectsReceipt: true) { IsByHand = true };

    public static SendOutcome Accepted(string? id, bool expectsReceipt = false) => new(SendOutcomeKind.Accepted, id, ExpectsReceipt: expectsReceipt);

    public static SendOutcome TryLater(string detail, TimeSpan? after = null) => new(SendOutcomeKind.TryLater, null, detail, after);

    public static SendOutcome Refused(string detail) => new(SendOutcomeKind.Refused, null, detail);

    public static SendOutcome Unknown(string detail) => new(SendOutcomeKind.Unknown, null, detail);
}

/// <summary>How a call ended.</summary>
/// <param name="Result">One of <see cref="CallWords.Results"/>.</param>
/// <param name="Keys">What was pressed; <c>1</c> acknowledges.</param>
/// <param name="Seconds">From answer to hang-up.</param>
public sealed record CallResult(string Result, string? Keys = null, int? Seconds = null);

/// <summary>One message, ready to leave.</summary>
/// <param name="DeliveryId">Stays the same over every try, so that a provider may tell doubles apart.</param>
/// <param name="Address">E.164 or mail address.</param>
/// <param name="Html">The HTML part of an e-mail.</param>
/// <param name="ExpiresAt">After this the provider should drop it.</param>
public sealed record OutgoingMessage(
    long DeliveryId, Medium Medium, string Address, string Language, string? Subject, string Body, string? Html, DateTimeOffset ExpiresAt)
{
    /// <summary>What a mail adds to the reader's calendar (RFC 5545); null where there is nothing.</summary>
    public string? Calendar { get; init; }

    /// <summary>How it is said; null for what is read.</summary>
    public CallPlan? Call { get; init; }
}

/// <summary>One way to reach a person.</summary>
public interface IChannel
{
    /// <summary>Lower-case name, e.g. <c>twilio-sms</c>; a configured provider names its channel.</summary>
    string Name { get; }

    /// <summary>The media it can carry.</summary>
    IReadOnlySet<Medium> Media { get; }

    /// <summary>Hands one message to the provider. Provider answers are outcomes, never exceptions.</summary>
    Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken);
}

/// <summary>A channel whose provider can be asked what became of a message of which nobody knows whether it left.</summary>
public interface IOutcomeLookup
{
    /// <summary>Asks; an answer that cannot be had is one too, never an exception.</summary>
    Task<LookupAnswer> LookUpAsync(LookupQuestion question, CancellationToken cancellationToken);
}

/// <summary>The message asked about.</summary>
/// <param name="TriedAt">When it was handed over, in domain time; null where a worker died over it and nobody wrote that down.</param>
/// <param name="Body">The words that were handed over, for a provider that files messages under nothing else of ours; null where they are gone.</param>
public sealed record LookupQuestion(long DeliveryId, Medium Medium, string Address, DateTimeOffset? TriedAt, string? Body = null);

/// <summary>What a provider knows of a message.</summary>
public enum LookupKind
{
    /// <summary>It has it.</summary>
    Found,

    /// <summary>It never got it, and will not: it may be sent again without being told twice.</summary>
    NotThere,

    /// <summary>It does not answer, or does not know yet: ask again.</summary>
    AskAgain,
}

/// <param name="State">Of a message found: <see cref="DeliveryState.Accepted"/>, <see cref="DeliveryState.Delivered"/>, <see cref="DeliveryState.Acknowledged"/> or <see cref="DeliveryState.Failed"/>.</param>
/// <param name="ProviderMessageId">Of a message found.</param>
public sealed record LookupAnswer(LookupKind Kind, DeliveryState State = DeliveryState.Accepted, string? ProviderMessageId = null)
{
    public static readonly LookupAnswer NotThere = new(LookupKind.NotThere);

    public static readonly LookupAnswer AskAgain = new(LookupKind.AskAgain);
}
