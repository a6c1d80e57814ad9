using Notices.Outages;
using Notices.Shared;
using Notices.Words;

namespace Notices.Publishing;

/// <summary>What templates are called.</summary>
internal static class TemplateWords
{
    internal static string Notice(this ConsoleFrame frame, TemplatePath path) => path.Type is { } type ? frame.Say(type) : frame.Say("template-" + path.Folder);

    /// <summary>Empty for one that is written for every kind.</summary>
    internal static string Kind(this ConsoleFrame frame, TemplatePath path) => path.OutageKind is { } kind ? frame.Say(kind) : path.Kind is null ? "" : frame.Say(NoticeType.Announcement);

    internal static string Language(this ConsoleFrame frame, string language) => frame.Say(language == Languages.English ? "language-en" : "language-zh");

    internal static string Title(this ConsoleFrame frame, TemplatePath path) =>
        string.Join(" · ", new[] { frame.Notice(path), frame.Kind(path), path.Medium is { } medium ? frame.Say(medium) : "", frame.Language(path.Language) }.Where(word => word.Length > 0));

    internal static string Example(this ConsoleFrame frame, TemplateExample example) =>
        string.Join(" · ", frame.Say(example.Type), example.Kind is { } kind ? frame.Say(kind) : frame.Say(NoticeType.Announcement), frame.Say("example-" + example.Variant));
}
