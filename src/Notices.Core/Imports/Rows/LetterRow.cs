using Notices.Deliveries;

namespace Notices.Imports;

/// <summary>A row of a sheet of outcomes of letters.</summary>
internal static class LetterRow
{
    internal static Result<LetterOutcome> Parse(ImportRow row, RowSettings settings, DateTimeOffset now)
    {
        var cells = new Cells(row, LetterColumns.Names);
        var at = cells.Moment(LetterColumns.At, settings);
        var signed = cells.Flag(LetterColumns.SignedFor) ?? false;
        var read = LetterOutcome.Read(
            new EnterLetterOutcome(
                cells.Optional(LetterColumns.Receipt), cells.Optional(LetterColumns.Result), null, cells.Optional(LetterColumns.By), cells.Optional(LetterColumns.To), cells.Optional(LetterColumns.Witness), signed,
                cells.Optional(LetterColumns.Note)),
            at is null ? null : zone => In(at, zone, now));

        return cells.Problems is { } problems ? read.Ok ? problems : [.. problems, .. read.Problems] : read;
    }

    /// <summary>A day alone is its last moment, so that nobody counts as told sooner than they were; today it is now.</summary>
    private static DateTimeOffset In(FileMoment at, TimeZoneInfo zone, DateTimeOffset now)
    {
        var (start, end) = (at.Start(zone), at.End(zone));
        if (start == end) return start;

        return start <= now && now < end ? now : end.AddMicroseconds(-1);
    }
}
