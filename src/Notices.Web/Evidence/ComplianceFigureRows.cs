using System.Globalization;
using Notices.Deliveries;
using Notices.Outages;
using Notices.Setup;
using Notices.Shared;
using Notices.Words;

namespace Notices.Evidence;

/// <summary>The report as lines of numbers, each with the address of the list it is made of. Nothing is counted here.</summary>
internal sealed class ComplianceFigureRows(ComplianceReport report, bool alone, ConsoleFrame frame)
{
    private static readonly (ComplianceNumber Number, string Tone)[] PublicParts =
        [(ComplianceNumber.OnTime, "f-good"), (ComplianceNumber.Late, "f-bad"), (ComplianceNumber.Emergency, "f-ink"), (ComplianceNumber.WithoutDeadline, "f-none")];

    private static readonly (ComplianceNumber Number, string Tone)[] PersonalParts = [(ComplianceNumber.ToldInTime, "f-good"), (ComplianceNumber.ToldLate, "f-bad"), (ComplianceNumber.NotHandedOver, "f-warn")];

    private static readonly (ComplianceNumber Number, string Tone)[] StateParts =
    [
        (ComplianceNumber.Acknowledged, "f-best"), (ComplianceNumber.Delivered, "f-good"), (ComplianceNumber.Sent, "f-fair"), (ComplianceNumber.Open, "f-none"),
        (ComplianceNumber.Unconfirmed, "f-warn"), (ComplianceNumber.Failed, "f-bad"), (ComplianceNumber.Suppressed, "f-ink"),
    ];

    internal IReadOnlyList<FigureColumn> PublicColumns { get; } = [new(frame.Say(ComplianceNumber.Published)), .. PublicParts.Select(part => new FigureColumn(frame.Say(part.Number), part.Tone))];

    internal IReadOnlyList<FigureColumn> PersonalColumns { get; } = [.. PersonalParts.Select(part => new FigureColumn(frame.Say(part.Number), part.Tone))];

    internal IReadOnlyList<FigureColumn> StateColumns { get; } = [new(frame.Say(ComplianceNumber.Total)), .. StateParts.Select(part => new FigureColumn(frame.Say(part.Number), part.Tone))];

    internal IReadOnlyList<FigureColumn> LateColumns { get; } = [new(frame.Say(ComplianceNumber.Late), "f-bad")];

    internal IReadOnlyList<FigureColumn> ReasonColumns { get; } = [new(frame.Say("compliance-recipients"), "f-warn")];

    /// <summary>The whole report's numbers under other days, or as a table.</summary>
    internal string Table => "/console/compliance.csv" + Query(Whole);

    private Part Whole => new(report.From, report.To, report.Organisation, alone);

    internal IReadOnlyList<FigureRow> PublicByKind() =>
    [
        .. report.Totals.PublicClock.Kinds.Select(kind => new FigureRow(
            kind.Kind is { } of ? frame.Say(of) : frame.Say("announcements"), Public(kind.Notices, Whole, kind.Kind is { } named ? ("kind", Named<OutageKind>.Of(named)) : ("announcements", "true")))),
        new FigureRow(frame.Say("all"), Public(report.Totals.PublicClock.Notices, Whole), IsSum: true),
    ];

    internal IReadOnlyList<FigureRow> LateByReason() =>
        [.. report.Totals.PublicClock.LateReasons.Select(late => new FigureRow(late.Reason ?? frame.Say("no-reason"), [Number(ComplianceNumber.Late, late.Count, Whole, ("reason", late.Reason ?? ""))]))];

    internal IReadOnlyList<FigureRow> PersonalByTier() =>
    [
        .. report.Totals.PersonalClock.Tiers.Select(tier => new FigureRow(frame.Tier(tier.Tier), Personal(tier.Recipients, Whole, Tier(tier.Tier)))),
        new FigureRow(frame.Say("all"), Personal(report.Totals.PersonalClock.Recipients, Whole), IsSum: true),
    ];

    internal IReadOnlyList<FigureRow> ReachedByTier() =>
    [
        .. report.Totals.Tiers.Select(tier => new FigureRow(frame.Tier(tier.Tier), States(tier.Recipients, Whole, Tier(tier.Tier)))),
        new FigureRow(frame.Say("all"), States(report.Totals.Recipients, Whole), IsSum: true),
    ];

    /// <summary>Messages; a person may have several, so that these do not add up to the recipients.</summary>
    internal IReadOnlyList<FigureRow> ReachedByChannel() =>
        [.. report.Totals.Media.Select(medium => new FigureRow(Medium(medium), States(medium.Messages, Whole, ("medium", Named<Medium>.Of(medium.Medium)), ("provider", medium.Provider ?? ""))))];

    internal IReadOnlyList<FigureRow> NotReached()
    {
        var reasons = report.Totals.Reasons.Where(reason => reason.Reason is not null).GroupBy(reason => (Number: Of(reason.State), Reason: reason.Reason!)).ToList();

        return [.. reasons.Select(reason => new FigureRow(Named(reason.Key.Number, reason.Key.Reason), [Number(reason.Key.Number, reason.Sum(one => one.Count), Whole, ("reason", reason.Key.Reason))]))];

        // How it ended is said too where one reason ended in several ways.
        string Named(ComplianceNumber number, string code) =>
            Sentences.Reason(code, frame.Language) + (reasons.Count(other => other.Key.Reason == code) > 1 ? $" · {frame.Say(number)}" : "");
    }

    internal IReadOnlyList<FigureRow> PublicByMonth() => ByMonth((figures, part) => Public(figures.PublicClock.Notices, part));

    internal IReadOnlyList<FigureRow> PersonalByMonth() => ByMonth((figures, part) => Personal(figures.PersonalClock.Recipients, part));

    internal IReadOnlyList<FigureRow> ReachedByMonth() => ByMonth((figures, part) => States(figures.Recipients, part));

    /// <summary>A line counts its organisation alone, in its stretch of the month.</summary>
    private IReadOnlyList<FigureRow> ByMonth(Func<ComplianceFigures, Part, IReadOnlyList<Figure>> figures) => [.. report.Lines.Select(line =>
    {
        var part = new Part(line.From, line.To, line.Organisation, true);

        return new FigureRow($"{line.Month} {frame.Say(line.Name)}", figures(line.Figures, part), "/console/compliance" + Days(part));
    })];

    private static IReadOnlyList<Figure> Public(PublicClockCounts counts, Part part, params (string Name, string Value)[] slice) =>
        Numbers(part, slice, (ComplianceNumber.Published, counts.Published), (ComplianceNumber.OnTime, counts.OnTime), (ComplianceNumber.Late, counts.Late), (ComplianceNumber.Emergency, counts.Emergency), (ComplianceNumber.WithoutDeadline, counts.WithoutDeadline));

    private static IReadOnlyList<Figure> Personal(PersonalClockCounts counts, Part part, params (string Name, string Value)[] slice) =>
        Numbers(part, slice, (ComplianceNumber.ToldInTime, counts.InTime), (ComplianceNumber.ToldLate, counts.Late), (ComplianceNumber.NotHandedOver, counts.NotHandedOver));

    private static IReadOnlyList<Figure> States(StateCounts counts, Part part, params (string Name, string Value)[] slice) => Numbers(
        part, slice, (ComplianceNumber.Total, counts.Total), (ComplianceNumber.Acknowledged, counts.Acknowledged), (ComplianceNumber.Delivered, counts.Delivered), (ComplianceNumber.Sent, counts.Sent),
        (ComplianceNumber.Open, counts.Waiting + counts.InFlight), (ComplianceNumber.Unconfirmed, counts.Unconfirmed), (ComplianceNumber.Failed, counts.Failed), (ComplianceNumber.Suppressed, counts.Suppressed));

    private static IReadOnlyList<Figure> Numbers(Part part, (string Name, string Value)[] slice, params (ComplianceNumber Number, int Count)[] numbers) => [.. numbers.Select(one => Number(one.Number, one.Count, part, slice))];

    private static Figure Number(ComplianceNumber number, int count, Part part, params (string Name, string Value)[] slice) =>
        new(count, "/console/compliance/notices" + Query(part, [("number", Named<ComplianceNumber>.Of(number)), .. slice]));

    private static (string Name, string Value) Tier(short tier) => ("tier", tier.ToString(CultureInfo.InvariantCulture));

    private static ComplianceNumber Of(DeliveryState state) => Enum.TryParse<ComplianceNumber>(state.ToString(), out var number) ? number : ComplianceNumber.Open;

    private string Medium(MediumCounts medium) => frame.Say(medium.Medium) + " · " + (medium.Provider ?? frame.Say("no-provider"));

    /// <summary>Instants, so that a list is of exactly the time the number was counted in.</summary>
    private static string Query(Part part, params IReadOnlyList<(string Name, string Value)> more) =>
        Address([("from", Instant(part.From)), ("to", Instant(part.To)), .. Place(part), .. more]);

    /// <summary>As the report's own form writes it.</summary>
    private string Days(Part part)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(report.TimeZone);

        return Address([("from", Day(part.From)), ("to", Day(part.To.AddTicks(-1))), .. Place(part)]);

        string Day(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    private static IEnumerable<(string Name, string Value)> Place(Part part)
    {
        if (part.Organisation is null) yield break;
        yield return ("organisation", part.Organisation);
        if (part.Alone) yield return ("alone", "true");
    }

    private static string Address(IEnumerable<(string Name, string Value)> parts) => "?" + string.Join('&', parts.Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value)}"));

    private static string Instant(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);

    private sealed record Part(DateTimeOffset From, DateTimeOffset To, string? Organisation, bool Alone);
}
