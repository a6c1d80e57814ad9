using Notices.Words;

namespace Notices.Publishing;

/// <summary>A text before it is sent, as one of those it is for would read it.</summary>
/// <param name="Seconds">How long it takes to read aloud.</param>
public sealed record PreviewText(string Language, TemplateMedium Medium, string? Subject, string Text, string? Encoding, int? Parts, double? Seconds);

/// <summary>Every text of a notice, with made-up personal values.</summary>
internal static class TextPreviews
{
    internal static Result<IReadOnlyList<PreviewText>> Of(NoticeRenderer renderer, NoticeFacts stated)
    {
        var texts = new List<PreviewText>();
        foreach (var language in Languages.All)
        {
            foreach (var medium in TemplateMedia.All)
            {
                var text = renderer.Render(stated, language, medium);
                if (text.Value is not { } rendered) return Result<IReadOnlyList<PreviewText>>.Refused(text.Problems);

                var body = medium.IsPersonal() ? PersonalText.Fill(rendered.Text, stated.Places.Count > 0 ? stated.Places[0].Name : null, "1234") : rendered.Text;
                texts.Add(new PreviewText(language, medium, rendered.Subject, body, rendered.Sms?.Encoding.ToString(), rendered.Sms?.Parts, rendered.Reading?.TotalSeconds));
            }
        }

        return texts;
    }
}
