using System.Globalization;
using Notices.Words;

namespace Notices.Policy;

/// <summary>Why a moment is when it is: one sentence per rule for the schedule page.</summary>
internal static class ScheduleWords
{
    internal static LocalText BeforeDeadline(string hour, string deadline) => new(
        $"最迟应于{deadline}前公告；按广播电视播出时间提前至{hour}发布。",
        $"Must be public by {deadline}; goes out at {hour}, the last publishing hour that leaves the margin.");

    internal static LocalText HourPassed(string deadline) => new(
        $"合适的发布时刻已过，距最迟公告时间{deadline}尚有余地，立即发布。",
        $"The publishing hour before the deadline {deadline} has passed, so it goes out at once and is still in time.");

    internal static LocalText TooLate(string deadline, string? reason) => new(
        $"最迟公告时间{deadline}已过，立即发布并标记为逾期。{(reason is null ? "" : $"原因：{reason}")}",
        $"The deadline {deadline} has passed: it goes out at once and is marked late.{(reason is null ? "" : $" Reason: {reason}")}");

    internal static LocalText AtOnce { get; } = new("紧急停电：立即通知。", "An emergency is told at once.");

    internal static LocalText AfterHoldOff(TimeSpan holdOff) => new(
        $"故障持续{Minutes(holdOff)}分钟后立即通知。", $"A fault is told as soon as it has lasted {Minutes(holdOff)} minutes.");

    internal static LocalText AsOrdered { get; } = new("按公布的有序用电方案通知。", "Told as the published rationing order says.");

    internal static LocalText Changed(string rule) => rule switch
    {
        "new-date" => new("延期停电已定新日期，重新起算提前期，立即告知已通知的用户。", "The postponed outage has its new date: the clock starts anew and those told before hear at once."),
        "day-moved" => new("停电改期，重新起算提前期，立即告知已通知的用户。", "The day moved: the clock starts anew and those told before hear at once."),
        "starts-earlier" => new("停电提前开始，重新起算提前期，立即告知已通知的用户。", "It starts earlier: the clock starts anew and those told before hear at once."),
        "places-added" => new("停电范围扩大，新增区域单独起算提前期，立即公告。", "Places were added: they have a clock of their own and hear at once."),
        "ends-later" => new("送电时间推迟，不重新起算提前期，但须立即告知。", "It ends later: the clock goes on, but those told before hear at once."),
        "alternate-day" => new("启用已公告的顺延日，不重新起算提前期，但须立即告知。", "The alternate day announced with it is taken: the clock goes on, but those told before hear at once."),
        "promise-changed" => new("预计送电时间或下次通报时间有变，立即告知。", "The expected restoration or next update changed; those told hear at once."),
        "places-removed" => new("停电范围缩小，立即告知已通知的用户。", "Places were taken out; those told before hear at once."),
        _ => new("停电时间有变，不重新起算提前期，但须立即告知。", "The times changed: the clock goes on, but those told before hear at once."),
    };

    internal static LocalText Reminder(TimeSpan before, bool skipped) => skipped
        ? new($"停电前{Span(before).Chinese}的提醒时刻在通知之前已过，不再发送，内容并入通知。", $"The reminder {Span(before).English} before the start lies before the notice itself; it is skipped and the notice says the same.")
        : new($"停电前{Span(before).Chinese}提醒。", $"Reminder {Span(before).English} before the start.");

    internal static LocalText PersonalWindow { get; } = new("该类用户须在规定时段内直接告知。", "This audience must be told directly within its own window.");

    internal static LocalText Started(bool skipped) => skipped
        ? new("停电开始时尚未通知，不再单独公告。", "It had started before it could be told; the notice itself says so.")
        : new("停电时段开始。", "A window begins.");

    internal static LocalText LateStart(TimeSpan late) => new(
        $"停电比原定时间晚开始{Minutes(late)}分钟以上，告知优先用户。", $"It starts more than {Minutes(late)} minutes late; tiers 0–1 are told.");

    internal static LocalText Overrun(TimeSpan after) => new(
        $"原定送电时间已过{Minutes(after)}分钟仍未确认送电，自动告知。", $"{Minutes(after)} minutes after the planned end nobody has confirmed restoration: it is told without waiting.");

    internal static LocalText Restored { get; } = new("已恢复供电。", "Supply is back.");

    internal static LocalText PartlyRestored { get; } = new("部分区域已恢复供电。", "Supply is back for a part.");

    internal static LocalText Cancelled { get; } = new("停电取消，告知已通知的用户。", "It is cancelled; those told before hear.");

    internal static LocalText Postponed { get; } = new("停电延期，新日期未定，告知已通知的用户。", "It is put off with the date open; those told before hear.");

    internal static LocalText Ring(MomentKind who) => who switch
    {
        MomentKind.RingApprover => new("尚未审批，提醒审批人。", "Still waiting for approval: the approver is rung."),
        MomentKind.RingDeputy => new("尚未审批，提醒代理审批人。", "Still waiting for approval: the deputy is rung."),
        _ => new("尚未审批，提醒值班领导。", "Still waiting for approval: the duty leader is rung."),
    };

    internal static LocalText PersonalDeadline(string deadline) => new($"须在{deadline}前直接告知该类用户。", $"This audience must have been told directly by {deadline}.");

    internal static LocalText AskOwner { get; } = new("询问负责人：能否按时送电，延至何时，或已送电。", "The owner is asked: on time, extended to when, or restored.");

    internal static LocalText AskSecond { get; } = new("负责人未答复，询问第二人。", "No answer from the owner: a second person is asked.");

    internal static LocalText NextUpdate(string by) => new($"已承诺在{by}前再次通报。", $"The next update was promised by {by}.");

    internal static LocalText PostponedExpires { get; } = new("延期后一直未定新日期，转为取消。", "Postponed without a new date for too long: it becomes cancelled.");

    internal static LocalText Closes(TimeSpan after, bool reviewOwed) => reviewOwed
        ? new($"送电满{Span(after).Chinese}且第二人复核后归档。", $"Closes {Span(after).English} after restoration, once a second person has reviewed it.")
        : new($"送电满{Span(after).Chinese}且各批次通知结束后归档。", $"Closes {Span(after).English} after restoration, once its rounds are done.");

    private static LocalText Span(TimeSpan span) => span.TotalHours >= 1 && span.Minutes == 0
        ? new($"{span.TotalHours:0}小时", $"{span.TotalHours:0} hours")
        : new($"{Minutes(span)}分钟", $"{Minutes(span)} minutes");

    private static string Minutes(TimeSpan span) => span.TotalMinutes.ToString("0", CultureInfo.InvariantCulture);
}
