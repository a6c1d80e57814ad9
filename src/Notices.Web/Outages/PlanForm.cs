using System.Globalization;
using Notices.Network;
using Notices.Words;

namespace Notices.Outages;

/// <summary>A plan as its form holds it while somebody types; <see cref="ToPlan"/> is what the API takes.</summary>
public sealed class PlanForm
{
    internal const string Local = "yyyy-MM-dd'T'HH:mm";

    public OutageKind Kind { get; set; } = OutageKind.Planned;

    public string Organisation { get; set; } = "";

    public List<FeederChoice> Feeders { get; } = [];

    public List<WindowChoice> Windows { get; } = [new()];

    /// <summary>A code of <c>config/reasons.json</c>, or any text.</summary>
    public string Reason { get; set; } = "line-maintenance";

    public string Work { get; set; } = "";

    public string Owner { get; set; } = "";

    /// <summary>One a line; empty: drawn from the scope.</summary>
    public string Places { get; set; } = "";

    public string PlacesExplained { get; set; } = "";

    public string LateReason { get; set; } = "";

    /// <summary>Rationing: when the published order says it is announced.</summary>
    public string AnnounceAt { get; set; } = "";

    public HashSet<string> Confirmed { get; } = new(StringComparer.Ordinal);

    /// <summary>What the form cannot show and must not lose.</summary>
    private PlanOutage Kept { get; init; } = new();

    /// <summary>Enough to be kept: before that there is nothing to lose.</summary>
    public bool IsBegun => Organisation.Length > 0 && Feeders.Count > 0;

    /// <param name="zone">In which times are typed.</param>
    public PlanOutage ToPlan(TimeZoneInfo zone) => Kept with
    {
        Kind = Kind,
        Organisation = Organisation,
        Feeders = [.. Feeders.Where(f => f.IsWhole).Select(f => f.Code)],
        Sections = [.. Feeders.SelectMany(f => f.Sections.Select(section => $"{f.Code}/{section}"))],
        Transformers = [.. Feeders.SelectMany(f => f.Transformers)],
        Windows = [.. Windows.Select(w => (Starts: Read(w.StartsAt, zone), Ends: Read(w.EndsAt, zone))).Where(w => w is { Starts: not null, Ends: not null }).Select(w => new PlanWindow(w.Starts!.Value, w.Ends!.Value))],
        Reason = Text(Reason),
        Work = Text(Work),
        Owner = Blank(Owner),
        Places = [.. Places.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
        PlacesExplained = Blank(PlacesExplained),
        LateReason = Blank(LateReason),
        AnnounceAt = Kind == OutageKind.Rationing ? Read(AnnounceAt, zone) : null,
        Confirm = [.. Confirmed],
    };

    /// <summary>The form of a plan that is there already.</summary>
    /// <param name="feederOf">On which feeder each of its transformers hangs.</param>
    internal static PlanForm Of(OutageView view, ReasonBook reasons, IReadOnlyDictionary<string, string> feederOf, bool asCopy)
    {
        var form = new PlanForm
        {
            Kind = view.Kind,
            Organisation = view.Organisation,
            Reason = Code(view.Reason, reasons),
            Work = Code(view.Work, reasons),
            Owner = view.Owner ?? "",
            LateReason = asCopy ? "" : view.LateReason ?? "",
            Kept = new PlanOutage { Reference = asCopy ? null : view.Reference, JoinTo = asCopy ? null : view.JoinTo, Replaces = asCopy ? null : view.Replaces },
        };
        foreach (var code in view.Feeders) form.Feeder(code).IsWhole = true;
        foreach (var section in view.Sections.Select(section => section.Split('/', 2))) form.Feeder(section[0]).Sections.Add(section[1]);
        foreach (var transformer in view.Transformers) form.Feeder(feederOf.GetValueOrDefault(transformer, "?")).Transformers.Add(transformer);
        form.Windows.Clear();
        if (!asCopy) form.Windows.AddRange(view.Windows.Select(w => new WindowChoice { StartsAt = Write(w.StartsAt), EndsAt = Write(w.EndsAt) }));
        if (form.Windows.Count == 0) form.Windows.Add(new WindowChoice());

        return form;
    }

    internal FeederChoice Feeder(string code)
    {
        if (Feeders.Find(f => f.Code == code) is { } known) return known;

        Feeders.Add(new FeederChoice { Code = code });

        return Feeders[^1];
    }

    private static string Code(LocalText? text, ReasonBook reasons) =>
        text is null ? "" : reasons.Texts.FirstOrDefault(known => known.Value == text).Key ?? text.Chinese;

    private static string Write(DateTimeOffset at) => at.ToString(Local, CultureInfo.InvariantCulture);

    /// <summary>An instant of that zone; null while it is incomplete. In the hour a clock is put back it is the earlier one: nobody is told too late by it.</summary>
    internal static DateTimeOffset? Read(string? text, TimeZoneInfo zone)
    {
        if (!DateTime.TryParseExact(text, [Local, "yyyy-MM-dd'T'HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)) return null;

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);

        return new DateTimeOffset(local, offset);
    }

    private static LocalText? Text(string text) => string.IsNullOrWhiteSpace(text) ? null : LocalText.Same(text.Trim());

    private static string? Blank(string text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

/// <summary>A feeder of the plan: the whole of it, or parts.</summary>
public sealed class FeederChoice
{
    public required string Code { get; init; }

    public bool IsWhole { get; set; }

    public HashSet<string> Sections { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Transformers { get; } = new(StringComparer.Ordinal);

    /// <summary>Null until it was read.</summary>
    public GridTree? Tree { get; set; }

    /// <summary>Chosen part by part; with none chosen any more it is the whole again.</summary>
    internal void Toggle(HashSet<string> among, string name)
    {
        if (!among.Remove(name)) among.Add(name);
        IsWhole = Sections.Count + Transformers.Count == 0;
    }

    internal void Whole()
    {
        Sections.Clear();
        Transformers.Clear();
        IsWhole = true;
    }
}

/// <summary>A window as it is typed, in the organisation's zone.</summary>
public sealed class WindowChoice
{
    public string StartsAt { get; set; } = "";

    public string EndsAt { get; set; } = "";
}
