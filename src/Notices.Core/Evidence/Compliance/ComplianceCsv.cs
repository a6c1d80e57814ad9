using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Notices.Evidence;

/// <summary>The report as a table with a row for each number; what does not divide a number is empty.</summary>
public static class ComplianceCsv
{
    public static string Write(ComplianceReport report)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(report.TimeZone);
        var table = new StringBuilder(CsvText.Mark + "organisation,name,name_en,month,from,to,number,kind,tier,medium,provider,reason,count\n");
        foreach (var line in report.Lines)
        {
            string[] head = [line.Organisation, line.Name.Chinese, line.Name.English, line.Month, At(line.From), At(line.To)];
            foreach (var cell in Cells(line.Figures))
            {
                string?[] rest = [cell.Number, cell.Kind, cell.Tier?.ToString(CultureInfo.InvariantCulture), cell.Medium, cell.Provider, cell.Reason, cell.Count.ToString(CultureInfo.InvariantCulture)];
                table.AppendJoin(',', head.Concat(rest).Select(CsvText.Cell)).Append('\n');
            }
        }

        return table.ToString();

        string At(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
    }

    /// <summary>E.g. <c>compliance-2026-11-01-2026-11-30.csv</c>: its first and last day.</summary>
    public static string FileName(ComplianceReport report)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(report.TimeZone);

        return $"compliance-{Day(report.From)}-{Day(report.To.AddTicks(-1))}.csv";

        string Day(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    private static IEnumerable<Cell> Cells(ComplianceFigures figures)
    {
        foreach (var (kind, clock) in figures.PublicClock.Kinds)
        {
            var word = kind is { } known ? Word(known) : "announcement";
            yield return new Cell("notices-published", clock.Published, Kind: word);
            yield return new Cell("notices-on-time", clock.OnTime, Kind: word);
            yield return new Cell("notices-late", clock.Late, Kind: word);
            yield return new Cell("notices-emergency", clock.Emergency, Kind: word);
            yield return new Cell("notices-without-deadline", clock.WithoutDeadline, Kind: word);
        }

        foreach (var (reason, count) in figures.PublicClock.LateReasons) yield return new Cell("late-reason", count, Reason: reason);
        foreach (var (tier, clock) in figures.PersonalClock.Tiers)
        {
            yield return new Cell("told-in-time", clock.InTime, Tier: tier);
            yield return new Cell("told-late", clock.Late, Tier: tier);
            yield return new Cell("not-handed-over", clock.NotHandedOver, Tier: tier);
        }

        foreach (var tier in figures.Tiers)
        {
            foreach (var (state, count) in States(tier.Recipients)) yield return new Cell("recipients-" + state, count, Tier: tier.Tier);
            foreach (var reason in tier.Reasons) yield return new Cell($"recipients-{Word(reason.State)}-reason", reason.Count, Tier: tier.Tier, Reason: reason.Reason);
        }

        foreach (var (state, count) in figures.Subscribers.Total == 0 ? [] : States(figures.Subscribers)) yield return new Cell("subscribers-" + state, count);

        foreach (var medium in figures.Media)
        {
            foreach (var (state, count) in States(medium.Messages)) yield return new Cell("messages-" + state, count, Medium: Word(medium.Medium), Provider: medium.Provider);
            foreach (var reason in medium.Reasons) yield return new Cell($"messages-{Word(reason.State)}-reason", reason.Count, Medium: Word(medium.Medium), Provider: medium.Provider, Reason: reason.Reason);
        }
    }

    private static (string State, int Count)[] States(StateCounts counts) =>
    [
        ("total", counts.Total), ("open", counts.Waiting + counts.InFlight), ("acknowledged", counts.Acknowledged), ("delivered", counts.Delivered), ("sent", counts.Sent), ("failed", counts.Failed),
        ("suppressed", counts.Suppressed), ("unconfirmed", counts.Unconfirmed),
    ];

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    private sealed record Cell(string Number, int Count, string? Kind = null, short? Tier = null, string? Medium = null, string? Provider = null, string? Reason = null);
}
