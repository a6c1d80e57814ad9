namespace Notices.Deliveries;

/// <summary>What happens in a call.</summary>
public enum CallEventKind : short
{
    /// <summary>The other end rings.</summary>
    Ringing = 1,

    /// <summary>Somebody or something answered: <see cref="CallWords.Person"/>, <see cref="CallWords.Machine"/>, <see cref="CallWords.Fax"/>, or empty where the provider cannot tell.</summary>
    Answered = 2,

    /// <summary>A key was pressed.</summary>
    Key = 3,

    /// <summary>The whole message was said once to whoever answered.</summary>
    Heard = 4,

    /// <summary>The call is over: <see cref="CallWords.Completed"/>, or one of the results it can end with before anybody answers.</summary>
    Ended = 5,
}

/// <summary>Something that happened in a call, in domain time. Never updated or deleted; told twice it stands once.</summary>
public class CallEvent
{
    public long Id { get; set; }

    public long DeliveryId { get; set; }

    /// <summary>Events written together share one entry of the record, found under this key.</summary>
    public required string Batch { get; set; }

    /// <summary>Which try of its delivery the call is.</summary>
    public short Number { get; set; }

    public CallEventKind Kind { get; set; }

    /// <summary>Where in the call, for what can happen again: how often the message had begun when a key was pressed; otherwise 0.</summary>
    public short Part { get; set; }

    /// <summary>By whom it was answered, which key, how it ended; otherwise empty.</summary>
    public string Value { get; set; } = "";

    public DateTimeOffset At { get; set; }

    /// <summary>From answer to hang-up, of an end.</summary>
    public int? Seconds { get; set; }
}

/// <summary>The words of calls: of events, and of <see cref="CallResult.Result"/>.</summary>
public static class CallWords
{
    /// <summary>A person heard the message, or pressed a key.</summary>
    public const string Person = "person";

    public const string Mailbox = "mailbox";

    /// <summary>A person answered and hung up before the message was said once.</summary>
    public const string HungUp = "hung-up";

    public const string NoAnswer = "no-answer";
    public const string Busy = "busy";

    /// <summary>The call was declined.</summary>
    public const string Refused = "refused";

    /// <summary>No such number, or one where no person can answer.</summary>
    public const string WrongNumber = "wrong-number";

    /// <summary>The network did not reach it: switched off, or the mast is down.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>It was answered and is over; what it was is told by the other events.</summary>
    public const string Completed = "completed";

    public const string Machine = "machine";
    public const string Fax = "fax";

    /// <summary>The results a call can have, the best first.</summary>
    public static readonly IReadOnlyList<string> Results = [Person, Mailbox, HungUp, NoAnswer, Busy, Refused, WrongNumber, Unreachable];
}
