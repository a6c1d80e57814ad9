using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Notices.Channels.Speech;

/// <summary>How characters sound, by the operator's own table: the longest word that stands in it goes first, since many characters sound otherwise in a word (银行, 行人).</summary>
internal sealed partial class PinyinTable
{
    private readonly Dictionary<string, string> _sounds;
    private readonly int _longest;

    private PinyinTable(Dictionary<string, string> sounds, string digest) => (_sounds, _longest, Digest) = (sounds, sounds.Keys.Max(word => word.Length), digest);

    internal string Digest { get; }

    /// <summary>A word, a tab and its pinyin with the tones as digits a line; lines that begin with <c>#</c> are remarks.</summary>
    internal static PinyinTable Load(string file)
    {
        var (sounds, faults, bytes) = (new Dictionary<string, string>(StringComparer.Ordinal), new List<string>(), File.ReadAllBytes(file));
        foreach (var (number, line) in Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF').Split('\n').Index().Where(line => line.Item.Trim().Length > 0 && line.Item[0] != '#'))
        {
            var parts = line.Trim().Split('\t');
            if (parts.Length != 2 || parts[0].Length == 0 || !Syllables().IsMatch(parts[1])) faults.Add($"Speech:Pinyin, {file}, line {number + 1}: a word, a tab and its pinyin belong there, such as 停电<tab>ting2 dian4.");
            else if (!sounds.TryAdd(parts[0], parts[1].ToLowerInvariant())) faults.Add($"Speech:Pinyin, {file}, line {number + 1}: {parts[0]} stands there already.");
        }

        if (sounds.Count == 0 && faults.Count == 0) faults.Add($"Speech:Pinyin, {file}, names no word.");

        return faults.Count == 0 ? new PinyinTable(sounds, Convert.ToHexStringLower(SHA256.HashData(bytes))) : throw new OptionsValidationException("Speech", typeof(SpeechOptions), faults);
    }

    /// <summary>A text as a pinyin voice reads it. A sign ends a phrase; Latin letters and digits stay.</summary>
    /// <returns>With every character whose sound is not known; then nothing may be read.</returns>
    internal (string Sounds, IReadOnlyList<string> Unknown) Read(string text)
    {
        var (sounds, unknown) = (new StringBuilder(text.Length * 5), new List<string>());
        for (var at = 0; at < text.Length;)
        {
            var length = Math.Min(_longest, text.Length - at);
            while (length > 0 && !_sounds.ContainsKey(text.Substring(at, length))) length--;
            if (length > 0)
            {
                sounds.Append(_sounds[text.Substring(at, length)]).Append(' ');
                at += length;
                continue;
            }

            var letter = char.ConvertFromUtf32(char.IsSurrogatePair(text, at) ? char.ConvertToUtf32(text, at) : char.IsSurrogate(text[at]) ? 0xFFFD : text[at]);
            if (letter.Length == 1 && char.IsAscii(letter[0])) sounds.Append(letter);
            else if (letter is "，" or "、" or "；" or "：") sounds.Append(", ");
            else if (letter is "。" or "！" or "？") sounds.Append(". ");
            else if (letter.Length > 1 || char.IsLetterOrDigit(letter[0])) unknown.Add(letter);
            at += char.IsSurrogatePair(text, at) ? 2 : 1;
        }

        return (sounds.ToString(), [.. unknown.Distinct(StringComparer.Ordinal)]);
    }

    [GeneratedRegex(@"^[A-Za-zü:]+[1-5]( [A-Za-zü:]+[1-5])*$", RegexOptions.ExplicitCapture)]
    private static partial Regex Syllables();
}
