namespace Notices.Publishing;

/// <summary>Writes notices in words. Safe for several threads; a template is parsed once.</summary>
public sealed class NoticeRenderer(ITemplateSource source)
{
    private readonly TemplateEngine engine = new(source);

    /// <summary>One text of a notice. Render once per round, language and medium; fill each recipient's marks with <see cref="PersonalText"/>.</summary>
    /// <returns>The text, or <c>template-value-missing</c> (a value the template uses is unknown or empty), <c>template-broken</c>, <c>template-missing</c>,
    /// <c>text-has-link</c> or <c>text-too-long</c>.</returns>
    public Result<RenderedText> Render(NoticeFacts facts, string language, TemplateMedium medium) => throw new NotSupportedException();

    /// <summary>One message for a person whom several outages concern, listing all their windows: for <see cref="NoticeType.Initial"/>,
    /// <see cref="NoticeType.Changed"/> and <see cref="NoticeType.Reminder"/> notices of one organisation, as SMS, voice or e-mail.</summary>
    public Result<RenderedText> RenderMerged(IReadOnlyList<NoticeFacts> facts, string language, TemplateMedium medium) => throw new NotSupportedException();

    /// <summary>Everything that would keep a notice from being written in any language or medium; ask when a plan is submitted.</summary>
    public IReadOnlyList<Problem> Check(NoticeFacts facts) => throw new NotSupportedException();
}
