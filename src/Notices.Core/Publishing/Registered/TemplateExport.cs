using System.Globalization;
using System.Text;
using Notices.Deliveries;
using Notices.Words;

namespace Notices.Publishing;

/// <summary>One text to register.</summary>
/// <param name="Name">Unique and stable while the templates stay.</param>
/// <param name="Variables">Their names, in order.</param>
/// <param name="Example">What somebody would read.</param>
/// <param name="Problems">Why the platform will not take it as it is.</param>
public sealed record ExportedTemplate(string Name, string Notice, string? Kind, string Language, string Text, IReadOnlyList<string> Variables, string Example, IReadOnlyList<Problem> Problems);

/// <summary>What has to be registered so that a platform of registered texts can send our short messages: each template rendered with marks around its values, in every shape it may take.</summary>
/// <remarks>The same template writes the message and what is registered: the values' marks are found again in the rendered text, so nothing has to be kept in step by hand.</remarks>
public sealed class TemplateExport(ITemplateSource source)
{
    private readonly NoticeRenderer _renderer = new(source, null, marks: true);

    public IReadOnlyList<ExportedTemplate> Make(RegisteredLimits limits, IReadOnlyCollection<string> languages)
    {
        var (all, known) = (new List<ExportedTemplate>(), new HashSet<(string, string)>());
        foreach (var language in languages)
        {
            foreach (var facts in ExampleNotices.All())
            {
                foreach (var medium in (TemplateMedium[])[TemplateMedium.Sms, TemplateMedium.StormSms])
                    Add(NoticeValues.Word(facts.Type), NoticeValues.Word(facts.Kind!.Value), language, medium, _renderer.Render(facts, language, medium));
                Add("relay", NoticeValues.Word(facts.Kind!.Value), language, TemplateMedium.Sms, _renderer.RenderRelay(facts, language, TemplateMedium.Sms));
            }

            Add(CheckText.Notice, null, language, TemplateMedium.Sms, CheckText.ToRegister(language));
            Add("merged", null, language, TemplateMedium.Sms, _renderer.RenderMerged(ExampleNotices.Meeting(), language, TemplateMedium.Sms));
        }

        return all;

        void Add(string notice, string? kind, string language, TemplateMedium medium, Result<RenderedText> rendered)
        {
            // A variant a notice never has lacks a value, and is none.
            if (rendered.Value is not { } text) return;

            var personal = PersonalText.Parse(text.Text);
            var place = Marked("place", language == Languages.English ? "Dongjie" : "城关镇东街村");
            foreach (var body in new[] { personal.Fill(place, Marked("accounts", "0123")), personal.Fill(place, null), personal.Fill(place, Marked("accounts", "0123"), true), personal.Fill(place, null, true) })
            {
                var (registered, names, example) = Write(limits.Bare(body), limits);
                if (!known.Add((language, Shape(registered, limits)))) continue;

                var name = string.Create(CultureInfo.InvariantCulture, $"{notice}-{(kind is null ? "" : kind + "-")}{(medium == TemplateMedium.StormSms ? "storm-" : "")}{language}-{all.Count + 1}");
                all.Add(new ExportedTemplate(name, notice, kind, language, registered, names, example, limits.Check(registered)));
            }
        }
    }

    /// <summary>Two texts that differ in the names of their variables are one.</summary>
    private static string Shape(string registered, RegisteredLimits limits) => string.Join('\0', limits.TakeApart(registered).Literals);

    private static string Marked(string name, string value) => $"{TemplateEngine.MarkOpen}{name}{TemplateEngine.MarkMiddle}{value}{TemplateEngine.MarkClose}";

    private static (string Registered, IReadOnlyList<string> Names, string Example) Write(string marked, RegisteredLimits limits)
    {
        var (registered, example, names) = (new StringBuilder(), new StringBuilder(), new List<string>());
        var behindVariable = false;
        for (var at = 0; at < marked.Length;)
        {
            var open = marked.IndexOf(TemplateEngine.MarkOpen, at);
            var literal = open < 0 ? marked[at..] : marked[at..open];
            if (literal.Length > 0) behindVariable = false;
            registered.Append(literal);
            example.Append(literal);
            if (open < 0) break;

            var (middle, close) = (marked.IndexOf(TemplateEngine.MarkMiddle, open), marked.IndexOf(TemplateEngine.MarkClose, open));
            example.Append(marked, middle + 1, close - middle - 1);
            // Two that would stand side by side are one.
            if (!behindVariable || limits.Adjacent)
            {
                var name = Name(marked[(open + 1)..middle], names);
                names.Add(name);
                registered.Append(limits.Write(name, names.Count));
            }

            behindVariable = true;
            at = close + 1;
        }

        return (registered.ToString(), names, example.ToString());
    }

    private static string Name(string expression, List<string> taken)
    {
        var plain = string.Concat(expression.Where(char.IsAsciiLetterOrDigit));
        var name = plain.Length == 0 ? "value" : plain;
        for (var number = 2; taken.Contains(name, StringComparer.Ordinal); number++) name = string.Create(CultureInfo.InvariantCulture, $"{plain}{number}");

        return name;
    }
}
