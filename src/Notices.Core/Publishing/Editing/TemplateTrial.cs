using Notices.Operation;

namespace Notices.Publishing;

/// <summary>One text as somebody would read or hear it.</summary>
/// <param name="Sms">For the two SMS media, filled with the longest place.</param>
/// <param name="Reading">For voice and script.</param>
public sealed record TemplateReading(TemplateMedium Medium, string? Subject, string Text, Deliveries.SmsSize? Sms, TimeSpan? Reading);

/// <summary>Tries a text in a template's place: what it would read like, and everything that would keep a notice from being written with it.</summary>
public sealed class TemplateTrial(TemplateFiles files, EditedTemplates current, RegisteredCheck registered, OperationOptions operation)
{
    /// <summary>Characters. The longest shipped text has a fifth of it.</summary>
    public const int LongestText = 20_000;

    /// <summary>An account's last digits, where nobody's are known.</summary>
    private const string Account = "0000";

    /// <summary>The same as at start, and the text written for every example: parsing, names, the parts of a call, values, marks, links, registered texts.</summary>
    /// <returns>All of it at once; empty: it may go out.</returns>
    public IReadOnlyList<Problem> Check(TemplatePath path, string text)
    {
        var problems = Shape(path, text).ToList();
        if (problems.Count > 0) return problems;

        var texts = files.Paths.Concat(TemplatePath.All.Select(one => one.Path)).Distinct(StringComparer.Ordinal).Select(one => (Path: one, Text: one == path.Path ? text : current.Find(one)))
            .Where(one => one.Text is not null).ToDictionary(one => one.Path, one => one.Text!, StringComparer.Ordinal);
        // The phrases give names to every template of their language.
        problems.AddRange(TemplateCheck.Run("", texts).Where(problem => path.Medium is null || TemplateOf(problem) == path.Path));

        return problems.Count > 0 ? problems : [.. Written(path, text).Concat(Literal(path, text)).DistinctBy(Once)];
    }

    /// <summary>How a template reads with an example, or with the facts of a real outage.</summary>
    /// <returns>One reading; of the phrases one a medium. Or what keeps it from being written.</returns>
    public Result<IReadOnlyList<TemplateReading>> Read(TemplatePath path, string text, IReadOnlyList<NoticeFacts> facts)
    {
        var shape = Shape(path, text).ToList();
        if (shape.Count > 0) return Result<IReadOnlyList<TemplateReading>>.Refused(shape);

        var renderer = Renderer(new TriedTemplate(current, path.Path, text), true);
        var written = Media(path).Select(medium => Write(renderer, path, facts, medium)).ToList();
        var problems = written.SelectMany(one => one.Problems).Distinct().ToList();

        return problems.Count > 0
            ? Result<IReadOnlyList<TemplateReading>>.Refused(problems)
            : Result<IReadOnlyList<TemplateReading>>.Of(written.ConvertAll(one => Reading(one.Value!, facts)));
    }

    /// <summary>The examples that are written by this template: not those whose kind has a text of its own, nor those that never happen.</summary>
    public IReadOnlyList<TemplateExample> Examples(TemplatePath path)
    {
        var shipped = Renderer(files, false);

        return [.. TemplateExamples.Of(path).Where(one => Uses(path, one) && Media(path).Any(medium => Write(shipped, path, one.Facts, medium).Ok))];
    }

    private bool Uses(TemplatePath path, TemplateExample example) =>
        path is { Kind: not null } or { Medium: null } or { Folder: TemplatePath.Merged or TemplatePath.Relay or TemplatePath.Foot }
        || current.Find($"{path.Folder}/{path.Language}/{TemplateExamples.Own(example)}.{path.Medium.Value.FileName()}") is null;

    private static IEnumerable<Problem> Shape(TemplatePath path, string text)
    {
        if (string.IsNullOrWhiteSpace(text)) yield return new Problem("template-empty", "text");
        if (text.Length > LongestText) yield return new Problem("template-too-long", "text", new { length = text.Length, limit = LongestText });
        foreach (var (i, line) in text.Split('\n').Index())
        {
            if (line.Any(letter => char.IsControl(letter) && letter != '\t')) yield return new Problem("template-control-character", "text", new { line = i + 1 });
            if (path.Medium is null && line.Trim() is { Length: > 0 } phrase && phrase[0] != '#' && phrase.IndexOf(": ", StringComparison.Ordinal) <= 0)
                yield return new Problem("template-phrase-unreadable", "text", new { line = i + 1 });
        }
    }

    /// <summary>What is wrong with it in an example that the shipped text writes; others are cases that never happen.</summary>
    private IEnumerable<Problem> Written(TemplatePath path, string text)
    {
        var (shipped, tried) = (Renderer(files, false), Renderer(new TriedTemplate(current, path.Path, text), true));
        foreach (var example in TemplateExamples.Of(path).Where(one => Uses(path, one)))
        {
            foreach (var medium in Media(path).Where(medium => Write(shipped, path, example.Facts, medium).Ok))
            {
                var written = Write(tried, path, example.Facts, medium);
                if (written.Value is not { } reading)
                {
                    foreach (var problem in written.Problems) yield return problem;
                    continue;
                }

                foreach (var problem in tried.Registered(reading, example.Facts)) yield return problem;
                if (!medium.IsPersonal() && reading.Text.AsSpan().IndexOfAny('⟦', '⟧') >= 0) yield return new Problem("template-mark-public", "text", new { template = path.Path });
            }
        }
    }

    /// <summary>A link in a branch no example takes.</summary>
    private static IEnumerable<Problem> Literal(TemplatePath path, string text) =>
        path.Medium is not (null or TemplateMedium.EmailText or TemplateMedium.EmailHtml) && NoticeRenderer.Link().Match(text) is { Success: true } link
            ? [new Problem("text-has-link", null, new { template = path.Path, link = link.Value })]
            : [];

    private static IEnumerable<TemplateMedium> Media(TemplatePath path) => path switch
    {
        { Medium: { } medium } => [medium],
        _ => TemplateMedia.All,
    };

    private static Result<RenderedText> Write(NoticeRenderer renderer, TemplatePath path, IReadOnlyList<NoticeFacts> facts, TemplateMedium medium) => path.Folder switch
    {
        TemplatePath.Merged => renderer.RenderMerged(facts, path.Language, medium),
        TemplatePath.Relay => renderer.RenderRelay(facts[0], path.Language, medium),
        _ => renderer.Render(facts[0], path.Language, medium),
    };

    private static TemplateReading Reading(RenderedText text, IReadOnlyList<NoticeFacts> facts)
    {
        var place = facts.SelectMany(one => one.Places).Select(one => one.In(text.Language)).DefaultIfEmpty("").MaxBy(name => name.Length);

        return new TemplateReading(text.Medium, text.Subject, text.Medium.IsPersonal() ? PersonalText.Fill(text.Text, place, Account) : text.Text, text.Sms, text.Reading);
    }

    private NoticeRenderer Renderer(ITemplateSource source, bool checks) => new(source, checks ? registered : null, drill: operation.IsDrill);

    /// <summary>The path a problem names; null where it names none.</summary>
    internal static string? TemplateOf(Problem problem) => problem.Value("template") as string;

    /// <summary>A text that is not registered is told once, though every example reads differently.</summary>
    private static object Once(Problem problem) => problem.Code is "text-not-registered" or "text-variable-too-long" ? problem.Code : problem;
}
