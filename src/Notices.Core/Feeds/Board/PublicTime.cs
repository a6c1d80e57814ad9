namespace Notices.Feeds;

/// <summary>How the public pages write a moment.</summary>
public static class PublicTime
{
    /// <summary>In full, with day and zone, at the offset the instant carries: 2026年12月1日（星期二）08:00 UTC+08:00.</summary>
    public static string At(DateTimeOffset at, string language) => BoardWriting.At(at, language);
}
