using Notices.Deliveries;
using Notices.Publishing;

namespace Notices.Audience;

/// <summary>A round's text in one language and medium, with its personal marks still in it.</summary>
internal static class RoundTexts
{
    /// <param name="variant">Of <see cref="RoundText"/>: the ordinary text, the storm text or the relay persons'.</param>
    internal static Result<RoundText> Render(NoticeRenderer renderer, NoticeFacts facts, string language, Medium medium, string variant = "")
    {
        var text = Make(language, medium, form => variant switch
        {
            RoundText.Relay => renderer.RenderRelay(facts, language, form),
            RoundText.Storm => renderer.Render(facts, language, TemplateMedium.StormSms),
            _ => renderer.Render(facts, language, form),
        });
        if (text.Ok) text.Value!.Variant = variant;

        return text;
    }

    internal static Result<RoundText> RenderMerged(NoticeRenderer renderer, IReadOnlyList<NoticeFacts> facts, string language, Medium medium) =>
        Make(language, medium, form => renderer.RenderMerged(facts, language, form));

    private static Result<RoundText> Make(string language, Medium medium, Func<TemplateMedium, Result<RenderedText>> render)
    {
        var body = render(medium switch
        {
            Medium.Sms => TemplateMedium.Sms,
            Medium.Voice => TemplateMedium.Voice,
            Medium.Paper => TemplateMedium.Paper,
            _ => TemplateMedium.EmailText,
        });
        if (!body.Ok) return Result<RoundText>.Refused(body.Problems);

        var html = medium == Medium.Email ? render(TemplateMedium.EmailHtml) : null;
        if (html is { Ok: false }) return Result<RoundText>.Refused(html.Problems);

        return new RoundText { Language = language, Medium = medium, Subject = body.Value!.Subject, Body = body.Value.Text, Html = html?.Value?.Text };
    }
}
