using System.CommandLine;
using System.Globalization;
using Notices.Setup;
using Notices.Speech;
using Notices.Words;

namespace Notices.Commands;

/// <summary><c>speech</c>: listen to what would be said, before anybody else does.</summary>
internal static class SpeechCommand
{
    internal static Command Make() => new("speech", "How texts sound: recordings joined, or a program of the language.") { Say(), Check() };

    private static Command Say()
    {
        var language = new Option<string>("--language") { Description = string.Join(", ", Languages.All), Required = true };
        language.AcceptOnlyFromAmong([.. Languages.All]);
        var text = new Option<string?>("--text") { Description = "What to say, with numbers and times in words; without it, standard input." };
        var file = new Argument<FileInfo>("FILE") { Description = "The WAV file to write." };
        var command = new Command("say", "Writes a text as sound and says how it was made. Exit status 1 where it cannot be spoken.") { language, text, file };
        command.SetAction(async (parsed, stopping) =>
        {
            var said = parsed.GetValue(text) ?? await Console.In.ReadToEndAsync(stopping);
            await using var app = NoticesHost.Create(new HostRequest(Role: HostRole.Web, Quiet: true));
            var spoken = await app.Services.GetRequiredService<ISpeech>().SpeakAsync(said, parsed.GetRequiredValue(language), stopping);
            if (spoken.File is { } made) File.Copy(made, parsed.GetRequiredValue(file).FullName, overwrite: true);
            (spoken.File is null ? Console.Error : Console.Out).WriteLine(Describe(spoken));

            return spoken.File is null ? CommandLine.Partly : CommandLine.Done;
        });

        return command;
    }

    private static Command Check()
    {
        var command = new Command("check", "What each language speaks with, tried on a sentence. Exit status 1 where one cannot speak.");
        command.SetAction(async (_, stopping) =>
        {
            await using var app = NoticesHost.Create(new HostRequest(Role: HostRole.Web, Quiet: true));
            var speech = app.Services.GetRequiredService<ISpeech>();
            var tried = new List<(SpeechVoice Voice, SpokenAudio Spoken)>();
            foreach (var voice in speech.Voices) tried.Add((voice, await speech.SpeakAsync(Sentences.Label("speech-sample", voice.Language), voice.Language, stopping)));
            Tool.Table(
                [Word("language"), Word("recordings"), Word("program"), Word("result")],
                tried.Select(one => new[] { one.Voice.Language, one.Voice.Recordings.ToString(CultureInfo.InvariantCulture), one.Voice.Program ?? "–", Describe(one.Spoken) }));

            return tried.TrueForAll(one => one.Spoken.File is not null) ? CommandLine.Done : CommandLine.Partly;
        });

        return command;
    }

    private static string Describe(SpokenAudio spoken) => spoken.Failure is { } failure
        ? Sentences.Label(failure == SpeechFailures.NoVoice && spoken.Missing.Count == 0 ? "speech-nothing-set" : $"speech-{failure}", new { missing = spoken.Missing.Take(20) }, Tool.Language)
        : Sentences.Label(
            spoken.Source == SpeechSource.Recordings ? "speech-of-recordings" : "speech-of-program", new { seconds = spoken.Duration.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture), kept = spoken.IsKept ? Word("kept") : "" },
            Tool.Language).Trim();

    private static string Word(string code) => Sentences.Label($"speech-{code}", Tool.Language);
}
