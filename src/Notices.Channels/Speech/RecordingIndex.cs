using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Notices.Words;

namespace Notices.Channels.Speech;

/// <summary>A piece of a text: a recording, or a pause where <paramref name="File"/> is null.</summary>
internal sealed record SpeechPiece(string? File, bool IsLong = false);

/// <summary>How recordings cover a text.</summary>
/// <param name="Pieces">In order.</param>
/// <param name="Missing">What none covers; then nothing of it is used.</param>
internal sealed record SpeechCover(IReadOnlyList<SpeechPiece> Pieces, IReadOnlyList<string> Missing);

/// <summary>The recordings of one language: <c>index.csv</c> names a text and a file a line.</summary>
internal sealed class RecordingIndex
{
    /// <summary>More than any number of recordings may cost: a letter nobody recorded.</summary>
    private const int Uncovered = 100_000;

    private readonly Dictionary<string, string> _files;
    private readonly int[] _lengths;

    private RecordingIndex(Dictionary<string, string> files, string digest)
    {
        (_files, Digest) = (files, digest);
        _lengths = [.. files.Keys.Select(text => text.Length).Distinct().OrderDescending()];
    }

    internal int Count => _files.Count;

    /// <summary>Another one where a recording or its text is another.</summary>
    internal string Digest { get; }

    /// <param name="folder">Holds a folder a language; null: none.</param>
    internal static IReadOnlyDictionary<string, RecordingIndex> LoadAll(string? folder)
    {
        var (found, faults) = (new Dictionary<string, RecordingIndex>(), new List<string>());
        foreach (var language in folder is null ? [] : Languages.All.Where(language => Directory.Exists(Path.Combine(folder, language))))
        {
            if (Load(Path.Combine(folder!, language), faults) is { } index) found[language] = index;
        }

        if (folder is not null && found.Count == 0 && faults.Count == 0) faults.Add($"Speech:Recordings is \"{folder}\", which holds no folder of a language ({string.Join(", ", Languages.All)}).");

        return faults.Count == 0 ? found : throw new OptionsValidationException("Speech", typeof(SpeechOptions), faults);
    }

    private static RecordingIndex? Load(string folder, List<string> faults)
    {
        var index = Path.Combine(folder, "index.csv");
        if (!File.Exists(index))
        {
            faults.Add($"{folder} has no index.csv; each of its lines is a text and the file that says it.");

            return null;
        }

        var before = faults.Count;
        var (files, lines, digest) = (new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, int>(StringComparer.Ordinal), new StringBuilder());
        (string File, int Rate)? first = null;
        foreach (var (number, line) in File.ReadLines(index).Index().Where(line => line.Item.Trim().Length > 0 && !(line.Index == 0 && line.Item.Trim().Trim('\uFEFF').Equals("text,file", StringComparison.OrdinalIgnoreCase))))
        {
            void Fault(string what) => faults.Add($"{index}, line {number + 1}: {what}");
            var comma = line.LastIndexOf(',');
            var (text, name) = comma < 0 ? ("", "") : (Plain(line[..comma].Trim().Trim('"').Trim('\uFEFF')), line[(comma + 1)..].Trim());
            if (text.Length == 0 || name.Length == 0 || !text.Any(char.IsLetterOrDigit)) Fault("a text and a file belong there, with a comma between.");
            else if (Path.GetFileName(name) != name) Fault($"{name} is no file of this folder.");
            else if (lines.TryGetValue(text, out var earlier)) Fault($"the text stands in line {earlier} already.");
            else if (!File.Exists(Path.Combine(folder, name))) Fault($"there is no file {name}.");
            else if (Wave.HeadOf(Path.Combine(folder, name)) is not { } head) Fault($"{name} is no WAV file of 16-bit PCM with one channel.");
            else if ((first ??= (name, head.SampleRate)).Rate != head.SampleRate) Fault($"{name} has {head.SampleRate} samples a second, {first.Value.File} has {first.Value.Rate}; all of a language must have the same.");
            else
            {
                (files[text], lines[text]) = (Path.Combine(folder, name), number + 1);
                var file = new FileInfo(Path.Combine(folder, name));
                digest.Append(text).Append('\u001f').Append(file.Length).Append('\u001f').Append(file.LastWriteTimeUtc.Ticks).Append('\u001e');
            }
        }

        if (files.Count == 0 && faults.Count == before) faults.Add($"{index} names no recording.");

        return faults.Count > before ? null : new RecordingIndex(files, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(digest.ToString()))));
    }

    /// <summary>Covers a text with as few recordings as can be, so that a phrase spoken in one breath goes before its words; letters nobody recorded are told apart.</summary>
    internal SpeechCover Cover(string text)
    {
        text = Plain(text);
        // From the end: the cheapest way on from each place, and its first step.
        var (cost, step) = (new int[text.Length + 1], new int[text.Length + 1]);
        for (var at = text.Length - 1; at >= 0; at--)
        {
            (cost[at], step[at]) = (cost[at + 1] + (char.IsLetterOrDigit(text[at]) ? Uncovered : 0), 1);
            foreach (var length in _lengths)
            {
                if (at + length > text.Length || cost[at + length] + 1 >= cost[at] || !Fits(text, at, length) || !_files.ContainsKey(text.Substring(at, length))) continue;

                (cost[at], step[at]) = (cost[at + length] + 1, length);
            }
        }

        var (pieces, missing, letters) = (new List<SpeechPiece>(), new List<string>(), new StringBuilder());
        for (var at = 0; at < text.Length; at += step[at])
        {
            if (_files.TryGetValue(text.Substring(at, step[at]), out var file) && Fits(text, at, step[at]))
            {
                TakeLetters();
                pieces.Add(new SpeechPiece(file));
            }
            else if (char.IsLetterOrDigit(text[at]) || (letters.Length > 0 && text[at] is ' ' or '-' or '\''))
            {
                letters.Append(text[at]);
            }
            else
            {
                TakeLetters();
                if (IsPause(text[at]) is { } isLong && pieces.Count > 0) pieces.Add(new SpeechPiece(null, isLong));
            }
        }

        TakeLetters();

        return new SpeechCover(pieces, [.. missing.Distinct(StringComparer.Ordinal)]);

        void TakeLetters()
        {
            if (letters.ToString().Trim() is { Length: > 0 } run) missing.Add(run);
            letters.Clear();
        }
    }

    /// <summary>"line" is not said within "lineage": where a script has words, a recording begins and ends with one.</summary>
    private static bool Fits(string text, int at, int length) => !Within(text, at - 1) && !Within(text, at + length - 1);

    /// <summary>Both this letter and the next are of one word.</summary>
    private static bool Within(string text, int at) => at >= 0 && at + 1 < text.Length && char.IsAscii(text[at]) && char.IsAscii(text[at + 1]) && char.IsLetterOrDigit(text[at]) && char.IsLetterOrDigit(text[at + 1]);

    /// <returns>Null where nobody pauses.</returns>
    private static bool? IsPause(char sign) => sign switch
    {
        '，' or '、' or '；' or '：' or ',' or ';' or ':' or '（' or '）' or '(' or ')' => false,
        '。' or '！' or '？' or '.' or '!' or '?' or '\n' => true,
        _ => null,
    };

    /// <summary>Case and the number of blanks say nothing.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var letter in text.Normalize(NormalizationForm.FormC))
        {
            if (letter == '\n') plain.Append('\n');
            else if (!char.IsWhiteSpace(letter)) plain.Append(char.ToLowerInvariant(letter));
            else if (plain.Length > 0 && plain[^1] is not (' ' or '\n')) plain.Append(' ');
        }

        return plain.ToString().Trim();
    }
}
