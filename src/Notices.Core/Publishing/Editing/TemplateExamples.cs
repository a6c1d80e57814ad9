using Notices.Outages;

namespace Notices.Publishing;

/// <summary>A made-up notice a template is tried with.</summary>
/// <param name="Name">Stable: the notice's word, its kind's, and what is particular about it.</param>
public sealed record TemplateExample(string Name, NoticeType Type, OutageKind? Kind, string Variant)
{
    internal IReadOnlyList<NoticeFacts> Facts { get; init; } = [];
}

/// <summary>The made-up notices that may be written by a template.</summary>
internal static class TemplateExamples
{
    internal const string Plain = "plain";

    private static readonly IReadOnlyList<TemplateExample> OfOutages =
        [.. ExampleNotices.Named().Select(one => Make(one.Facts.Type, one.Facts.Kind, one.Variant, one.Facts))];

    private static readonly IReadOnlyList<TemplateExample> Announcements = [.. ExampleNotices.Announcements().Select(facts => Make(facts.Type, null, Plain, facts))];

    private static readonly TemplateExample Meeting = Make(NoticeType.Initial, ExampleNotices.Meeting()[0].Kind, "meeting", [.. ExampleNotices.Meeting()]);

    /// <summary>Those a path may be asked for; not every one fits, as a kind may have a text of its own and some never happen.</summary>
    internal static IEnumerable<TemplateExample> Of(TemplatePath path) => path.Folder switch
    {
        TemplatePath.Merged => [Meeting],
        TemplatePath.Relay => OfOutages,
        TemplatePath.Foot or TemplatePath.Phrases => OfOutages.Concat(Announcements),
        _ => OfOutages.Concat(Announcements).Where(one => NoticeValues.Word(one.Type) == path.Folder && (path.Kind is null || path.Kind == Own(one))),
    };

    /// <summary>Whose text of its own goes before the general one.</summary>
    internal static string Own(TemplateExample example) => example.Kind is { } kind ? NoticeValues.Word(kind) : NoticeValues.Word(NoticeType.Announcement);

    private static TemplateExample Make(NoticeType type, OutageKind? kind, string variant, params NoticeFacts[] facts) =>
        new($"{NoticeValues.Word(type)}/{(kind is { } known ? NoticeValues.Word(known) : NoticeValues.Word(NoticeType.Announcement))}/{variant}", type, kind, variant) { Facts = facts };
}
