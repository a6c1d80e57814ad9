using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Notices.Network;

namespace Notices.Imports;

/// <summary>Reads profiles, strictly: a name it does not know, a pattern that does not compile and a zone that does not exist are all told, at once.</summary>
public static class ProfileLoader
{
    private static readonly JsonSerializerOptions Reading = new(JsonSerializerDefaults.Web) { ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The profile of that name below a home folder; null where none is asked for.</summary>
    public static Result<ImportProfile?> Find(string home, string? name)
    {
        if (string.IsNullOrEmpty(name)) return Result<ImportProfile?>.Of(null);

        var loaded = Load(Folder(home), name);

        return loaded.Ok ? loaded.Value : Result<ImportProfile?>.Refused(loaded.Problems);
    }

    /// <summary>What there is to choose from below a home folder.</summary>
    public static IReadOnlyList<string> Names(string home) => Names(Directory.Exists(Folder(home)) ? Directory.GetFiles(Folder(home), "*.json") : []);

    private static string Folder(string home) => Path.Combine(home, "config", "imports");

    private static IReadOnlyList<string> Names(IEnumerable<string> files) => [.. files.Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    /// <summary>The profile of that name in a folder such as <c>config/imports</c>.</summary>
    public static Result<ImportProfile> Load(string folder, string name)
    {
        var safe = name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
        var file = Path.Combine(folder, name + ".json");
        if (!safe || !File.Exists(file))
        {
            string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.json") : [];

            return new Problem("import-profile-unknown", "profile", new { name, known = string.Join(", ", Names(files)) }, ProblemKind.NotFound);
        }

        return Read(name, File.ReadAllText(file));
    }

    internal static Result<ImportProfile> Read(string name, string json)
    {
        try
        {
            return new Loading(name, JsonSerializer.Deserialize<ProfileFile>(json, Reading) ?? new ProfileFile()).Finish();
        }
        catch (JsonException broken)
        {
            return new Problem("import-profile-broken", null, new { name, detail = broken.Message }, ProblemKind.Unreadable);
        }
    }

    private sealed class Loading(string name, ProfileFile file)
    {
        private readonly List<Problem> _problems = [];

        internal Result<ImportProfile> Finish()
        {
            Unknown("", file.Unknown);
            if (!EnumNames<ImportKind>.TryParse(file.Into ?? "", out var into) || into == ImportKind.Areas) Wrong("into", EnumNames<ImportKind>.Known.Replace("areas, ", "", StringComparison.Ordinal));
            var columns = into == ImportKind.Areas ? ImportColumns.Outages : ImportColumns.Of(into);
            var zone = Zone();
            var rules = Rules(columns, out var planTimes);
            var windows = Windows();
            var coordinates = file.Coordinates is null ? null : GridCoordinates.Find(file.Coordinates);
            if (file.Coordinates is not null && coordinates is null) Wrong("coordinates", string.Join(", ", GridCoordinates.Names));
            var month = Pattern("planMonth", file.PlanMonth);
            if (month is not null && !(month.GetGroupNames().Contains("year") && month.GetGroupNames().Contains("month"))) Wrong("planMonth", "(?<year>…), (?<month>…)");
            var organisations = Organisations(zone);

            return _problems.Count > 0 ? _problems : new ImportProfile
            {
                Name = name,
                Into = into,
                System = file.System ?? name,
                Organisations = organisations,
                Zone = zone,
                TimeFormats = file.TimeFormats ?? [],
                Coordinates = coordinates,
                FindHeader = file.FindHeader,
                PlanMonth = month,
                GroupByReference = file.GroupByReference,
                PlacesPerWindow = file.PlacesPerWindow,
                Rules = rules,
                PlanTimes = planTimes,
                FurtherWindows = windows,
            };
        }

        private TimeZoneInfo Zone()
        {
            if (file.Zone is not null && TimeZoneInfo.TryFindSystemTimeZoneById(file.Zone, out var zone)) return zone;
            Wrong("zone", "Asia/Shanghai");

            return TimeZoneInfo.Utc;
        }

        private List<ProfileOrganisation> Organisations(TimeZoneInfo zone)
        {
            var organisations = new List<ProfileOrganisation>();
            foreach (var (i, o) in (file.Organisations ?? []).Index())
            {
                var at = string.Create(CultureInfo.InvariantCulture, $"organisations[{i}]");
                Unknown(at + ".", o.Unknown);
                if (string.IsNullOrWhiteSpace(o.Code)) Wrong(at + ".code", "JX");
                if (string.IsNullOrWhiteSpace(o.Name)) Wrong(at + ".name", "…");
                if (!Enum.TryParse<OrganisationLevel>(o.Level ?? "county", true, out var level)) Wrong(at + ".level", "city, county, station");
                organisations.Add(new ProfileOrganisation(o.Code ?? "", o.Name ?? "", o.NameEn, level, o.Parent, zone.Id));
            }

            return organisations;
        }

        private List<ColumnRule?> Rules(ImportColumns columns, out ColumnRule? planTimes)
        {
            var rules = new List<ColumnRule?>(new ColumnRule?[columns.Names.Length]);
            planTimes = null;
            if (file.Columns is not { Count: > 0 }) Wrong("columns", string.Join(", ", columns.Names));
            foreach (var (column, json) in file.Columns ?? [])
            {
                var at = $"columns.{column}";
                var index = Array.IndexOf(columns.Names, column);
                if (index < 0 && column != "windows")
                {
                    Wrong(at, string.Join(", ", columns.Names) + ", windows");
                    continue;
                }

                var rule = Rule(at, json);
                if (rule is null) continue;
                if (column == "windows") planTimes = rule;
                else rules[index] = rule;
                if (rule.IsPlanTimes != (column == "windows")) Wrong(at + ".planTimes", "windows: true");
            }

            foreach (var required in columns.Required)
            {
                if (rules[Array.IndexOf(columns.Names, required)] is null && !(required == "starts_at" && planTimes is not null))
                    _problems.Add(new Problem("import-profile-column-missing", "columns", new { name, column = required }));
            }

            return rules;
        }

        private ColumnRule? Rule(string at, JsonElement json)
        {
            if (json.ValueKind == JsonValueKind.String) return new ColumnRule { From = [json.GetString()!] };
            ProfileFile.RuleFile? rule = null;
            try
            {
                rule = json.ValueKind == JsonValueKind.Object ? json.Deserialize<ProfileFile.RuleFile>(Reading) : null;
            }
            catch (JsonException)
            {
                // Told below.
            }

            if (rule is null)
            {
                Wrong(at, "\"NAME\" or { \"from\": \"NAME\" }");

                return null;
            }

            Unknown(at + ".", rule.Unknown);
            if (rule.Carry is not null) Unknown(at + ".carry.", rule.Carry.Unknown);
            var from = From(at, rule.From);
            if ((from.Count > 0 ? 1 : 0) + (rule.Template is null ? 0 : 1) + (rule.Value is null ? 0 : 1) != 1) Wrong(at, "from | template | value");
            var match = Pattern(at + ".match", rule.Match);
            var head = Pattern(at + ".head", rule.Head);
            var stem = Pattern(at + ".carry.stem", rule.Carry?.Stem);
            Groups(at + ".match", match, rule.Group ?? "value");
            Groups(at + ".head", head, "head");
            Groups(at + ".carry.stem", stem, "stem");

            return new ColumnRule
            {
                From = from,
                Template = rule.Template,
                Constant = rule.Value,
                Default = rule.Default ?? "",
                Match = match,
                Group = rule.Group ?? "value",
                Map = rule.Map,
                Split = Pattern(at + ".split", rule.Split),
                Head = head,
                CarryWhen = Pattern(at + ".carry.when", rule.Carry?.When),
                CarryStem = stem,
                Each = Pattern(at + ".each", rule.Each),
                To = rule.To ?? "${value}",
                Optional = rule.Optional,
                IsPlanTimes = rule.PlanTimes,
            };
        }

        private List<string> From(string at, JsonElement? from)
        {
            if (from is not { } json) return [];
            if (json.ValueKind == JsonValueKind.String) return [json.GetString()!];
            if (json.ValueKind == JsonValueKind.Array && json.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String)) return [.. json.EnumerateArray().Select(e => e.GetString()!)];
            Wrong(at + ".from", "\"NAME\" or [\"NAME\", …]");

            return [];
        }

        private List<(string StartsAt, string EndsAt)> Windows()
        {
            var windows = new List<(string, string)>();
            foreach (var (i, window) in (file.FurtherWindows ?? []).Index())
            {
                var at = string.Create(CultureInfo.InvariantCulture, $"furtherWindows[{i}]");
                Unknown(at + ".", window.Unknown);
                if (window is { StartsAt: { Length: > 0 } start, EndsAt: { Length: > 0 } end }) windows.Add((start, end));
                else Wrong(at, "startsAt, endsAt");
            }

            return windows;
        }

        /// <summary>Patterns run on foreign text: the engine is the one whose time grows with the text only.</summary>
        private Regex? Pattern(string at, string? pattern)
        {
            if (pattern is null) return null;
            try
            {
                return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            }
            catch (Exception bad) when (bad is ArgumentException or NotSupportedException)
            {
                _problems.Add(new Problem("import-profile-pattern", at, new { name, at, detail = bad.Message }));

                return null;
            }
        }

        private void Groups(string at, Regex? pattern, string group)
        {
            if (pattern is not null && !pattern.GetGroupNames().Contains(group)) Wrong(at, $"(?<{group}>…)");
        }

        private void Unknown(string at, Dictionary<string, JsonElement> unknown)
        {
            foreach (var key in unknown.Keys) _problems.Add(new Problem("import-profile-setting-unknown", at + key, new { name, setting = at + key }));
        }

        private void Wrong(string at, string allowed) => _problems.Add(new Problem("import-profile-setting", at, new { name, setting = at, allowed }));
    }
}
