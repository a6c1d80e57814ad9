using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Notices.Words;

namespace Notices.Channels.Speech;

/// <summary>What a program is given.</summary>
internal enum SpeechInput
{
    /// <summary>The text as it is.</summary>
    Text,

    /// <summary>The sound of each character, from the operator's own table.</summary>
    Pinyin,
}

/// <summary>A program that speaks a language: the text on its standard input, a WAV file on its standard output. It is started without a shell.</summary>
/// <param name="Timeout">Machine time it has for one text.</param>
internal sealed record SpeechProgramOptions(string Command, IReadOnlyList<string> Arguments, SpeechInput Input, TimeSpan Timeout)
{
    private static readonly string[] EspeakNames = ["espeak", "espeak-ng", "speak", "speak-ng"];

    internal string Name => Path.GetFileName(Command);

    /// <summary>It is espeak-ng, by its own name, behind a link or started by another program: then Chinese characters must not reach it, since it reads them as English.</summary>
    internal bool IsEspeak { get; } = Arguments.SelectMany(argument => argument.Split([' ', '\t', '\n', ';', '"', '\'', '|', '&', '(', ')', '$', '`'])).Append(Command).Append(Behind(Command))
        .Any(word => EspeakNames.Contains(Path.GetFileName(word), StringComparer.OrdinalIgnoreCase));

    private static string Behind(string command)
    {
        try
        {
            return File.ResolveLinkTarget(command, returnFinalTarget: true)?.Name ?? command;
        }
        catch (IOException)
        {
            return command;
        }
    }
}

/// <summary>The section <c>Speech</c>.</summary>
internal sealed class SpeechOptions
{
    private const string PinyinVoice = "cmn-latn-pinyin";

    private static readonly int[] Rates = [8000, 16_000, 22_050, 24_000, 44_100, 48_000];

    /// <summary>Holds a folder a language with <c>index.csv</c> and its WAV files; null where nothing is recorded.</summary>
    internal string? Recordings { get; private init; }

    internal IReadOnlyDictionary<string, SpeechProgramOptions> Programs { get; private init; } = new Dictionary<string, SpeechProgramOptions>();

    /// <summary>A word, a tab and its pinyin a line.</summary>
    internal string? Pinyin { get; private init; }

    /// <summary>Where what was spoken is kept.</summary>
    internal required string Cache { get; init; }

    /// <summary>Bytes kept there.</summary>
    internal long CacheBytes { get; private init; } = 512L << 20;

    /// <summary>Programs run at once.</summary>
    internal int AtOnce { get; private init; } = 2;

    /// <summary>Samples a second of what is made; 8,000 is what a telephone carries.</summary>
    internal int SampleRate { get; private init; } = 8000;

    /// <summary>Between two recordings where the text has a comma, and where a sentence ends.</summary>
    internal TimeSpan ShortPause { get; private init; } = TimeSpan.FromMilliseconds(200);

    internal TimeSpan LongPause { get; private init; } = TimeSpan.FromMilliseconds(450);

    /// <exception cref="OptionsValidationException">With a sentence for everything that is wrong.</exception>
    internal static SpeechOptions Read(IConfiguration section)
    {
        var faults = new List<string>();
        string? Text(string name) => section[name] is { Length: > 0 } text ? text : null;
        int Number(string name, int normal, int from, int to)
        {
            if (Text(name) is not { } text) return normal;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to) return number;
            faults.Add($"Speech:{name} is \"{text}\"; it must be a whole number from {from} to {to}.");

            return normal;
        }

        if (Text("Recordings") is { } folder && !Directory.Exists(folder)) faults.Add($"Speech:Recordings is \"{folder}\"; there is no such folder. It holds a folder for each language with index.csv and the recordings.");
        if (Text("Pinyin") is { } table && !File.Exists(table)) faults.Add($"Speech:Pinyin is \"{table}\"; there is no such file. Each line is a word, a tab and its pinyin, such as 停电<tab>ting2 dian4.");
        var rate = Number("SampleRate", 8000, 1, 96_000);
        if (!Rates.Contains(rate)) faults.Add($"Speech:SampleRate is {rate}; it must be one of {string.Join(", ", Rates)}.");
        var programs = Languages.All.Select(language => (Language: language, Program: Program(section.GetSection($"Programs:{language}"), language, Text("Pinyin"), faults))).ToList();
        foreach (var unknown in section.GetSection("Programs").GetChildren().Where(child => !Languages.All.Contains(child.Key)))
            faults.Add($"{unknown.Path} names no language we speak; they are {string.Join(", ", Languages.All)}.");
        var options = new SpeechOptions
        {
            Recordings = Text("Recordings"),
            Pinyin = Text("Pinyin"),
            Programs = programs.Where(pair => pair.Program is not null).ToDictionary(pair => pair.Language, pair => pair.Program!),
            Cache = Path.GetFullPath(Text("Cache") ?? Path.Combine("data", "speech")),
            CacheBytes = (long)Number("CacheMegabytes", 512, 1, 1_000_000) << 20,
            AtOnce = Number("AtOnce", 2, 1, 64),
            SampleRate = rate,
            ShortPause = TimeSpan.FromMilliseconds(Number("ShortPauseMilliseconds", 200, 0, 5000)),
            LongPause = TimeSpan.FromMilliseconds(Number("LongPauseMilliseconds", 450, 0, 5000)),
        };

        return faults.Count == 0 ? options : throw new OptionsValidationException("Speech", typeof(SpeechOptions), faults);
    }

    private static SpeechProgramOptions? Program(IConfigurationSection section, string language, string? pinyin, List<string> faults)
    {
        if (!section.Exists()) return language == Languages.English && Find("espeak-ng") is { } there ? new SpeechProgramOptions(there, ["--stdin", "--stdout", "-v", "en-gb", "-s", "150"], SpeechInput.Text, TimeSpan.FromSeconds(20)) : null;

        var before = faults.Count;
        // One that is not installed (any more) costs the texts of its language, not the start of the service.
        var command = section["Command"] is { Length: > 0 } named ? named : null;
        if (command is null) faults.Add($"{section.Path}:Command is missing; name the program that speaks {language}.");
        var input = SpeechInput.Text;
        if (section["Input"] is { Length: > 0 } word && (!Enum.TryParse(word, true, out input) || !Enum.IsDefined(input) || char.IsAsciiDigit(word[0]))) faults.Add($"{section.Path}:Input is \"{word}\"; it must be text or pinyin.");
        var timeout = TimeSpan.FromSeconds(20);
        if (section["Timeout"] is { Length: > 0 } span && (!TimeSpan.TryParse(span, CultureInfo.InvariantCulture, out timeout) || timeout <= TimeSpan.Zero || timeout > TimeSpan.FromMinutes(5)))
            faults.Add($"{section.Path}:Timeout is \"{span}\"; it must be above 0 and at most 00:05:00.");
        if (input == SpeechInput.Pinyin && language != Languages.Chinese) faults.Add($"{section.Path}:Input is pinyin, which is for {Languages.Chinese}.");
        if (input == SpeechInput.Pinyin && pinyin is null) faults.Add($"{section.Path}:Input is pinyin; Speech:Pinyin must name the table of words and their sounds.");
        if (command is null) return null;

        var program = new SpeechProgramOptions(Find(command) ?? command, [.. section.GetSection("Arguments").GetChildren().Select(argument => argument.Value ?? "")], input, timeout);
        // It reads Chinese characters as if they were English: only its pinyin voice is Mandarin.
        if (language == Languages.Chinese && input == SpeechInput.Text && program.IsEspeak)
            faults.Add($"{section.Path}:Command is {command}, which reads Chinese characters as English; set Input to pinyin with the voice cmn-latn-pinyin, or take another program.");
        if (input == SpeechInput.Pinyin && program.IsEspeak && !program.Arguments.Any(argument => argument.Contains(PinyinVoice, StringComparison.OrdinalIgnoreCase)))
            faults.Add($"{section.Path}:Arguments names no voice {PinyinVoice}; espeak-ng's other voices do not read pinyin.");

        return faults.Count > before ? null : program;
    }

    /// <summary>As a shell would find it.</summary>
    private static string? Find(string command) => command.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)
        ? File.Exists(command) ? Path.GetFullPath(command) : null
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, command)).FirstOrDefault(File.Exists);
}
