using System.Buffers.Binary;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Notices.Channels.Speech;

/// <summary>A folder with recordings made of tones, a table of sounds and programs that misbehave.</summary>
internal sealed class SpeechDesk : IDisposable, ILogger
{
    private readonly Dictionary<string, string?> _settings;

    internal SpeechDesk() => _settings = new Dictionary<string, string?> { ["Speech:Cache"] = Path.Combine(Folder, "kept") };

    internal string Folder { get; } = Directory.CreateTempSubdirectory("speech").FullName;

    internal FakeTimeProvider Machine { get; } = new();

    internal List<string> Log { get; } = [];

    internal SpeechOptions Options => SpeechOptions.Read(new ConfigurationBuilder().AddInMemoryCollection(_settings).Build().GetSection("Speech"));

    internal SpeechDesk With(string name, string value)
    {
        _settings["Speech:" + name] = value;

        return this;
    }

    /// <summary>A program of a few lines of shell.</summary>
    internal SpeechDesk Program(string language, string script, string input = "text", string timeout = "00:00:10")
    {
        var file = Path.Combine(Folder, $"program-{Guid.NewGuid():N}");
        File.WriteAllText(file, script + "\n");

        return With($"Programs:{language}:Command", "/bin/sh").With($"Programs:{language}:Arguments:0", file).With($"Programs:{language}:Input", input).With($"Programs:{language}:Timeout", timeout);
    }

    /// <param name="phrases">Each is a tone of as many tenths of a second as it has letters.</param>
    internal SpeechDesk Recordings(string language, params string[] phrases)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, "recordings", language)).FullName;
        foreach (var (i, phrase) in phrases.Index()) File.WriteAllBytes(Path.Combine(folder, $"{i}.wav"), Tone(phrase.Length * 0.1, 16_000));
        File.WriteAllText(Path.Combine(folder, "index.csv"), "text,file\n" + string.Concat(phrases.Index().Select(one => $"{one.Item},{one.Index}.wav\n")));

        return With("Recordings", Path.Combine(Folder, "recordings"));
    }

    internal string Write(string name, string text)
    {
        var file = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);

        return file;
    }

    internal SpeechMaker Speech(TimeProvider? machine = null)
    {
        var options = Options;

        return new SpeechMaker(options, RecordingIndex.LoadAll(options.Recordings), options.Pinyin is { } file ? PinyinTable.Load(file) : null, machine ?? TimeProvider.System, this);
    }

    internal static byte[] Tone(double seconds, int rate, short channels = 1, short bits = 16)
    {
        var samples = (int)(seconds * rate);
        var file = new byte[44 + (samples * channels * bits / 8)];
        "RIFF"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        "WAVEfmt "u8.CopyTo(file.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(22), channels);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(24), rate);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(28), rate * channels * bits / 8);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(32), (short)(channels * bits / 8));
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(34), bits);
        "data"u8.CopyTo(file.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), file.Length - 44);
        for (var i = 0; bits == 16 && i < samples * channels; i++) BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(44 + (2 * i)), (short)(10_000 * Math.Sin(i * 2 * Math.PI * 440 / rate)));

        return file;
    }

    public void Dispose() => Directory.Delete(Folder, true);

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (Log) Log.Add(formatter(state, exception));
    }
}
