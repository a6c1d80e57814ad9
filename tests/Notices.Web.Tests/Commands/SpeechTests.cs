using Microsoft.Extensions.DependencyInjection;
using Notices.Testing;

namespace Notices.Commands;

/// <summary>Listening beforehand, at a shell.</summary>
public class SpeechTests
{
    [Fact]
    public async Task A_text_becomes_a_file_and_what_cannot_be_said_is_told()
    {
        await using var shell = await Shell.OpenAsync();
        var folder = Directory.CreateTempSubdirectory("speech").FullName;
        try
        {
            var settings = new Dictionary<string, string?> { ["Speech__Cache"] = Path.Combine(folder, "kept") };

            var spoken = await shell.RunAsync($"speech say --language en {folder}/a.wav", "Supply will be off on Sunday.", settings);
            var again = await shell.RunAsync($"speech say --language en {folder}/a.wav", "Supply will be off on Sunday.", settings);
            Assert.Equal((0, ""), (spoken.Status, spoken.Errors));
            Assert.StartsWith("Spoken by the program, ", spoken.Output, StringComparison.Ordinal);
            Assert.Contains("kept from before", again.Output, StringComparison.Ordinal);
            Assert.True(new FileInfo(Path.Combine(folder, "a.wav")).Length > 8000);

            var refused = await shell.RunAsync($"speech say --language zh-CN --text 停电 {folder}/b.wav", "", settings, language: "zh_CN.UTF-8");
            Assert.Equal((CommandLine.Partly, ""), (refused.Status, refused.Output));
            Assert.StartsWith("未能读出：", refused.Errors, StringComparison.Ordinal);
            Assert.False(File.Exists(Path.Combine(folder, "b.wav")));

            var check = await shell.RunAsync("speech check", "", settings);
            Assert.Equal(CommandLine.Partly, check.Status);
            Assert.Matches("zh-CN\t0\t–\tNot spoken.*\nen\t0\tespeak-ng\tSpoken by the program", check.Output);

            var wrong = await shell.RunAsync("speech check", "", new(settings) { ["Speech__Programs__zh-CN__Command"] = "espeak-ng" });
            Assert.Equal(CommandLine.CouldNot, wrong.Status);
            Assert.Contains("reads Chinese characters as English", wrong.Errors, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [Fact]
    public async Task A_wrong_setting_stops_the_start_and_not_the_first_text()
    {
        var wrong = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => TestHost.StartAsync(DatabaseKind.Sqlite, settings: new() { ["Speech:AtOnce"] = "0" }));

        Assert.Contains("Speech:AtOnce", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Readiness_says_which_language_cannot_be_spoken()
    {
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite, settings: new() { ["Speech:Cache"] = "/proc/nowhere" });
        using var client = new HttpClient { BaseAddress = host.Address };
        Assert.DoesNotContain("speech-fails", await client.GetStringAsync(new Uri("health/ready", UriKind.Relative)), StringComparison.Ordinal);

        await host.Services.GetRequiredService<Speech.ISpeech>().SpeakAsync("Hello.", "en", default);

        var health = await client.GetStringAsync(new Uri("health/ready", UriKind.Relative));
        Assert.Contains("speech-fails", health, StringComparison.Ordinal);
        Assert.Contains("\"status\":\"degraded\"", health, StringComparison.Ordinal);
    }
}
