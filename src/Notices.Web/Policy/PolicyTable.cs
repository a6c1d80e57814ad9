using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Notices.Outages;
using Notices.Shared;

namespace Notices.Policy;

/// <param name="Path">Where it stands in the policy's file.</param>
/// <param name="Checkable">The file keeps the day on which somebody compared it with its source.</param>
internal sealed record PolicyRow(string What, string Value, string Source, string Path, bool Checkable = false, DateOnly? CheckedOn = null, string? CheckedBy = null)
{
    internal bool IsUnchecked => Checkable && CheckedOn is null;
}

internal sealed record PolicyPart(string Title, IReadOnlyList<PolicyRow> Rows);

/// <summary>The policy in force, rule by rule, in the reader's words.</summary>
internal sealed partial class PolicyTable(ConsoleFrame frame, PolicyOptions policy)
{
    internal IReadOnlyList<PolicyPart> Parts() =>
    [
        .. policy.Kinds.Select(kind => new PolicyPart(frame.Say(kind.Key), [.. Kind(kind.Key, kind.Value)])),
        new(frame.Say("policy-moments"), [.. Moments()]),
        new(frame.Say("policy-quiet"), [QuietHours()]),
        new(frame.Say("policy-protected"), [.. policy.ProtectedPeriods.Select(Period)]),
        new(frame.Say("policy-calendar"), [.. Calendar()]),
        new(frame.Say("policy-rest"), [.. Rest()]),
    ];

    private IEnumerable<PolicyRow> Kind(OutageKind kind, KindPolicy rules)
    {
        var path = $"kinds.{Camel(kind.ToString())}";
        yield return new PolicyRow(frame.Say("policy-first"), frame.Say(rules.Announce), rules.Source, $"{path}.announce");
        foreach (var (i, lead) in rules.LeadTimes.Index())
        {
            var value = lead.Earliest is { } earliest ? frame.Say("policy-window", new { latest = Lead(lead.Latest), earliest = Lead(earliest) }) : frame.Say("policy-at-least", new { latest = Lead(lead.Latest) });
            yield return new PolicyRow(frame.Say("policy-lead", new { audience = frame.Audience(lead.Audience.ToString()) }), value, lead.Source, $"{path}.leadTimes[{i}]", true, lead.CheckedOn, lead.CheckedBy);
        }

        foreach (var (i, reminder) in rules.Reminders.Index())
            yield return new PolicyRow(frame.Say("policy-reminder", new { audience = frame.Audience(reminder.Audience.ToString()) }), frame.Say("policy-before", new { span = Span(reminder.Before) }), reminder.Source, $"{path}.reminders[{i}]");

        foreach (var (tier, plan) in rules.Contacts.Index())
            yield return new PolicyRow(frame.Say("policy-reach", new { tier = frame.Tier((short)tier) }), Contacts(plan), plan.Source, $"{path}.contacts.tier{tier}");

        yield return new PolicyRow(frame.Say("policy-again"), frame.Say(rules.ResendUnconfirmed ? "policy-yes" : "policy-no"), rules.Source, $"{path}.resendUnconfirmed");
    }

    private string Contacts(ContactPlan plan) => plan.Media.Count == 0 ? frame.Say("policy-public-only")
        : string.Join(plan.Mode == ContactMode.AllAtOnce ? " + " : " → ", plan.Media.Select(frame.Say)) + (plan.Media.Count > 1 ? $" ({frame.Say(plan.Mode)})" : "");

    private IEnumerable<PolicyRow> Moments()
    {
        var (publishing, approval, planning, overrun, expiry) = (policy.Publishing, policy.Approval, policy.Planning, policy.Overrun, policy.Expiry);
        yield return new PolicyRow(frame.Say("policy-hour"), frame.Say("policy-hour-value", new { hour = Time(publishing.Hour), margin = Span(publishing.Margin) }), publishing.Source, "publishing");
        yield return new PolicyRow(
            frame.Say("policy-approval"), frame.Say("policy-approval-value", new { approver = approval.ApproverAtPercent, deputy = approval.DeputyAtPercent, leader = approval.DutyLeaderAtPercent }), approval.Source, "approval");
        yield return new PolicyRow(frame.Say("policy-hold-off"), Span(planning.FaultHoldOff), planning.Source, "planning.faultHoldOffMinutes");
        yield return new PolicyRow(frame.Say("policy-repeat"), frame.Say("policy-days", new { amount = planning.RepeatOutageDays }), planning.Source, "planning.repeatOutageDays");
        yield return new PolicyRow(frame.Say("policy-long"), Span(planning.LongOutage), planning.Source, "planning.longOutageHours");
        yield return new PolicyRow(frame.Say("policy-postponed"), Span(planning.PostponedExpiry), planning.Source, "planning.postponedExpiryDays");
        yield return new PolicyRow(frame.Say("policy-late-start"), Span(planning.LateStart), planning.Source, "planning.lateStartMinutes");
        yield return new PolicyRow(frame.Say("policy-close"), Span(planning.CloseAfter), planning.Source, "planning.closeAfterHours");
        yield return new PolicyRow(
            frame.Say("policy-overrun"),
            frame.Say("policy-overrun-value", new { owner = string.Join(", ", overrun.AskOwner.Select(Minutes)), second = Minutes(overrun.AskSecond), tell = Minutes(overrun.Tell) }), overrun.Source, "overrun");
        yield return new PolicyRow(frame.Say("policy-expiry"), frame.Say("policy-expiry-value", new { unknown = Span(expiry.UnknownEnd), restored = Span(expiry.Restored) }), expiry.Source, "expiry");
    }

    private PolicyRow QuietHours()
    {
        var quiet = policy.QuietHours;

        return new PolicyRow(
            frame.Say("policy-quiet"), frame.Say("policy-quiet-value", new { from = Time(quiet.From), to = Time(quiet.To), before = Span(quiet.CorrectionsNeverWaitBefore) }), quiet.Source, "quietHours");
    }

    private PolicyRow Period(ProtectedPeriod period, int at) =>
        new(frame.Say(period.Name), frame.Say("policy-period", new { from = Day(period.From), to = Day(period.To) }), period.Source, $"protectedPeriods[{at}]");

    private IEnumerable<PolicyRow> Calendar()
    {
        var (days, holidays) = (policy.BusinessDays, policy.Holidays);
        var names = CultureInfo.GetCultureInfo(frame.Language).DateTimeFormat;
        yield return new PolicyRow(frame.Say("policy-weekend"), string.Join(", ", days.Weekend.Order().Select(names.GetDayName)), days.Source, "businessDays.weekend");
        yield return new PolicyRow(
            frame.Say("policy-holidays"),
            frame.Say("policy-holidays-value", new { count = holidays.Days.Count, worked = holidays.WorkingDays.Count, from = Day(holidays.KnownFrom), until = Day(holidays.KnownUntil) }), holidays.Source,
            $"config/holidays/{holidays.Region}.json");
    }

    private IEnumerable<PolicyRow> Rest()
    {
        var (paper, hotline) = (policy.Paper, policy.Hotline);
        yield return new PolicyRow(frame.Say("policy-deemed"), frame.Say("policy-deemed-value", new { after = Lead(paper.Deemed) }), paper.Source, "paper.deemed", true, paper.CheckedOn, paper.CheckedBy);
        yield return new PolicyRow(frame.Say("policy-letters"), string.Join(", ", paper.Notices.Order().Select(frame.Say)), paper.Source, "paper.notices");
        yield return new PolicyRow(frame.Say("policy-retention"), frame.Say("policy-years", new { amount = policy.Retention.Years }), policy.Retention.Source, "retention");
        yield return policy.Processing is { } processing
            ? new PolicyRow(frame.Say("policy-processing"), string.Join(", ", processing.Countries), processing.Source, "processing")
            : new PolicyRow(frame.Say("policy-processing"), frame.Say("policy-anywhere"), "", "processing");
        yield return new PolicyRow(frame.Say("policy-hotline"), hotline.Number ?? frame.Say("policy-own"), hotline.Source, "hotline.number");
        if (hotline.Regulator is { } regulator) yield return new PolicyRow(frame.Say("policy-regulator"), regulator, hotline.Source, "hotline.regulator");
    }

    private string Lead(Lead lead) => frame.Say(lead.Unit switch { LeadUnit.ClearDays => "policy-clear-days", LeadUnit.BusinessDays => "policy-business-days", _ => "policy-hours" }, new { amount = lead.Amount });

    /// <summary>In the largest unit that leaves nothing over.</summary>
    private string Span(TimeSpan span) => span switch
    {
        { TotalDays: >= 2 } when span.Ticks % TimeSpan.TicksPerDay == 0 => frame.Say("policy-days", new { amount = span.Days }),
        { TotalHours: >= 1 } when span.Ticks % TimeSpan.TicksPerHour == 0 => frame.Say("policy-hours", new { amount = (int)span.TotalHours }),
        _ => frame.Say("policy-minutes", new { amount = (int)span.TotalMinutes }),
    };

    private static string Minutes(TimeSpan span) => ((int)span.TotalMinutes).ToString("+0;−0;0", CultureInfo.InvariantCulture);

    private static string Time(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Day(PeriodDay day) => string.Create(CultureInfo.InvariantCulture, $"{(day.Year is { } year ? $"{year}-" : "")}{day.Month:00}-{day.Day:00}");

    private static string Camel(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    /// <summary>A source taken apart, so that its addresses can be followed.</summary>
    internal static IEnumerable<(string Text, bool IsAddress)> Pieces(string source) => Address().Split(source).Select((text, i) => (text, i % 2 == 1)).Where(piece => piece.text.Length > 0);

    [GeneratedRegex(@"(https?://[^\s；，。）)]+)")]
    private static partial Regex Address();
}
