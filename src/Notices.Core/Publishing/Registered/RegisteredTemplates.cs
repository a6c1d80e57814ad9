using System.Globalization;
using System.Text.Json;
using Notices.Deliveries;
using Notices.Outages;
using Notices.Words;

namespace Notices.Publishing;

/// <summary>A message as a platform of registered texts takes it.</summary>
/// <param name="Id">Of the registered text.</param>
/// <param name="Variables">Names and values, in order.</param>
public sealed record RegisteredMessage(string Id, IReadOnlyList<KeyValuePair<string, string>> Variables);

/// <summary>The texts registered at one provider: <c>config/registered/NAME.json</c>.</summary>
public sealed class RegisteredTemplates
{
    /// <summary>What stands in <c>notice</c> besides the words of notices.</summary>
    internal static readonly IReadOnlyList<string> Others = ["merged", "relay", CheckText.Notice];

    private readonly Dictionary<string, RegisteredTemplate[]> _byLanguage;

    private RegisteredTemplates(RegisteredLimits limits, IReadOnlyList<string> languages, IReadOnlyList<RegisteredTemplate> all)
    {
        (Limits, Languages, All) = (limits, languages, all);
        // The more words are fixed the less is left to chance.
        _byLanguage = all.GroupBy(template => template.Language, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.OrderByDescending(template => template.Fixed).ToArray(), StringComparer.Ordinal);
    }

    public RegisteredLimits Limits { get; }

    /// <summary>In which every notice must be expressible.</summary>
    public IReadOnlyList<string> Languages { get; }

    public IReadOnlyList<RegisteredTemplate> All { get; }

    /// <summary>Reads and checks them.</summary>
    /// <returns>The texts, or everything that is wrong at once; a problem's field is file and place.</returns>
    public static Result<RegisteredTemplates> Load(string home, string name, RegisteredLimits limits)
    {
        var file = $"config/registered/{name}.json";
        var path = Path.Combine(home, "config", "registered", name + ".json");
        if (name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_')) || !File.Exists(path)) return new Problem("registered-file-missing", file, new { file }, ProblemKind.NotFound);

        try
        {
            var read = JsonSerializer.Deserialize<RegisteredFile>(File.ReadAllBytes(path), Strict);

            return read is null ? new Problem("registered-file-broken", file, new { file, message = "null" }, ProblemKind.Unreadable) : Of(read, file, limits);
        }
        catch (JsonException broken)
        {
            return new Problem("registered-file-broken", file, new { file, message = broken.Message }, ProblemKind.Unreadable);
        }
    }

    /// <summary>The body as a registered text and its values; null where no text says it.</summary>
    public RegisteredMessage? Match(string language, string body) => Match(language, body, Limits.LongestVariable);

    internal RegisteredMessage? Match(string language, string body, int longest)
    {
        var bare = Limits.Bare(body);
        foreach (var template in _byLanguage.GetValueOrDefault(language) ?? [])
        {
            if (template.Match(bare, longest) is { } values) return new RegisteredMessage(template.Id, [.. template.Variables.Zip(values, KeyValuePair.Create)]);
        }

        return null;
    }

    private static readonly JsonSerializerOptions Strict = Json.Configure(new JsonSerializerOptions
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
    });

    private static Result<RegisteredTemplates> Of(RegisteredFile read, string file, RegisteredLimits limits)
    {
        var (problems, all) = (new List<Problem>(), new List<RegisteredTemplate>());
        var notices = Enum.GetValues<NoticeType>().Select(NoticeValues.Word).Concat(Others).ToList();
        var kinds = Enum.GetValues<OutageKind>().Select(NoticeValues.Word).ToList();
        void Choose(string where, string? value, IReadOnlyList<string> allowed)
        {
            if (value is null || !allowed.Contains(value, StringComparer.Ordinal)) problems.Add(new Problem("registered-value-wrong", where, new { value, allowed = string.Join(", ", allowed) }));
        }

        foreach (var language in read.Languages ?? []) Choose($"{file}: languages", language, Words.Languages.All);
        for (var i = 0; i < (read.Templates?.Count ?? 0); i++)
        {
            var (entry, where) = (read.Templates![i], string.Create(CultureInfo.InvariantCulture, $"{file}: templates[{i}]"));
            Choose(where + ".notice", entry.Notice, notices);
            if (entry.Kind is not null) Choose(where + ".kind", entry.Kind, kinds);
            Choose(where + ".language", entry.Language, Words.Languages.All);
            if (string.IsNullOrWhiteSpace(entry.Id)) problems.Add(new Problem("registered-id-missing", where + ".id"));
            problems.AddRange(limits.Check(entry.Text, where + ".text"));
            var (literals, names) = limits.TakeApart(entry.Text);
            if (all.Find(other => other.Language == entry.Language && other.Literals.SequenceEqual(literals)) is { } same) problems.Add(new Problem("registered-text-twice", where + ".text", new { other = same.Id }));
            if (entry.Variables is not null && !entry.Variables.SequenceEqual(names)) problems.Add(new Problem("registered-variables-differ", where + ".variables", new { variables = string.Join(", ", names) }));
            all.Add(new RegisteredTemplate(entry.Notice, entry.Kind, entry.Language, entry.Id, entry.Text, literals, names));
        }

        for (var i = 0; i < all.Count; i++)
        {
            if (read.Templates![i].Example is { } example && all[i].Match(limits.Bare(example), limits.LongestVariable) is null)
                problems.Add(new Problem("registered-example-differs", string.Create(CultureInfo.InvariantCulture, $"{file}: templates[{i}].example"), new { limit = limits.LongestVariable }));
        }

        if (all.Count == 0) problems.Add(new Problem("registered-none", file));

        return problems.Count > 0 ? problems : new RegisteredTemplates(limits, read.Languages is { Count: > 0 } languages ? languages : Words.Languages.All, all);
    }

    private sealed record RegisteredFile(IReadOnlyList<string>? Languages = null, IReadOnlyList<RegisteredEntry>? Templates = null);

    /// <param name="Name">From the export; for people.</param>
    /// <param name="Variables">From the export; where given, they must be those of the text.</param>
    /// <param name="Example">From the export; where given, it must be what the text says.</param>
    private sealed record RegisteredEntry(string Notice, string Language, string Id, string Text, string? Kind = null, string? Name = null, IReadOnlyList<string>? Variables = null, string? Example = null);
}
