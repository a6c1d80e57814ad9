namespace Notices.Replies;

/// <summary>The section <c>Replies</c>.</summary>
public sealed class ReplyOptions
{
    /// <summary>Answers to one number within an hour of domain time; what comes beyond is still applied, without an answer. So two machines never talk to each other for long.</summary>
    public int AnswersPerHour { get; set; } = 5;

    internal IEnumerable<string> Faults()
    {
        if (AnswersPerHour is < 0 or > 100) yield return $"Replies:AnswersPerHour is {AnswersPerHour}; it must be from 0 (never answer) to 100.";
    }
}
