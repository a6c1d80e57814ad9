using Notices.Outages;

namespace Notices.Evidence;

/// <summary>What was counted of one organisation in one month, as the statements gave it.</summary>
internal sealed class ComplianceCells
{
    internal List<PublicCell> Notices { get; } = [];

    internal List<TallyLine> Recipients { get; } = [];

    /// <summary>Those of <see cref="Recipients"/> who have a personal clock.</summary>
    internal List<TallyLine> Measured { get; } = [];

    internal List<TallyLine> Messages { get; } = [];

    internal List<HandedCell> Handed { get; } = [];

    internal List<TallyLine> Subscribers { get; } = [];

    internal static ComplianceFigures Figures(IEnumerable<ComplianceCells> of)
    {
        var cells = of.ToList();
        var (recipients, messages) = (cells.SelectMany(one => one.Recipients).ToList(), cells.SelectMany(one => one.Messages).ToList());

        return new ComplianceFigures(
            Public([.. cells.SelectMany(one => one.Notices)]), Personal(cells), StateCounts.Of(recipients), ReasonCount.Of(recipients), RoundTally.Tiers(recipients), RoundTally.Media(messages))
        { Subscribers = StateCounts.Of(cells.SelectMany(one => one.Subscribers)) };
    }

    private static PublicClockFigures Public(List<PublicCell> notices) => new(
        Clock(notices),
        [.. notices.GroupBy(cell => cell.Kind).OrderBy(kind => kind.Key ?? (OutageKind)int.MaxValue).Select(kind => new KindClock(kind.Key, Clock(kind)))],
        [.. notices.Where(cell => cell.Outcome == ComplianceNumber.Late).GroupBy(cell => cell.Reason).OrderByDescending(reason => reason.Sum(cell => cell.Count)).ThenBy(reason => reason.Key, StringComparer.Ordinal)
            .Select(reason => new LateReason(reason.Key, reason.Sum(cell => cell.Count)))]);

    private static PublicClockCounts Clock(IEnumerable<PublicCell> notices)
    {
        var counts = notices.GroupBy(cell => cell.Outcome).ToDictionary(outcome => outcome.Key, outcome => outcome.Sum(cell => cell.Count));
        int Of(ComplianceNumber outcome) => counts.GetValueOrDefault(outcome);

        return new PublicClockCounts(counts.Values.Sum(), Of(ComplianceNumber.OnTime), Of(ComplianceNumber.Late), Of(ComplianceNumber.Emergency), Of(ComplianceNumber.WithoutDeadline));
    }

    private static PersonalClockFigures Personal(List<ComplianceCells> cells)
    {
        var handed = cells.SelectMany(one => one.Handed).ToLookup(cell => cell.Tier);
        var tiers = cells.SelectMany(one => one.Measured).GroupBy(line => line.Tier).OrderBy(tier => tier.Key).Select(tier =>
        {
            var (inTime, late) = (handed[tier.Key].Sum(cell => cell.InTime), handed[tier.Key].Sum(cell => cell.Late));

            return new TierClock(tier.Key, new PersonalClockCounts(inTime, late, tier.Sum(line => line.Count) - inTime - late));
        }).ToList();

        return new PersonalClockFigures(
            new PersonalClockCounts(tiers.Sum(tier => tier.Recipients.InTime), tiers.Sum(tier => tier.Recipients.Late), tiers.Sum(tier => tier.Recipients.NotHandedOver)), tiers);
    }
}

/// <param name="Reason">Of a late one.</param>
internal sealed record PublicCell(OutageKind? Kind, ComplianceNumber Outcome, string? Reason, int Count);

internal sealed record HandedCell(short Tier, int InTime, int Late);
