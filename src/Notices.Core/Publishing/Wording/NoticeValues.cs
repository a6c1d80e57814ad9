using System.Globalization;
using System.Text.RegularExpressions;
using Notices.Outages;
using Notices.Words;
using Scriban.Runtime;

namespace Notices.Publishing;

/// <summary>The values templates are offered, written as their language and medium want them. Every name is always there; what the notice does not say is null.</summary>
internal sealed partial class NoticeValues
{
    private readonly NoticeFacts facts;
    private readonly TemplateMedium medium;
    private readonly string language;
    private readonly bool english;
    private readonly TimeWords words;
    private readonly TimeWords brief;
    private readonly WordForm form;

    private NoticeValues(NoticeFacts facts, string language, TemplateMedium medium)
    {
        (this.facts, this.language, this.medium) = (facts, language, medium);
        english = language == Languages.English;
        form = new WordForm(language, medium);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(facts.TimeZone);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(facts.PublishedAt, zone).DateTime);
        var style = medium.IsSpoken() ? TimeStyle.Spoken : medium is TemplateMedium.Feed or TemplateMedium.EmailText or TemplateMedium.EmailHtml or TemplateMedium.Paper ? TimeStyle.Long : TimeStyle.Short;
        words = new TimeWords(language, style, zone, today);
        brief = new TimeWords(language, style == TimeStyle.Spoken ? style : TimeStyle.Short, zone, today);
    }

    /// <summary>As folders and overrides are named: lower case.</summary>
    public static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    /// <summary>Every name a template may use, the phrases apart.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. Of(
            new NoticeFacts
            {
                Type = NoticeType.Initial, Number = "1", Version = 1, PublishedAt = DateTimeOffset.UnixEpoch, TimeZone = "UTC",
                Organisation = new OrganisationFacts("A", LocalText.Same("A"), LocalText.Same("A"), "1", null, null),
            },
            Languages.English, TemplateMedium.Feed, new Dictionary<string, string>()).Keys,
        "items", "count",
    ];

    public static ScriptObject Of(NoticeFacts facts, string language, TemplateMedium medium, IReadOnlyDictionary<string, string> phrases)
    {
        var values = new NoticeValues(facts, language, medium);
        var all = new ScriptObject();
        foreach (var (name, text) in phrases) all[name] = values.form.IsHtml ? WordForm.Escape(text) : text;
        values.Who(all);
        values.Where(all);
        values.When(all);
        values.Moments(all);
        values.Why(all);
        all["planned_outage"] = values.Overlapped(phrases);

        return all;
    }

    private void Who(ScriptObject all)
    {
        all["type"] = Word(facts.Type);
        all["kind"] = facts.Kind is { } kind ? Word(kind) : null;
        all["sudden"] = facts.Kind is OutageKind.Emergency or OutageKind.Fault;
        all["number"] = form.Write(facts.Number);
        all["version"] = form.Number(facts.Version);
        all["previous_version"] = facts.Version > 1 ? form.Number(facts.Version - 1) : null;
        all["company"] = form.Write(facts.Organisation.Name);
        all["signature"] = form.Write(facts.Organisation.Signature);
        all["hotline"] = form.Digits(facts.Organisation.Hotline);
        all["regulator_hotline"] = form.Digits(facts.Organisation.RegulatorHotline);
        all["accounts"] = "⟦accounts⟧";
        all["place"] = "⟦place⟧";
    }

    private void Where(ScriptObject all)
    {
        var areas = PlaceWords.All(facts.Places, language);
        all["areas"] = form.Write(areas);
        all["areas_short"] = form.Write(PlaceWords.Short(facts.Places, language, form));
        var instead = facts.FeederOptional || facts.Kind is OutageKind.Emergency or OutageKind.Fault ? all["areas_short"] : null;
        all["line_short"] = Line(most: 2) ?? instead;
        all["line"] = (medium.IsPersonal() && medium is not (TemplateMedium.EmailText or TemplateMedium.EmailHtml or TemplateMedium.Paper) ? Line(most: 2) : Line(most: int.MaxValue)) ?? instead;
        all["many_places"] = facts.Places.Count > 1;
        all["has_line"] = Line(most: 1) is not null;
        all["line_is_area"] = Line(most: 1) is null && instead is not null;
        all["sections"] = form.Write(string.Join(english ? ", " : "、", facts.Sections.Where(section => !string.IsNullOrWhiteSpace(section))));
        all["customers"] = facts.Customers > 0 ? form.Number(facts.Customers) : null;
        all["restored_parts"] = form.Write(string.Join(english ? ", " : "、", facts.RestoredParts.Select(Named)));
    }

    /// <summary>10千伏城关031线; the voltage once for lines that share it; English short messages leave it out.</summary>
    /// <param name="most">More lines than this are the first and their number.</param>
    private string? Line(int most)
    {
        var named = facts.Feeders.Where(feeder => !string.IsNullOrWhiteSpace(feeder.Name.In(language))).ToList();
        if (named.Count > most)
        {
            var first = Lines(named[0].VoltageKv, [Voltage().Replace(named[0].Name.In(language), "").Trim()]);

            return english ? $"{first} and {form.Number(named.Count - 1)} more lines" : $"{first}等{form.Number(named.Count)}条线路";
        }

        var groups = named.Where(feeder => !string.IsNullOrWhiteSpace(feeder.Name.In(language))).GroupBy(feeder => feeder.VoltageKv).ToList();
        if (groups.Count == 0) return null;

        return string.Join(english ? ", " : "、", groups.Select(group => Lines(group.Key, group.Select(feeder => Voltage().Replace(feeder.Name.In(language), "").Trim()).ToList())));
    }

    private string Lines(decimal voltage, IReadOnlyList<string> names)
    {
        var spoken = medium.IsSpoken();
        var kilovolts = voltage.ToString("0.##", CultureInfo.InvariantCulture);
        var list = string.Join(english ? ", " : "、", names.Select(name => spoken ? Spoken.Name(form.Clean(name)!, language) : form.Write(name)));
        if (spoken) kilovolts = Spoken.Text(kilovolts, language);
        if (!english) return (voltage > 0 ? kilovolts + "千伏" : "") + list;

        var noun = names.Count > 1 ? "lines " : "line ";

        return voltage > 0 && form.HasRoom ? $"{kilovolts}{(spoken ? " kilovolt " : " kV ")}{noun}{list}" : noun + list;
    }

    private void When(ScriptObject all)
    {
        var windows = facts.Type == NoticeType.Reminder ? facts.Windows.Where(window => window.EndsAt > facts.PublishedAt).ToList() : facts.Windows;
        var told = facts.PreviousWindows.Count > 0 ? facts.PreviousWindows : facts.Type is NoticeType.Postponed or NoticeType.Cancelled or NoticeType.Corrected ? facts.Windows : [];
        var moved = facts.PreviousWindows.Count > 0
            && !facts.PreviousWindows.Select(window => (window.StartsAt, window.EndsAt)).SequenceEqual(facts.Windows.Select(window => (window.StartsAt, window.EndsAt)));
        var days = told.Select(window => words.Local(window.StartsAt).Day).Distinct().ToList();
        var freed = days.Except(facts.Windows.SelectMany(window => new[] { words.Local(window.StartsAt).Day, words.Local(window.EndsAt, end: true).Day })).ToList();

        all["times"] = Ranges(words, windows);
        all["times_short"] = Ranges(brief, windows);
        all["times_brief"] = windows.Count > 1 ? Several(windows) : Ranges(brief, windows);
        all["several"] = windows.Count > 1;
        all["alternate"] = Alternates(windows);
        all["windows"] = new ScriptArray(windows.Select(window => new ScriptObject
        {
            ["times"] = words.Range(window.StartsAt, window.EndsAt),
            ["places"] = Parts(window),
        }));
        all["old_times"] = Ranges(words, told);
        all["old_times_short"] = Ranges(brief, told);
        all["old_day"] = List(days.Select(day => brief.Day(day)));
        all["old_day_brief"] = days.Count > 1 ? (english ? $"from {brief.Day(days[0])}" : $"{brief.Day(days[0])}起") : List(days.Select(brief.Day));
        all["old_day_again"] = days.Count == 1 ? words.SameDay(days[0]) : List(days.Select(words.Date));
        all["old_days"] = days.Count > 1;
        // A day that has passed needs no word any more.
        all["freed"] = List((moved ? freed : []).Where(day => day >= words.Today).Select(words.Date));
        all["moved"] = moved;
    }

    private string? List(IEnumerable<string> parts) => string.Join(english ? ", " : "、", parts) is { Length: > 0 } list ? list : null;

    private string? Ranges(TimeWords style, IReadOnlyList<WindowFacts> windows) => windows.Count == 0 ? null : style.Ranges([.. windows.Select(window => (window.StartsAt, window.EndsAt, Note(window)))]);

    private string Note(WindowFacts window)
    {
        var places = Parts(window);

        return places is null ? "" : medium.IsSpoken() ? (english ? ", for " : "，") + places : english ? $" ({places})" : $"（{places}）";
    }

    /// <summary>A window names its part as the notice names its places; in English by their English names.</summary>
    private string? Parts(WindowFacts window) => form.Write(string.Join(
        english ? ", " : "、",
        window.Places.Where(name => !string.IsNullOrWhiteSpace(name))
            .Select(Named)));

    private string Named(string place) =>
        english ? facts.Places.FirstOrDefault(known => known.Name == place || known.In(Languages.Chinese) == place)?.In(language) ?? place : place;

    /// <summary>For a text of one part: the first window's start and how many there are.</summary>
    private string Several(IReadOnlyList<WindowFacts> windows)
    {
        var (day, minutes) = brief.Local(windows[0].StartsAt);

        return english ? $"from {brief.At(day, minutes)} ({form.Number(windows.Count)} periods)" : $"{brief.At(day, minutes)}起{form.Number(windows.Count)}个时段";
    }

    private string? Alternates(IReadOnlyList<WindowFacts> windows)
    {
        var alternates = windows.Where(window => window is { AlternateStartsAt: not null, AlternateEndsAt: not null })
            .Select(window => (window.AlternateStartsAt!.Value, window.AlternateEndsAt!.Value, "")).ToList();

        return alternates.Count == 0 ? null : words.Ranges(alternates);
    }

    private void Moments(ScriptObject all)
    {
        var windows = facts.Type == NoticeType.Overrun && facts.PreviousWindows.Count > 0 ? facts.PreviousWindows : facts.Windows;
        var current = windows.LastOrDefault(window => window.StartsAt <= facts.PublishedAt) ?? First(windows);
        var off = facts.LateStart && current is not null ? current.StartsAt : facts.StartedAt ?? (facts.Type is NoticeType.Started ? current : First(facts.Windows))?.StartsAt;
        var end = current?.EndsAt;
        var expected = facts.ExpectedAt ?? (facts.NextUpdateBy is null && facts.Type != NoticeType.Overrun ? (facts.Type == NoticeType.Started ? current : (windows.Count > 0 ? windows[^1] : null))?.EndsAt : null);
        var said = facts.Type == NoticeType.Overrun && end is { } due ? words.Local(due, end: true).Day : off is { } start ? words.Local(start).Day : (DateOnly?)null;

        all["off"] = Moment(off, null);
        all["ahead"] = off > facts.PublishedAt;
        all["due"] = Moment(end, said, ends: true);
        all["expected"] = Moment(expected, said, ends: true);
        all["next_update"] = Moment(facts.NextUpdateBy, said, ends: true);
        all["restored"] = Moment(facts.RestoredAt, null);
        all["published"] = Moment(facts.PublishedAt, null);
        all["previous_published"] = Moment(facts.PreviousPublishedAt, null);
    }

    private static WindowFacts? First(IReadOnlyList<WindowFacts> windows) => windows.Count > 0 ? windows[0] : null;

    /// <param name="said">The day the sentence has named already; an instant on it is <c>near</c> with its time alone.</param>
    private ScriptObject? Moment(DateTimeOffset? instant, DateOnly? said, bool ends = false)
    {
        if (instant is not { } at) return null;

        var (day, minutes) = words.Local(at, ends);

        return new ScriptObject
        {
            ["at"] = brief.At(day, minutes),
            ["full"] = words.At(day, minutes),
            ["day"] = brief.Day(day),
            ["date"] = brief.Date(day),
            ["brief_date"] = brief.BriefDate(day),
            ["time"] = brief.Time(minutes),
            ["near"] = day == said ? brief.Time(minutes) : brief.At(day, minutes),
            ["stamp"] = Stamp(day, minutes),
        };
    }

    /// <summary>2026年11月23日09:00: for the foot.</summary>
    private string Stamp(DateOnly day, int minutes) => english ? $"{day.Day} {day.ToString("MMMM yyyy", CultureInfo.InvariantCulture)} {brief.Time(minutes)}" : $"{day.Year}年{day.Month}月{day.Day}日{brief.Time(minutes)}";

    private void Why(ScriptObject all)
    {
        all["reason"] = form.Write(facts.Reason);
        all["work"] = form.Write(facts.Work);
        all["cause"] = form.Write(facts.Work) ?? form.Write(facts.Reason);
        all["change_reason"] = form.Write(facts.ChangeReason);
        all["unconfirmed"] = facts.Unconfirmed;
        all["late_start"] = facts.LateStart;
        all["late"] = facts.Late;
        all["notice_days"] = facts.NoticeDays is { } days ? form.Number(days) : null;
        all["title"] = form.Write(WithoutStop(facts.Title?.In(language)));
        all["body"] = form.Write(facts.Body?.In(language), lines: true);
        all["body_short"] = form.Write(WithoutStop(FirstSentences(form.Clean(facts.Body?.In(language)))));
        all["zone"] = Zone();
    }

    /// <summary>What becomes of planned outages this one lies over: a sentence for each fate, from the phrase <c>planned_</c> and its name.</summary>
    private string? Overlapped(IReadOnlyDictionary<string, string> phrases)
    {
        var sentences = facts.Overlapped.GroupBy(plan => plan.Fate).OrderBy(fate => fate.Key).Select(fate => phrases.GetValueOrDefault($"planned_{Word(fate.Key)}", "")
            .Replace("{times}", Ranges(words, [.. fate.SelectMany(plan => plan.Windows).DistinctBy(w => (w.StartsAt, w.EndsAt)).OrderBy(w => w.StartsAt)]), StringComparison.Ordinal));

        return form.Write(string.Join(english ? " " : "", sentences));
    }

    /// <summary>The sentences a message has room for; null when the first is too long.</summary>
    private string? FirstSentences(string? text)
    {
        var most = english ? 200 : 90;
        if (text is null || text.Length <= most) return text;

        var end = english ? text.LastIndexOf(". ", most, StringComparison.Ordinal) : text.LastIndexOf('。', most);

        return end < 0 ? null : text[..(end + 1)];
    }

    /// <summary>The template ends the sentence.</summary>
    private static string? WithoutStop(string? text) => text?.TrimEnd('。', '.', ' ');

    /// <summary>Chinese readers of a Chinese zone need none.</summary>
    private string? Zone()
    {
        if (!english && facts.TimeZone == "Asia/Shanghai") return null;

        var offset = TimeZoneInfo.ConvertTime(facts.PublishedAt, TimeZoneInfo.FindSystemTimeZoneById(facts.TimeZone)).Offset;

        return string.Create(CultureInfo.InvariantCulture, $"UTC{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm}");
    }

    [GeneratedRegex("^[0-9.]+ ?(kV|KV|kv|千伏)")]
    private static partial Regex Voltage();
}
