namespace Notices.Speech;

/// <summary>Makes sound of texts written for the ear (numbers and times in words): recordings joined where they cover a text whole, else a program of the language.</summary>
public interface ISpeech
{
    /// <summary>Speaks a text, or takes it from what was spoken before. What goes wrong is a value, never an exception.</summary>
    /// <param name="language">One of <see cref="Words.Languages"/>.</param>
    Task<SpokenAudio> SpeakAsync(string text, string language, CancellationToken cancellationToken);

    /// <summary>What each language has to speak with.</summary>
    IReadOnlyList<SpeechVoice> Voices { get; }
}

/// <summary>What a language has to speak with.</summary>
/// <param name="Recordings">Recorded phrases; 0: none.</param>
/// <param name="Program">The program's name; null where there is none.</param>
/// <param name="LastFailure">Why the last text could not be spoken, a word of <see cref="SpeechFailures"/>; null after one that could.</param>
public sealed record SpeechVoice(string Language, int Recordings, string? Program, string? LastFailure);

/// <summary>How a text was spoken.</summary>
public enum SpeechSource
{
    /// <summary>It was not.</summary>
    None,

    Recordings,

    Program,
}

/// <summary>A spoken text, or why there is none.</summary>
/// <param name="File">A WAV file, PCM of 16 bits, one channel; it stays as long as nothing newer needs its room. Null where it could not be spoken.</param>
/// <param name="IsKept">It had been spoken before.</param>
/// <param name="Failure">A word of <see cref="SpeechFailures"/>.</param>
/// <param name="Missing">Pieces no recording covers, or characters whose sound the program was not told.</param>
public sealed record SpokenAudio(string? File, TimeSpan Duration, SpeechSource Source, bool IsKept, string? Failure, IReadOnlyList<string> Missing)
{
    public static SpokenAudio Failed(string failure, IReadOnlyList<string>? missing = null) => new(null, TimeSpan.Zero, SpeechSource.None, false, failure, missing ?? []);
}

/// <summary>Why a text could not be spoken.</summary>
public static class SpeechFailures
{
    /// <summary>There is neither a program nor a recording of every piece.</summary>
    public const string NoVoice = "no-voice";

    public const string NothingToSay = "nothing-to-say";
    public const string TooLong = "too-long";

    /// <summary>A program that reads pinyin was not told the sound of a character.</summary>
    public const string NoPinyin = "no-pinyin";

    /// <summary>It could not be started, or ended with an error.</summary>
    public const string ProgramFailed = "program-failed";

    public const string ProgramTimedOut = "program-timed-out";

    /// <summary>What it wrote is no sound, or more than a message can be.</summary>
    public const string ProgramGarbage = "program-garbage";

    /// <summary>The folder for what is spoken cannot be written.</summary>
    public const string NoRoom = "no-room";

    public static readonly IReadOnlyList<string> All = [NoVoice, NothingToSay, TooLong, NoPinyin, ProgramFailed, ProgramTimedOut, ProgramGarbage, NoRoom];
}
