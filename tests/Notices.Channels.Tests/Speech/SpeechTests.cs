using Microsoft.Extensions.Options;
using Notices.Speech;
using Xunit;

namespace Notices.Channels.Speech;

/// <summary>Recordings joined, programs that speak and that misbehave, and what is kept of both.</summary>
public class SpeechTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Recordings_are_joined_where_they_cover_a_text_whole()
    {
        using var desk = new SpeechDesk().Recordings("zh-CN", "您好", "城关线", "定于十二月六日", "十", "二", "月", "六", "日", "停电");
        using var speech = desk.Speech();

        var spoken = await speech.SpeakAsync("您好，城关线定于十二月六日停电。十二月。", "zh-CN", None);

        Assert.Equal((null, SpeechSource.Recordings, false), (spoken.Failure, spoken.Source, spoken.IsKept));
        // 2 + 3 + 7 + 2 letters, then three of one, a tenth of a second each; a comma of 0.2 s and two full stops of 0.45 s.
        Assert.Equal(1.7 + 0.2 + 0.9, spoken.Duration.TotalSeconds, 0.03);
        Assert.True(Wave.Read(await File.ReadAllBytesAsync(spoken.File!)) is { SampleRate: 8000, Channels: 1 });
        Assert.True(Loudness(spoken.File!) > 0.1);

        var uncovered = await speech.SpeakAsync("您好，东街村定于十二月七日停电。", "zh-CN", None);
        Assert.Equal((SpeechFailures.NoVoice, "东街村定于|七"), (uncovered.Failure, string.Join('|', uncovered.Missing)));
        Assert.Null(uncovered.File);
    }

    [Theory]
    [InlineData("power off on line", "power off on|line", "", 2)] // as few as can be
    [InlineData("Power  OFF", "power off|power|off", "", 1)] // case and blanks say nothing
    [InlineData("ab cd ef", "ab|ab cd|cd ef", "", 2)] // the longest first would leave ef over
    [InlineData("lineage", "line|age", "lineage", 0)] // a recording is a word, not a part of one
    [InlineData("line twenty-one", "line|twenty|one", "", 3)]
    [InlineData("line 031", "line|0|3|1", "031", 1)] // digits of one number are one word: they are spoken as words
    [InlineData("城关零三一线", "城关|零|三|一|线", "", 5)]
    [InlineData("城关零三一线", "城关|线", "零三一", 2)]
    [InlineData("no such place", "such", "no|place", 1)]
    public void A_text_is_covered_by_as_few_recordings_as_can_be(string text, string phrases, string missing, int pieces)
    {
        using var desk = new SpeechDesk().Recordings("en", phrases.Split('|'));

        var cover = RecordingIndex.LoadAll(desk.Options.Recordings)["en"].Cover(text);

        Assert.Equal((missing, pieces), (string.Join('|', cover.Missing), cover.Pieces.Count(piece => piece.File is not null)));
    }

    [Fact]
    public async Task English_is_spoken_by_espeak_where_it_is_installed()
    {
        using var desk = new SpeechDesk();
        using var speech = desk.Speech();

        var spoken = await speech.SpeakAsync("Supply on ten kilovolt line Chengguan oh three one will be off on Sunday the sixth of December, from half past eight in the morning.", "en", None);

        Assert.Equal((null, SpeechSource.Program), (spoken.Failure, spoken.Source));
        Assert.InRange(spoken.Duration.TotalSeconds, 5, 20);
        Assert.True(Wave.Read(await File.ReadAllBytesAsync(spoken.File!)) is { SampleRate: 8000, Channels: 1 });
        Assert.True(Loudness(spoken.File!) > 0.01);
        Assert.Equal(SpeechFailures.NoVoice, (await speech.SpeakAsync("十千伏城关零三一线停电", "zh-CN", None)).Failure);
    }

    [Fact]
    public async Task Mandarin_is_read_from_pinyin_and_never_from_characters_nobody_told_the_sound_of()
    {
        using var desk = new SpeechDesk();
        desk.With("Pinyin", desk.Write("pinyin.txt", "# 读音\n停电\tting2 dian4\n停\tting2\n您好\tnin2 hao3\n线路\txian4 lu4\n"))
            .With("Programs:zh-CN:Command", "espeak-ng").With("Programs:zh-CN:Input", "pinyin");
        foreach (var (i, argument) in ((string[])["--stdin", "--stdout", "-v", "cmn-latn-pinyin"]).Index()) desk.With($"Programs:zh-CN:Arguments:{i}", argument);
        using var speech = desk.Speech();

        var spoken = await speech.SpeakAsync("您好，线路停电。", "zh-CN", None);
        Assert.Equal((null, SpeechSource.Program), (spoken.Failure, spoken.Source));
        Assert.InRange(spoken.Duration.TotalSeconds, 0.8, 6);

        var unknown = await speech.SpeakAsync("您好，城关线路停电𠮷。", "zh-CN", None);
        Assert.Equal((SpeechFailures.NoPinyin, "城关𠮷"), (unknown.Failure, string.Concat(unknown.Missing)));
        Assert.Contains(desk.Log, line => line.Contains("no-pinyin 城关", StringComparison.Ordinal));
        Assert.Equal(SpeechFailures.NoPinyin, speech.Voices[0].LastFailure);
        Assert.Equal(("nin2 hao3 , xian4 lu4 A1 ting2 dian4 . ", 0), PinyinTable.Load(Path.Combine(desk.Folder, "pinyin.txt")).Read("您好，线路A1停电。") is var read ? (read.Sounds.Replace("A1t", "A1 t", StringComparison.Ordinal), read.Unknown.Count) : default);
    }

    [Theory]
    [InlineData("sleep 60 & wait", SpeechFailures.ProgramTimedOut)]
    [InlineData("cat >/dev/null; echo this is no sound", SpeechFailures.ProgramGarbage)]
    [InlineData("cat /dev/zero", SpeechFailures.ProgramGarbage)]
    [InlineData("cat >/dev/null; echo no such voice >&2; exit 3", SpeechFailures.ProgramFailed)]
    [InlineData("exit 1", SpeechFailures.ProgramFailed)]
    [InlineData("cat >/dev/null", SpeechFailures.ProgramGarbage)]
    public async Task A_program_that_misbehaves_ends_in_time_and_costs_one_text(string script, string failure)
    {
        using var desk = new SpeechDesk().Program("en", script, timeout: "00:00:02");
        using var speech = desk.Speech();

        var spoken = await speech.SpeakAsync("Supply will be off at account 130121.", "en", None);

        Assert.Equal((failure, null), (spoken.Failure, spoken.File));
        Assert.Equal(failure, speech.Voices[1].LastFailure);
        Assert.NotEmpty(desk.Log);
        Assert.DoesNotContain(desk.Log, line => line.Contains("130121", StringComparison.Ordinal));
        Assert.Empty(Directory.Exists(desk.Options.Cache) ? Directory.GetFiles(desk.Options.Cache) : []);
    }

    [Fact]
    public async Task A_program_that_reads_nothing_may_speak_all_the_same()
    {
        using var desk = new SpeechDesk();
        await File.WriteAllBytesAsync(Path.Combine(desk.Folder, "stereo.wav"), SpeechDesk.Tone(1.5, 44_100, channels: 2), None);
        desk.Program("en", $"exec cat {desk.Folder}/stereo.wav");
        using var speech = desk.Speech();

        var spoken = await speech.SpeakAsync(new string('a', SpeechMaker.LongestText), "en", None);

        Assert.Equal(1.5, spoken.Duration.TotalSeconds, 0.02);
    }

    [Fact]
    public async Task What_was_spoken_is_kept_by_its_content_and_spoken_once_however_many_ask()
    {
        using var desk = new SpeechDesk();
        await File.WriteAllBytesAsync(Path.Combine(desk.Folder, "tone.wav"), SpeechDesk.Tone(0.5, 8000), None);
        desk.Program("en", $"echo x >> {desk.Folder}/runs; cat >/dev/null; exec cat {desk.Folder}/tone.wav");
        using var speech = desk.Speech();

        var first = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => speech.SpeakAsync("The same text.", "en", None)));
        var again = await speech.SpeakAsync(" The same text. ", "en", None);
        using var beside = desk.Speech();
        var other = await beside.SpeakAsync("The same text.", "en", None);
        await speech.SpeakAsync("Another text.", "en", None);

        Assert.Single(first.Append(again).Append(other).Select(spoken => spoken.File).Distinct());
        Assert.True(again.IsKept && other.IsKept);
        Assert.Equal(first[0].Duration, other.Duration);
        Assert.Equal(2, (await File.ReadAllLinesAsync(Path.Combine(desk.Folder, "runs"), None)).Length);

        // Another voice is another sound.
        using var slow = desk.With("Programs:en:Arguments:1", "slowly").Speech();
        Assert.NotEqual(first[0].File, (await slow.SpeakAsync("The same text.", "en", None)).File);
    }

    [Fact]
    public async Task What_was_used_last_stays_longest()
    {
        using var desk = new SpeechDesk().With("CacheMegabytes", "1").With("SampleRate", "48000");
        await File.WriteAllBytesAsync(Path.Combine(desk.Folder, "tone.wav"), SpeechDesk.Tone(3, 48_000), None); // 288 KB, four make a megabyte and more
        desk.Program("en", $"cat >/dev/null; exec cat {desk.Folder}/tone.wav");
        using var speech = new SpeechMaker(desk.Options, RecordingIndex.LoadAll(null), null, desk.Machine, desk);
        var files = new List<string>();
        foreach (var text in (string[])["one", "two", "three", "one", "four"])
        {
            desk.Machine.Advance(TimeSpan.FromMinutes(1));
            files.Add((await speech.SpeakAsync(text, "en", None)).File!);
        }

        Assert.Equal([true, false, true, true, true], files.Select(File.Exists));
    }

    [Fact]
    public async Task What_cannot_be_said_is_told_as_a_value()
    {
        using var desk = new SpeechDesk().With("Cache", "/proc/nowhere");
        using var speech = desk.Speech();

        Assert.Equal(SpeechFailures.NothingToSay, (await speech.SpeakAsync(" …！ ", "en", None)).Failure);
        Assert.Equal(SpeechFailures.TooLong, (await speech.SpeakAsync(new string('a', SpeechMaker.LongestText + 1), "en", None)).Failure);
        Assert.Equal(SpeechFailures.NoVoice, (await speech.SpeakAsync("Bonjour", "fr", None)).Failure);
        Assert.Equal(SpeechFailures.NoRoom, (await speech.SpeakAsync("Hello", "en", None)).Failure);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => speech.SpeakAsync("Hello again", "en", new CancellationToken(true)));
    }

    [Fact]
    public void Everything_wrong_with_the_settings_is_told_at_once()
    {
        using var desk = new SpeechDesk().With("Recordings", "/nowhere").With("Pinyin", "/nowhere.txt").With("SampleRate", "11025").With("AtOnce", "0").With("CacheMegabytes", "much")
            .With("Programs:zh-CN:Command", "espeak-ng").With("Programs:en:Command", "").With("Programs:en:Input", "morse").With("Programs:en:Timeout", "00:09:00").With("Programs:fr:Command", "espeak-ng");

        var faults = Assert.Throws<OptionsValidationException>(() => desk.Options).Failures.ToList();

        Assert.Equal(
            ["Speech:AtOnce", "Speech:CacheMegabytes", "Speech:Pinyin", "Speech:Programs:en:Command", "Speech:Programs:en:Input", "Speech:Programs:en:Timeout", "Speech:Programs:fr", "Speech:Programs:zh-CN:Command", "Speech:Recordings", "Speech:SampleRate"],
            faults.Select(fault => fault.Split(' ')[0]).Order(StringComparer.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("reads Chinese characters as English", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_program_that_is_not_installed_costs_the_texts_of_its_language_alone()
    {
        using var desk = new SpeechDesk().With("Programs:zh-CN:Command", "no-such-program");
        using var speech = desk.Speech();

        Assert.Equal(SpeechFailures.ProgramFailed, (await speech.SpeakAsync("停电", "zh-CN", None)).Failure);
        Assert.Null((await speech.SpeakAsync("Power is off.", "en", None)).Failure);
        Assert.Contains(desk.Log, line => line.Contains("no-such-program cannot be started", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/bin/sh", "-c|exec /usr/bin/espeak-ng --stdin --stdout -v cmn", "text", "reads Chinese characters as English")] // started by another program
    [InlineData("LINK", "--stdin|--stdout", "text", "reads Chinese characters as English")] // behind a link
    [InlineData("espeak-ng", "--stdin|--stdout|-v|cmn", "pinyin", "names no voice cmn-latn-pinyin")] // reads pinyin as English
    [InlineData("/bin/sh", "-c|piper --espeak_data /usr/lib/espeak-ng-data", "text", null)] // has its own voice, and only its data
    public void Chinese_characters_never_come_to_espeak_by_any_way(string command, string arguments, string input, string? fault)
    {
        using var desk = new SpeechDesk();
        var link = Path.Combine(desk.Folder, "say");
        File.CreateSymbolicLink(link, "/usr/bin/espeak-ng");
        desk.With("Pinyin", desk.Write("pinyin.txt", "停电\tting2 dian4\n")).With("Programs:zh-CN:Command", command == "LINK" ? link : command).With("Programs:zh-CN:Input", input);
        foreach (var (i, argument) in arguments.Split('|').Index()) desk.With($"Programs:zh-CN:Arguments:{i}", argument);

        if (fault is null) Assert.True(desk.Options.Programs.ContainsKey("zh-CN"));
        else Assert.Contains(fault, Assert.Single(Assert.Throws<OptionsValidationException>(() => desk.Options).Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_English_text_with_a_Chinese_name_in_it_is_not_read_by_espeak()
    {
        using var desk = new SpeechDesk();
        using var speech = desk.Speech();

        var spoken = await speech.SpeakAsync("Supply to 东街村 will be off.", "en", None);

        Assert.Equal((SpeechFailures.NoPinyin, "东街村", null), (spoken.Failure, string.Concat(spoken.Missing), spoken.File));
    }

    [Fact]
    public async Task A_program_may_say_much_about_errors_and_is_quoted_without_the_text()
    {
        using var desk = new SpeechDesk();
        await File.WriteAllBytesAsync(Path.Combine(desk.Folder, "tone.wav"), SpeechDesk.Tone(0.5, 8000), None);
        desk.Program("en", $"cat >/dev/null; head -c 300000 /dev/zero >&2; exec cat {desk.Folder}/tone.wav");
        using (var speech = desk.Speech()) Assert.Null((await speech.SpeakAsync("Power is off.", "en", None)).Failure);

        desk.Program("en", "echo 'bad word in: account 130121 of East Street' >&2; exit 3");
        using (var speech = desk.Speech()) await speech.SpeakAsync("Supply of account 130121 of East Street will be off.", "en", None);

        Assert.Contains(desk.Log, line => line.Contains("bad word", StringComparison.Ordinal));
        Assert.DoesNotContain(desk.Log, line => line.Contains("130121", StringComparison.Ordinal) || line.Contains("Street", StringComparison.Ordinal));
        Assert.Equal("no voice for …", SpeechProgram.WithoutText("no voice for 东街村", "东街村停电"));
    }

    [Fact]
    public async Task Two_processes_that_make_room_in_one_folder_lose_no_text()
    {
        using var desk = new SpeechDesk().With("CacheMegabytes", "1").With("SampleRate", "48000").With("AtOnce", "8");
        await File.WriteAllBytesAsync(Path.Combine(desk.Folder, "tone.wav"), SpeechDesk.Tone(3, 48_000), None); // 288 KB, so that every one makes room
        desk.Program("en", $"cat >/dev/null; exec cat {desk.Folder}/tone.wav");
        Directory.CreateDirectory(desk.Options.Cache);
        var abandoned = Path.Combine(desk.Options.Cache, ".left.tmp");
        await File.WriteAllTextAsync(abandoned, "", None);
        File.SetLastWriteTimeUtc(abandoned, DateTime.UnixEpoch);
        using var one = desk.Speech();
        using var other = desk.Speech();

        var spoken = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => (i % 2 == 0 ? one : other).SpeakAsync($"Text number {i}.", "en", None)));

        Assert.All(spoken, text => Assert.Null(text.Failure));
        Assert.False(File.Exists(abandoned));
    }

    [Fact]
    public void Everything_wrong_with_recordings_and_sounds_is_told_with_its_line()
    {
        using var desk = new SpeechDesk().Recordings("en", "one", "two");
        File.WriteAllBytes(Path.Combine(desk.Folder, "recordings/en/8.wav"), SpeechDesk.Tone(1, 8000));
        File.WriteAllBytes(Path.Combine(desk.Folder, "recordings/en/stereo.wav"), SpeechDesk.Tone(1, 16_000, channels: 2));
        desk.Write("recordings/en/index.csv", "text,file\none,0.wav\nONE,1.wav\ntwo,../en/1.wav\nthree,3.wav\nfour,index.csv\nfive,stereo.wav\nsix,8.wav\nseven\n,0.wav\n");
        Directory.CreateDirectory(Path.Combine(desk.Folder, "recordings/zh-CN"));

        var faults = Assert.Throws<OptionsValidationException>(() => RecordingIndex.LoadAll(desk.Options.Recordings)).Failures.ToList();

        Assert.Equal(9, faults.Count);
        Assert.Equal([3, 4, 5, 6, 7, 8, 9, 10], faults.Where(fault => fault.Contains(", line ", StringComparison.Ordinal)).Select(fault => int.Parse(fault.Split(", line ")[1].Split(':')[0], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Contains(faults, fault => fault.Contains("zh-CN has no index.csv", StringComparison.Ordinal));
        var sounds = Assert.Throws<OptionsValidationException>(() => PinyinTable.Load(desk.Write("sounds.txt", "停电\tting2 dian4\n停电\tting2 dian4\n您好 nin2 hao3\n线\txian\n"))).Failures.ToList();
        Assert.Equal(3, sounds.Count);
    }

    [Fact]
    public void Every_failure_has_a_sentence() => Assert.All(SpeechFailures.All, failure => Assert.All(Words.Languages.All, language => Assert.NotEqual($"speech-{failure}", Words.Sentences.Label($"speech-{failure}", language))));

    /// <summary>The mean of the samples' size, 1 the loudest.</summary>
    private static double Loudness(string file)
    {
        var samples = Wave.Read(File.ReadAllBytes(file))!.Samples.ToArray();

        return Enumerable.Range(0, samples.Length / 2).Average(i => Math.Abs((double)BitConverter.ToInt16(samples, 2 * i))) / short.MaxValue;
    }
}
