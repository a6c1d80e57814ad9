using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Notices.Speech;
using Notices.Words;

namespace Notices.Channels.Speech;

/// <summary>Speaks with recordings, else with a program, and keeps what was spoken by its content. Asked for one text twice at once, it speaks once.</summary>
public sealed class SpeechMaker : ISpeech, IDisposable
{
    /// <summary>Characters of the longest text: some ten minutes, which nobody listens to.</summary>
    internal const int LongestText = 3000;

    private readonly SpeechOptions _options;
    private readonly IReadOnlyDictionary<string, RecordingIndex> _recordings;
    private readonly PinyinTable? _pinyin;
    private readonly SpeechCache _cache;
    private readonly SemaphoreSlim _programs;
    private readonly ConcurrentDictionary<string, Lazy<Task<SpokenAudio>>> _underWay = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string?> _lastFailures = new(StringComparer.Ordinal);
    private readonly TimeProvider _machine;
    private readonly ILogger _log;

    internal SpeechMaker(SpeechOptions options, IReadOnlyDictionary<string, RecordingIndex> recordings, PinyinTable? pinyin, TimeProvider machine, ILogger log)
    {
        (_options, _recordings, _pinyin, _machine, _log) = (options, recordings, pinyin, machine, log);
        _cache = new SpeechCache(options.Cache, options.CacheBytes, machine);
        _programs = new SemaphoreSlim(options.AtOnce);
    }

    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">With a sentence for everything that is wrong with the settings, the recordings and the table of sounds.</exception>
    internal static SpeechMaker Create(IServiceProvider services)
    {
        var options = SpeechOptions.Read((services.GetService<IConfiguration>() ?? new ConfigurationBuilder().Build()).GetSection("Speech"));

        return new SpeechMaker(
            options, RecordingIndex.LoadAll(options.Recordings), options.Pinyin is { } file ? PinyinTable.Load(file) : null, services.GetRequiredKeyedService<TimeProvider>("machine"),
            services.GetRequiredService<ILogger<SpeechMaker>>());
    }

    public IReadOnlyList<SpeechVoice> Voices =>
        [.. Languages.All.Select(language => new SpeechVoice(language, _recordings.GetValueOrDefault(language)?.Count ?? 0, _options.Programs.GetValueOrDefault(language)?.Name, _lastFailures.GetValueOrDefault(language)))];

    public async Task<SpokenAudio> SpeakAsync(string text, string language, CancellationToken cancellationToken)
    {
        text = text.Normalize(NormalizationForm.FormC).Trim();
        if (!text.Any(char.IsLetterOrDigit)) return SpokenAudio.Failed(SpeechFailures.NothingToSay);
        if (text.Length > LongestText) return SpokenAudio.Failed(SpeechFailures.TooLong);

        var key = KeyOf(text, language);
        var speaking = _underWay.GetOrAdd(key, _ => new Lazy<Task<SpokenAudio>>(() => Task.Run(() => OnceAsync(key, text, language), CancellationToken.None)));

        // Who goes away does not take it from the others.
        return await speaking.Value.WaitAsync(cancellationToken);
    }

    /// <summary>Forgotten once it is over, also where everybody who asked has gone: a failure must not answer later ones.</summary>
    private async Task<SpokenAudio> OnceAsync(string key, string text, string language)
    {
        try
        {
            return await SpeakAsync(key, text, language);
        }
        finally
        {
            _underWay.TryRemove(key, out _);
        }
    }

    public void Dispose() => _programs.Dispose();

    private async Task<SpokenAudio> SpeakAsync(string key, string text, string language)
    {
        try
        {
            if (_cache.Find(key) is { } kept) return kept;

            var spoken = await MakeAsync(key, text, language);
            if (spoken.Failure is { } failure && _lastFailures.GetValueOrDefault(language) != failure)
                // That nothing was set up is no fault of the hour.
                _log.Log(failure == SpeechFailures.NoVoice ? LogLevel.Information : LogLevel.Warning, "A text in {Language} could not be spoken: {Failure} {Missing}", language, failure, failure == SpeechFailures.NoPinyin ? string.Concat(spoken.Missing) : "");
            _lastFailures[language] = spoken.Failure;

            return spoken;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (_lastFailures.GetValueOrDefault(language) != SpeechFailures.NoRoom) _log.LogError(fault, "What is spoken cannot be kept in {Folder}", _options.Cache);
            _lastFailures[language] = SpeechFailures.NoRoom;

            return SpokenAudio.Failed(SpeechFailures.NoRoom);
        }
    }

    private async Task<SpokenAudio> MakeAsync(string key, string text, string language)
    {
        IReadOnlyList<string> missing = [];
        if (_recordings.GetValueOrDefault(language) is { } recordings)
        {
            var cover = recordings.Cover(text);
            if (cover.Missing.Count == 0) return _cache.Keep(key, SpeechSource.Recordings, to => Wave.Join(to, cover.Pieces, _options));

            missing = cover.Missing;
        }

        if (_options.Programs.GetValueOrDefault(language) is not { } program) return SpokenAudio.Failed(SpeechFailures.NoVoice, missing);

        // Also an English text may hold them, where a place has no English name.
        if (program is { IsEspeak: true, Input: SpeechInput.Text } && Chinese(text) is { Count: > 0 } characters) return SpokenAudio.Failed(SpeechFailures.NoPinyin, characters);

        if (program.Input == SpeechInput.Pinyin)
        {
            var (sounds, unknown) = _pinyin!.Read(text);
            if (unknown.Count > 0) return SpokenAudio.Failed(SpeechFailures.NoPinyin, unknown);

            text = sounds;
        }

        await _programs.WaitAsync();
        try
        {
            var (wave, failure) = await SpeechProgram.RunAsync(program, text, _machine, _log);

            return wave is { } made ? _cache.Keep(key, SpeechSource.Program, to => Wave.Write(to, made, _options.SampleRate)) : SpokenAudio.Failed(failure!, missing);
        }
        finally
        {
            _programs.Release();
        }
    }

    private static List<string> Chinese(string text) => [.. text.EnumerateRunes().Where(rune => rune.Value is 0x3007 or (>= 0x3400 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF)).Select(rune => rune.ToString()).Distinct(StringComparer.Ordinal)];

    /// <summary>Of all that decides how it sounds.</summary>
    private string KeyOf(string text, string language)
    {
        var program = _options.Programs.GetValueOrDefault(language);
        var parts = new[]
        {
            "1", language, _options.SampleRate.ToString(CultureInfo.InvariantCulture), _options.ShortPause.ToString(), _options.LongPause.ToString(), _recordings.GetValueOrDefault(language)?.Digest ?? "", program?.Command ?? "",
            program is null ? "" : string.Join('\u001f', program.Arguments), program?.Input == SpeechInput.Pinyin ? _pinyin!.Digest : "", text,
        };

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\u001e', parts))));
    }
}
