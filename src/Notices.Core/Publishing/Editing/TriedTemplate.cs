namespace Notices.Publishing;

/// <summary>The texts in force with one of them replaced, for looking at what would be.</summary>
internal sealed class TriedTemplate(ITemplateSource source, string path, string text) : ITemplateSource
{
    public string? Find(string asked) => asked == path ? text : source.Find(asked);
}
