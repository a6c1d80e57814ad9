using System.Text;
using System.Text.Json;
using Notices.Words;

namespace Notices.Replies;

/// <summary>What a reply was read as.</summary>
/// <param name="Language">Of the keyword; null where it is one of several languages, or there is none.</param>
/// <param name="Account">The account asked about, as written but for width, case and spaces.</param>
internal readonly record struct Meaning(ReplyKind Kind, string? Language = null, string? Account = null)
{
    /// <summary>It ended a subscription of somebody who is no customer.</summary>
    internal bool OfSubscription { get; init; }
}

/// <summary>The words replies are read by, a list a language (<c>config/keywords.json</c>). Full and half width, case, spaces and signs at the ends make no difference.</summary>
public sealed class KeywordBook
{
    private const int LongestAccount = 32;

    /// <summary>What the file calls each.</summary>
    private static readonly IReadOnlyDictionary<string, ReplyKind> Names = new Dictionary<string, ReplyKind>(StringComparer.Ordinal)
    {
        ["acknowledge"] = ReplyKind.Acknowledge,
        ["stop"] = ReplyKind.Stop,
        ["start"] = ReplyKind.Start,
        ["status"] = ReplyKind.Status,
        ["not-me"] = ReplyKind.NotMe,
        ["still-out"] = ReplyKind.StillOut,
    };

    private readonly Dictionary<string, (ReplyKind Kind, string? Language)> _words = new(StringComparer.Ordinal);

    /// <summary>Words after which an account may stand, the longest first.</summary>
    private readonly List<string> _status;

    private KeywordBook(Dictionary<string, Dictionary<string, List<string>>> file, string path)
    {
        var faults = new List<string>();
        foreach (var name in file.Keys.Where(name => !Names.ContainsKey(name))) faults.Add($"{path}: \"{name}\" is no meaning; they are {string.Join(", ", Names.Keys)}.");
        foreach (var (name, kind) in Names)
        {
            var languages = file.GetValueOrDefault(name) ?? [];
            foreach (var unknown in languages.Keys.Except(Languages.All, StringComparer.Ordinal)) faults.Add($"{path}: {name} has the language \"{unknown}\"; they are {string.Join(", ", Languages.All)}.");
            foreach (var language in Languages.All)
            {
                if (languages.GetValueOrDefault(language) is not { Count: > 0 } words) faults.Add($"{path}: {name} has no word for {language}; it needs one at least.");
                else words.ForEach(word => Add(word, kind, language, $"{path}: {name}, {language}", faults));
            }
        }

        if (faults.Count > 0) throw new SettingsException(faults);

        _status = [.. _words.Where(word => word.Value.Kind == ReplyKind.Status).Select(word => word.Key).OrderByDescending(word => word.Length)];
    }

    /// <summary>Reads the file below a home folder.</summary>
    /// <exception cref="SettingsException">With everything that is wrong with it.</exception>
    public static KeywordBook Load(string home)
    {
        var file = Path.Combine(home, "config", "keywords.json");
        try
        {
            return new KeywordBook(JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, List<string>>>>(File.ReadAllText(file), Json.Stored) ?? [], "config/keywords.json");
        }
        catch (Exception error) when (error is JsonException or IOException)
        {
            throw new SettingsException([$"{file} cannot be read: {error.Message}"]);
        }
    }

    internal Meaning Read(string? body)
    {
        var text = Normal(body ?? "");
        if (_words.TryGetValue(text, out var known)) return new Meaning(known.Kind, known.Language);

        foreach (var word in _status)
        {
            if (text.StartsWith(word, StringComparison.Ordinal) && text[word.Length..].TrimStart(':', '#', '-', ',') is var account && IsAccount(account)) return new Meaning(ReplyKind.Status, _words[word].Language, account);
        }

        return new Meaning(ReplyKind.Other);
    }

    private void Add(string word, ReplyKind kind, string language, string where, List<string> faults)
    {
        var text = Normal(word);
        if (text.Length == 0) faults.Add($"{where} has an empty word; it must have a letter or digit.");
        else if (!_words.TryGetValue(text, out var known)) _words[text] = (kind, language);
        else if (known.Kind != kind) faults.Add($"{where}: \"{word}\" also means {Names.First(name => name.Value == known.Kind).Key}; a word has one meaning.");
        else if (known.Language != language) _words[text] = (kind, null);
    }

    /// <summary>Compatibility forms (full width) become plain ones, capitals all, white space nothing; signs at the ends go.</summary>
    private static string Normal(string text)
    {
        if (text.Length > 2000) text = text[..2000];
        // Halves of characters, which cannot be normalised, become the sign for an unknown one.
        text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        if (!text.IsNormalized(NormalizationForm.FormKC)) text = text.Normalize(NormalizationForm.FormKC);

        return new string([.. text.Where(letter => !char.IsWhiteSpace(letter) && !char.IsControl(letter) && letter is not ('\u200B' or '\uFEFF'))]).ToUpperInvariant()
            .Trim('.', ',', '!', '?', ':', ';', '"', '\'', '。', '、', '“', '”', '‘', '’', '「', '」', '【', '】', '[', ']', '(', ')', '<', '>', '~', '*', '-');
    }

    private static bool IsAccount(string text) => text.Length is > 0 and <= LongestAccount && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-') && text.Any(char.IsAsciiDigit);
}
