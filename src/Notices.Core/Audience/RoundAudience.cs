using Notices.Policy;
using Notices.Publishing;

namespace Notices.Audience;

/// <summary>Audiences of rounds that are no <see cref="Policy.NoticeAudience"/>: those a correction speaks to.</summary>
public static class RoundAudience
{
    /// <summary>Told before, and not affected.</summary>
    public const string WronglyTold = nameof(WronglyTold);

    /// <summary>Affected, and not told before.</summary>
    public const string NewlyAffected = nameof(NewlyAffected);

    /// <summary>Told before and affected, where the times told were wrong.</summary>
    public const string StillAffected = nameof(StillAffected);

    /// <summary>A correction speaks to two groups in two texts, and where the times were wrong to a third; every other notice to one, or to nobody.</summary>
    /// <param name="key">Of the due row.</param>
    /// <param name="audience">What the policy says; null where nobody is told.</param>
    internal static IReadOnlyList<string> Of(string key, NoticeType type, string? audience, NoticeFacts stated) => (key, type, audience) switch
    {
        (_, _, null) => [],
        // Told of the one put off and cut now; cut now alone; told and not cut any more.
        (NoticeSchedule.FirstKey, NoticeType.Changed, _) => [StillAffected, NewlyAffected, WronglyTold],
        (_, NoticeType.Corrected, _) => SameTimes(stated) ? [WronglyTold, NewlyAffected] : [WronglyTold, NewlyAffected, StillAffected],
        _ => [audience],
    };

    private static bool SameTimes(NoticeFacts stated) =>
        stated.Windows.Select(w => (w.StartsAt, w.EndsAt)).SequenceEqual(stated.PreviousWindows.Select(w => (w.StartsAt, w.EndsAt)));
}
