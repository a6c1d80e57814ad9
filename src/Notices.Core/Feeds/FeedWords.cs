using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Notices.Outages;
using Notices.Publishing;
using Notices.Words;

namespace Notices.Feeds;

/// <summary>The fixed words of feeds in both languages, and what may not stand in a text.</summary>
internal static partial class FeedWords
{
    internal static readonly LocalText Title = new("停电通知", "Outage notices");
    internal static readonly LocalText AlertTitle = new("停电预警（CAP）", "Outage alerts (CAP)");

    /// <summary>Between items of a list.</summary>
    internal static readonly LocalText Comma = new("、", ", ");

    internal static LocalText Of(OutageKind? kind) => kind switch
    {
        OutageKind.Planned => new("计划停电", "Planned power cut"),
        OutageKind.Temporary => new("临时停电", "Short-notice power cut"),
        OutageKind.Emergency => new("紧急停电", "Urgent power cut"),
        OutageKind.Fault => new("故障停电", "Power failure"),
        OutageKind.Rationing => new("有序用电", "Power rationing"),
        _ => new("公告", "Announcement"),
    };

    internal static LocalText Of(NoticeType type) => type switch
    {
        NoticeType.Initial => new("通知", "Notice"),
        NoticeType.Changed => new("变更", "Changed"),
        NoticeType.Postponed => new("延期", "Postponed"),
        NoticeType.Corrected => new("更正", "Corrected"),
        NoticeType.Reminder => new("提醒", "Reminder"),
        NoticeType.Started => new("已停电", "Started"),
        NoticeType.Overrun => new("延时送电", "Running late"),
        NoticeType.Restored => new("已送电", "Restored"),
        NoticeType.Cancelled => new("取消", "Cancelled"),
        _ => new("公告", "Announcement"),
    };

    /// <summary>How many items, as of when.</summary>
    internal static LocalText Holding(int count, int total, DateTimeOffset asOf)
    {
        var offset = asOf.ToString("zzz", CultureInfo.InvariantCulture);
        var (chinese, english) = total > count ? ($"（共{total}条）", $" of {total}") : ("", "");

        return new(
            string.Create(CultureInfo.InvariantCulture, $"本页{count}条{chinese}，截至{asOf:yyyy年M月d日HH:mm}（UTC{offset}）"),
            string.Create(CultureInfo.InvariantCulture, $"{count}{english} notices as of {asOf:HH:mm d MMM yyyy} (UTC{offset})"));
    }

    /// <summary>The value as the outside contract writes it.</summary>
    internal static string Code<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    /// <summary>Without characters XML cannot hold and without marks that turn the direction of reading.</summary>
    internal static string Safe(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) // A lone surrogate comes as U+FFFD.
        {
            if (rune.Value is (>= 0x20 or 0x9 or 0xA) and not (0xFFFE or 0xFFFF or 0x7F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069))) clean.Append(rune);
        }

        return clean.ToString();
    }

    /// <summary>On one line.</summary>
    internal static string Line(string text) => Spaces().Replace(Safe(text), " ").Trim();

    /// <summary>Plain words, as alerts want them: no address of a page, and nothing that could be read as markup.</summary>
    internal static string Plain(string text) =>
        Address().Replace(Safe(text), "").Replace('<', '＜').Replace('>', '＞').Replace('&', '＆').Trim();

    /// <summary>At most so many UTF-16 units, cut between characters.</summary>
    internal static string Cut(string text, int length)
    {
        if (text.Length <= length) return text;
        var end = length - 1;
        if (char.IsHighSurrogate(text[end - 1])) end--;

        return text[..end] + "…";
    }

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();

    /// <summary>ASCII only: a Chinese sentence goes on without a space.</summary>
    [GeneratedRegex(@"(?:[a-z][a-z0-9+.\-]*://|www\.|mailto:)[!-~]*", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    internal static partial Regex Address();
}
