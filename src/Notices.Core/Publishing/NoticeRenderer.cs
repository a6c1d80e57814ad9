using System.Text.RegularExpressions;
using Notices.Deliveries;
using Notices.Operation;
using Notices.Storage;
using Notices.Words;
using Scriban.Runtime;

namespace Notices.Publishing;

/// <summary>Writes notices in words. Safe for several threads; a template is parsed once.</summary>
/// <param name="registered">Null where every provider sends any text.</param>
/// <param name="drill">Every text says that it is a drill's.</param>
/// <param name="marks">Puts marks around values, for <see cref="TemplateExport"/>: nothing to be read by anybody.</param>
public sealed partial class NoticeRenderer(ITemplateSource source, RegisteredCheck? registered = null, bool marks = false, bool drill = false)
{
    /// <summary>What the alerting protocol recommends; a longer one is cut.</summary>
    private const int LongestHeadline = 160;

    private readonly TemplateEngine engine = new(source, marks ? IsValue : null);
    private readonly Phrases phrases = new(source);

    /// <summary>What an outage gives; not sentences of ours, nor what is filled in later.</summary>
    private static bool IsValue(string name) => name == "item" || (name is not ("place" or "accounts") && NoticeValues.Names.Contains(name, StringComparer.Ordinal));

    /// <summary>Takes up texts approved since; ask before a turn of writing.</summary>
    internal Task LookAsync(NoticesDb db, CancellationToken cancellationToken) => source is EditedTemplates edited ? edited.LookAsync(db, cancellationToken) : Task.CompletedTask;

    /// <summary>One text of a notice. Render once per round, language and medium; fill each recipient's marks with <see cref="PersonalText"/>.</summary>
    /// <returns>The text, or <c>template-value-missing</c> (a value the template uses is unknown or empty), <c>template-broken</c>, <c>template-missing</c>,
    /// or <c>text-has-link</c>.</returns>
    public Result<RenderedText> Render(NoticeFacts facts, string language, TemplateMedium medium)
    {
        var values = Values(facts, language, medium);
        var folder = $"{NoticeValues.Word(facts.Type)}/{language}/";
        var file = medium.FileName();
        // Words of an outage do not fit the withdrawal of an announcement.
        var own = facts.Kind is { } kind ? NoticeValues.Word(kind) : facts.Type == NoticeType.Announcement ? null : NoticeValues.Word(NoticeType.Announcement);
        string[] all = own is null ? [folder + file] : [$"{folder}{own}.{file}", folder + file];
        var path = all.FirstOrDefault(one => source.Find(one) is not null) ?? all[^1];
        var body = engine.Render(path, values);
        if (!body.Ok) return Result<RenderedText>.Refused(body.Problems);

        if (medium != TemplateMedium.Feed) return Finish(body.Value!, path, facts.Places, language, medium);

        var foot = engine.Render($"foot/{language}/feed.txt", values);

        return foot.Ok ? Finish(body.Value + "\n\n" + OneLine(foot.Value!, language), path, facts.Places, language, medium) : Result<RenderedText>.Refused(foot.Problems);
    }

    /// <summary>One message for a person whom several outages concern, listing all their windows: for <see cref="NoticeType.Initial"/>,
    /// <see cref="NoticeType.Changed"/> and <see cref="NoticeType.Reminder"/> notices of one organisation, as SMS, voice, e-mail or letter.</summary>
    public Result<RenderedText> RenderMerged(IReadOnlyList<NoticeFacts> facts, string language, TemplateMedium medium)
    {
        if (facts.Count == 1) return Render(facts[0], language, medium);

        var path = $"merged/{language}/{medium.FileName()}";
        if (facts.Count == 0 || facts.Any(one => one.Type is not (NoticeType.Initial or NoticeType.Changed or NoticeType.Reminder))) return new Problem("notices-not-mergeable", null, new { template = path });

        var values = Values(facts[0], language, medium);
        values["items"] = new ScriptArray(facts.OrderBy(one => one.Windows.Count > 0 ? one.Windows[0].StartsAt : one.StartedAt ?? one.PublishedAt).Select(one => Values(one, language, medium)));
        values["count"] = new WordForm(language, medium).Number(facts.Count);
        var body = engine.Render(path, values);

        if (!body.Ok) return Result<RenderedText>.Refused(body.Problems);

        var merged = Finish(body.Value!, path, [.. facts.SelectMany(one => one.Places).Distinct()], language, medium);
        // What no registered text says in one message is said in several.
        var unsaid = merged.Value is { } text ? Registered(text, facts).ToList() : [];

        return unsaid.Count == 0 ? merged : unsaid;
    }

    /// <summary>What a relay person is asked to pass on, as SMS or voice: the mark for the place stands for all their places.</summary>
    public Result<RenderedText> RenderRelay(NoticeFacts facts, string language, TemplateMedium medium)
    {
        var path = $"relay/{language}/{medium.FileName()}";
        var body = engine.Render(path, Values(facts, language, medium));

        return body.Ok ? Finish(body.Value!, path, facts.Places, language, medium) : Result<RenderedText>.Refused(body.Problems);
    }

    /// <summary>Everything that would keep a notice from being written in any language or medium; ask when a plan is submitted.</summary>
    public IReadOnlyList<Problem> Check(NoticeFacts facts) =>
        [.. Languages.All.SelectMany(language => TemplateMedia.All.Select(medium => Render(facts, language, medium))
            .Concat(facts.Kind is null ? [] : TemplateCheck.Relay.Select(medium => RenderRelay(facts, language, medium))))
            .SelectMany(text => text.Value is { } rendered ? Registered(rendered, [facts]) : text.Problems).Distinct()];

    /// <summary>The same, by the texts approved until now.</summary>
    internal async Task<IReadOnlyList<Problem>> CheckAsync(NoticesDb db, NoticeFacts facts, CancellationToken cancellationToken)
    {
        await LookAsync(db, cancellationToken);

        return Check(facts);
    }

    /// <summary>What keeps a provider of registered texts from sending a short message.</summary>
    internal IEnumerable<Problem> Registered(RenderedText text, IReadOnlyList<NoticeFacts> facts) => text.Medium is TemplateMedium.Sms or TemplateMedium.StormSms && registered is not null
        ? registered.Check(text.Language, text.Text, facts.SelectMany(one => one.Places).Select(place => place.In(text.Language)).DefaultIfEmpty("").MaxBy(name => name.Length))
        : [];

    private ScriptObject Values(NoticeFacts facts, string language, TemplateMedium medium) =>
        NoticeValues.Of(facts, language, medium, phrases.For(language, medium, facts.Kind));

    private Result<RenderedText> Finish(string rendered, string path, IReadOnlyList<PlaceFacts> places, string language, TemplateMedium medium)
    {
        var text = Tidy(rendered, language, medium);
        string? subject = null;
        if (medium.HasSubject())
        {
            var end = text.IndexOf('\n', StringComparison.Ordinal);
            (subject, text) = end < 0 ? (text, "") : (text[..end].Trim(), text[end..].Trim());
            if (subject.Length > LongestHeadline) subject = subject[..(LongestHeadline - 1)] + "…";
        }

        if (medium is not (TemplateMedium.EmailText or TemplateMedium.EmailHtml) && Link().Match(text + " " + subject) is { Success: true } link)
            return new Problem("text-has-link", null, new { template = path, link = link.Value });

        if (drill) (text, subject) = (Marked(text, language, medium), subject is null ? null : DrillMark.Line(subject, language));
        if (!medium.IsPersonal()) return new RenderedText(language, medium, text, subject, Reading: medium == TemplateMedium.Script ? ReadingTime.Of(text, language) : null);

        text = Marks(text, places, language, medium);
        try
        {
            var longest = places.Select(place => place.In(language)).DefaultIfEmpty("").MaxBy(name => name.Length);
            var filled = PersonalText.Fill(text, longest, "0000");

            return new RenderedText(
                language, medium, text, subject,
                medium is TemplateMedium.Sms or TemplateMedium.StormSms ? SmsText.Measure(filled) : null,
                medium == TemplateMedium.Voice ? ReadingTime.Of(filled, language) : null);
        }
        catch (FormatException error)
        {
            return new Problem("template-broken", null, new { template = path, line = 0, message = error.Message });
        }
    }

    private static string Marked(string text, string language, TemplateMedium medium) => medium switch
    {
        TemplateMedium.Sms or TemplateMedium.StormSms or TemplateMedium.Crawl => DrillMark.Line(text, language),
        TemplateMedium.EmailHtml => DrillMark.Html(text, language),
        TemplateMedium.Voice or TemplateMedium.Script => DrillMark.Text(text, language),
        // The foot stays a paragraph of its own.
        _ => DrillMark.Text($"\n{text}\n", language),
    };

    /// <summary>A mark carries all it needs to be filled long after: how to write the value, and what stands for an empty place.</summary>
    private static string Marks(string text, IReadOnlyList<PlaceFacts> places, string language, TemplateMedium medium)
    {
        var form = new WordForm(language, medium);
        var how = (language == Languages.English ? ".en" : "") + (medium.IsSpoken() ? ".spoken" : "") + (form.IsHtml ? ".html" : "");
        var fallback = form.Write(PlaceWords.Short(places, language, form)) ?? (language == Languages.English ? "your area" : "您所在区域");

        return text.Replace("⟦place⟧", $"⟦place{how}|{fallback}⟧", StringComparison.Ordinal).Replace("⟦accounts⟧", $"⟦accounts{how}⟧", StringComparison.Ordinal);
    }

    /// <summary>A message is one line, spoken text a sentence a line, a page paragraphs.</summary>
    private static string Tidy(string text, string language, TemplateMedium medium) => medium switch
    {
        TemplateMedium.Sms or TemplateMedium.StormSms or TemplateMedium.Crawl => OneLine(text, language),
        TemplateMedium.Voice => string.Join(Deliveries.SpokenText.Break, text.Split(VoicePart).Select(part => string.Join('\n', Lines(part).Where(line => line.Length > 0)))),
        TemplateMedium.Script => string.Join('\n', Lines(text).Where(line => line.Length > 0)),
        _ => BlankLines().Replace(string.Join('\n', Lines(text)), "\n\n").Trim(),
    };

    /// <summary>Between the parts of a spoken text, on a line of its own.</summary>
    internal const string VoicePart = "\n---\n";

    private static string OneLine(string text, string language) => string.Join(language == Languages.English ? " " : "", Lines(text).Where(line => line.Length > 0));

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Select(line => Spaces().Replace(line, " ").Trim());

    [GeneratedRegex("[ \\t\\r]+")]
    private static partial Regex Spaces();

    [GeneratedRegex("\\n{3,}")]
    private static partial Regex BlankLines();

    [GeneratedRegex("https?:|www\\.|\\b[a-z0-9-]+\\.(com|cn|net|org|gov|uk|au)\\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    internal static partial Regex Link();
}
