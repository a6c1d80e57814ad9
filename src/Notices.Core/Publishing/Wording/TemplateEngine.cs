namespace Notices.Publishing;

internal sealed class TemplateEngine(ITemplateSource source)
{
    public ITemplateSource Source { get; } = source;
}
