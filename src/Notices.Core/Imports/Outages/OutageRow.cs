using Notices.Outages;

namespace Notices.Imports;

/// <summary>When, and for which part of the scope.</summary>
/// <param name="EndsAt">Null only for a fault or an emergency whose end nobody knows.</param>
/// <param name="Places">Empty for the whole scope.</param>
public sealed record ImportedWindow(DateTimeOffset StartsAt, DateTimeOffset? EndsAt, IReadOnlyList<string> Places);

/// <summary>A section, with its feeder where the file says so (<c>城关031线/13号杆开关以下</c>).</summary>
public sealed record SectionName(string? Feeder, string Name)
{
    internal static SectionName Of(string text) => text.Split('/', 2) is [var feeder, var name] ? new SectionName(feeder.Trim(), name.Trim()) : new SectionName(null, text);

    public override string ToString() => Feeder is null ? Name : $"{Feeder}/{Name}";
}

/// <summary>One line of an outages file: an outage, or a further window or place of one.</summary>
internal sealed record OutageRow(
    ImportRow Source, string? Organisation, string? Reference, OutageKind Kind, IReadOnlyList<string> Feeders, IReadOnlyList<SectionName> Sections,
    IReadOnlyList<string> Transformers, IReadOnlyList<string> Places, IReadOnlyList<ImportedWindow> Windows, string? Reason, string? Work,
    DateTimeOffset? PublishedAt, DateTimeOffset? RestoredAt, int? Customers, string? Remark)
{
    internal static Result<OutageRow> Parse(ImportRow row, RowSettings settings, bool placesPerWindow)
    {
        var cells = new Cells(row, OutageColumns.Names);
        var kind = cells.Required(OutageColumns.Kind).Length > 0 ? cells.Enum<OutageKind>(OutageColumns.Kind) : null;
        var places = cells.List(OutageColumns.Places);
        var windows = ReadWindows(ref cells, row, settings, kind, placesPerWindow ? places : cells.List(OutageColumns.WindowPlaces));
        var customers = cells.Number(OutageColumns.Customers, 0, 100_000_000);
        var result = new OutageRow(
            row,
            cells.Optional(OutageColumns.Organisation),
            cells.Optional(OutageColumns.Reference),
            kind ?? OutageKind.Planned,
            cells.List(OutageColumns.Feeders),
            [.. cells.List(OutageColumns.Sections).Select(SectionName.Of)],
            cells.List(OutageColumns.Transformers),
            places,
            windows,
            cells.Optional(OutageColumns.Reason),
            cells.Optional(OutageColumns.Work),
            cells.Time(OutageColumns.PublishedAt, settings),
            cells.Time(OutageColumns.RestoredAt, settings),
            (int?)customers,
            cells.Optional(OutageColumns.Remark));
        if (customers is { } number && number != Math.Floor(number)) cells.Add("import-number", OutageColumns.Customers, new { value = number, from = 0, to = 100_000_000 });

        return cells.Problems is { } problems ? problems : result;
    }

    private static List<ImportedWindow> ReadWindows(ref Cells cells, ImportRow row, RowSettings settings, OutageKind? kind, IReadOnlyList<string> places)
    {
        var windows = new List<ImportedWindow>();
        if (row.PlanText is not null)
        {
            var (year, month) = settings.PlanMonth ?? throw new InvalidOperationException("Words for times need the plan's month.");
            var parsed = PlanTimes.Parse(row.PlanText, year, month, settings.Zone ?? throw new InvalidOperationException("Words for times need a zone."));
            foreach (var problem in parsed.Problems) cells.Add(problem.Code, OutageColumns.StartsAt, problem.Values);
            foreach (var window in parsed.Value ?? []) windows.Add(new ImportedWindow(window.StartsAt, window.EndsAt, places));

            return windows;
        }

        AddWindow(ref cells, windows, cells.Required(OutageColumns.StartsAt), cells[OutageColumns.EndsAt], settings, kind, places);
        foreach (var (start, end) in row.FurtherWindows) AddWindow(ref cells, windows, start, end, settings, kind, places);

        return windows;
    }

    private static void AddWindow(
        ref Cells cells, List<ImportedWindow> windows, string start, string end, RowSettings settings, OutageKind? kind, IReadOnlyList<string> places)
    {
        var from = cells.Time(OutageColumns.StartsAt, start, settings);
        var to = cells.Time(OutageColumns.EndsAt, end, settings);
        if (end.Length == 0 && kind is not (OutageKind.Fault or OutageKind.Emergency)) cells.Add("import-value-missing", OutageColumns.EndsAt, new { column = "ends_at" });
        else if (from is not null && to is not null && to <= from) cells.Add("import-ends-before-start", OutageColumns.EndsAt, new { start, end });
        else if (from is not null) windows.Add(new ImportedWindow(from.Value, to, places));
    }
}
