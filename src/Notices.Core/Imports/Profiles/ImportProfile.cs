using System.Text.RegularExpressions;
using Notices.Network;

namespace Notices.Imports;

/// <summary>Whose data a profile brings in; created when missing.</summary>
public sealed record ProfileOrganisation(string Code, string Name, string? NameEn, OrganisationLevel Level, string? Parent, string TimeZone);

/// <summary>Maps another system's columns, time format and zone to ours.</summary>
public sealed class ImportProfile
{
    internal ImportProfile()
    {
    }

    /// <summary>The file's name without its ending.</summary>
    public required string Name { get; init; }

    public required ImportKind Into { get; init; }

    /// <summary>The other system, as <c>ReferenceSystem</c> and in external ids.</summary>
    public required string System { get; init; }

    /// <summary>The first is the one of rows that name none; parents stand before their children.</summary>
    public required IReadOnlyList<ProfileOrganisation> Organisations { get; init; }

    public required TimeZoneInfo Zone { get; init; }

    internal IReadOnlyList<string> TimeFormats { get; init; } = [];

    internal GridCoordinates? Coordinates { get; init; }

    internal bool FindHeader { get; init; }

    /// <summary>Finds <c>year</c> and <c>month</c> in a title above the header.</summary>
    internal Regex? PlanMonth { get; init; }

    /// <summary>Rows with one reference are one outage.</summary>
    internal bool GroupByReference { get; init; }

    /// <summary>A row's windows are for the row's places only.</summary>
    internal bool PlacesPerWindow { get; init; }

    /// <summary>A rule a column of ours, in the order of <see cref="ImportColumns.Names"/>; null where the profile says nothing.</summary>
    internal IReadOnlyList<ColumnRule?> Rules { get; init; } = [];

    /// <summary>The rule whose cell holds whole windows in words; null when starts and ends are columns.</summary>
    internal ColumnRule? PlanTimes { get; init; }

    internal IReadOnlyList<(string StartsAt, string EndsAt)> FurtherWindows { get; init; } = [];

    /// <summary>Every column of the file the profile looks at.</summary>
    internal IReadOnlySet<string> Sources => AllRules.SelectMany(r => r.Sources).Concat(FurtherWindows.SelectMany(w => new[] { w.StartsAt, w.EndsAt }))
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Alternatives of which the file must have one each.</summary>
    internal IReadOnlyList<IReadOnlyList<string>> Needed =>
        [.. AllRules.Where(r => r is { Optional: false, Constant: null }).SelectMany(r => r.Template is null ? [r.From] : r.Sources.Select(s => (IReadOnlyList<string>)[s]))];

    private IEnumerable<ColumnRule> AllRules => Rules.Append(PlanTimes).OfType<ColumnRule>();
}
