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
}
