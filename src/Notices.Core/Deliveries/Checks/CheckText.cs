using Notices.Publishing;
using Notices.Words;

namespace Notices.Deliveries;

/// <summary>What a test message says: that it is one, in both languages.</summary>
internal static class CheckText
{
    /// <summary>What it is called where texts are registered.</summary>
    internal const string Notice = "check";

    /// <param name="signature">Whose message it is.</param>
    /// <param name="number">Tells this one from others; also in the record.</param>
    internal static (string? Subject, string Body) Of(Medium medium, string signature, string number, string language)
    {
        var values = new { signature, number };

        return medium switch
        {
            Medium.Email => (Sentences.Label("check-subject", values, language), Sentences.Label("check-text", values, language)),
            Medium.Voice => (null, Sentences.Label("check-call", values, language)),
            _ => (null, Sentences.Label("check-text", values, language)),
        };
    }

    /// <summary>With marks, as a provider of registered texts has to know it.</summary>
    internal static RenderedText ToRegister(string language)
    {
        static string Marked(string name, string value) => $"{TemplateEngine.MarkOpen}{name}{TemplateEngine.MarkMiddle}{value}{TemplateEngine.MarkClose}";
        var signature = language == Languages.English ? "JX Power" : "城关供电所";

        return new RenderedText(language, TemplateMedium.Sms, Of(Medium.Sms, Marked("signature", signature), Marked("number", "1024"), language).Body);
    }
}
