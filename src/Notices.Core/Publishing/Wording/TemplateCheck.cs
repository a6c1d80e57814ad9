using Notices.Outages;
using Notices.Words;

namespace Notices.Publishing;

/// <summary>What must stand below <c>templates/</c>, and what may.</summary>
internal static class TemplateCheck
{
    /// <summary>The media one person's merged message is written in.</summary>
    public static readonly IReadOnlyList<TemplateMedium> Merged = [TemplateMedium.Sms, TemplateMedium.Voice, TemplateMedium.EmailText, TemplateMedium.EmailHtml, TemplateMedium.Paper];

    /// <summary>The media a relay person is asked in.</summary>
    public static readonly IReadOnlyList<TemplateMedium> Relay = [TemplateMedium.Sms, TemplateMedium.Voice];

    public static IReadOnlyList<Problem> Run(string folder, IReadOnlyDictionary<string, string> texts)
    {
        var required = Required().ToHashSet(StringComparer.Ordinal);
        var optional = Overrides().ToHashSet(StringComparer.Ordinal);
        var problems = required.Where(path => !texts.ContainsKey(path)).Select(path => new Problem("template-missing", null, new { template = Path.Combine(folder, path) })).ToList();
        foreach (var (path, text) in texts.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            if (path == "README.md") continue;

            if (!required.Contains(path) && !optional.Contains(path)) problems.Add(new Problem("template-unknown", null, new { template = Path.Combine(folder, path) }));
            else if (!path.StartsWith("phrases/", StringComparison.Ordinal))
            {
                problems.AddRange(TemplateEngine.Check(path, text, Names(texts, path.Split('/')[1])));
                if (path.EndsWith(TemplateMedium.Voice.FileName(), StringComparison.Ordinal) && text.Split(NoticeRenderer.VoicePart).Length is var parts and not Deliveries.SpokenText.Parts)
                    problems.Add(new Problem("template-voice-parts", null, new { template = Path.Combine(folder, path), parts }));
            }
        }

        return problems;
    }

    /// <summary>Every file the service may ask for without a kind.</summary>
    public static IEnumerable<string> Required()
    {
        foreach (var language in Languages.All)
        {
            yield return Phrases.Path(language);
            yield return $"foot/{language}/feed.txt";
            foreach (var medium in Merged) yield return $"merged/{language}/{medium.FileName()}";
            foreach (var medium in Relay) yield return $"relay/{language}/{medium.FileName()}";
            foreach (var type in Enum.GetValues<NoticeType>())
            {
                foreach (var medium in TemplateMedia.All) yield return $"{NoticeValues.Word(type)}/{language}/{medium.FileName()}";
            }

            // The withdrawal of an announcement.
            foreach (var medium in TemplateMedia.All) yield return $"{NoticeValues.Word(NoticeType.Cancelled)}/{language}/{NoticeValues.Word(NoticeType.Announcement)}.{medium.FileName()}";
        }
    }

    /// <summary>The same for one kind; an announcement has none, an emergency and a fault have no reminder.</summary>
    public static IEnumerable<string> Overrides() =>
        from language in Languages.All
        from type in Enum.GetValues<NoticeType>()
        where type != NoticeType.Announcement
        from kind in Enum.GetValues<OutageKind>()
        where type != NoticeType.Reminder || kind is not (OutageKind.Emergency or OutageKind.Fault)
        from medium in TemplateMedia.All
        select $"{NoticeValues.Word(type)}/{language}/{NoticeValues.Word(kind)}.{medium.FileName()}";

    private static HashSet<string> Names(IReadOnlyDictionary<string, string> texts, string language) =>
        [.. NoticeValues.Names, .. Phrases.Names(texts.GetValueOrDefault(Phrases.Path(language)) ?? "")];
}
