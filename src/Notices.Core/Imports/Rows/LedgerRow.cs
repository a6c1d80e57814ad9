namespace Notices.Imports;

/// <summary>What the ledger of key and loss-prone customers says of an account beyond the customers file.</summary>
/// <param name="OwnGenerator">The account's; the rest is its customer's.</param>
public sealed record LedgerRow(string AccountNo, int? RestorationRank, int? SurvivalMinutes, bool? OwnGenerator, bool? ShortReminder, bool? NightMessages)
{
    private const int TwoWeeks = 14 * 24 * 60;

    internal static Result<LedgerRow> Parse(ImportRow row, RowSettings settings)
    {
        var cells = new Cells(row, LedgerColumns.Names);
        var result = new LedgerRow(
            cells.Required(LedgerColumns.AccountNo),
            cells.Whole(LedgerColumns.RestorationRank, 1, 9999),
            cells.Whole(LedgerColumns.SurvivalMinutes, 0, TwoWeeks),
            cells.Flag(LedgerColumns.OwnGenerator),
            cells.Flag(LedgerColumns.ShortReminder),
            cells.Flag(LedgerColumns.NightMessages));

        return cells.Problems is { } problems ? problems : result;
    }

    /// <summary>Of two accounts of one customer: the first column that is said in two ways.</summary>
    internal string? Contradicts(LedgerRow other)
    {
        if (Differ(RestorationRank, other.RestorationRank)) return "restoration_rank";
        if (Differ(SurvivalMinutes, other.SurvivalMinutes)) return "survival_minutes";
        if (Differ(ShortReminder, other.ShortReminder)) return "short_reminder";

        return Differ(NightMessages, other.NightMessages) ? "night_messages" : null;
    }

    private static bool Differ<T>(T? one, T? two)
        where T : struct => one is not null && two is not null && !one.Value.Equals(two.Value);
}
