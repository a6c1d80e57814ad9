using System.Text.RegularExpressions;
using Notices.Deliveries;
using Notices.Words;
using Xunit;

namespace Notices.Publishing;

public sealed partial class EveryTemplateTests
{
    private const int MostParts = 3;
    private static readonly TemplateFiles Files = new(NoticeFixtures.Home);

    public static TheoryData<string> Fixtures => NoticeFixtures.Names;

    [Fact]
    public void Every_type_language_and_medium_has_its_template_and_every_file_is_one_somebody_reads() => Assert.Empty(Files.Check());

    [Fact]
    public void Every_template_is_used_by_a_fixture()
    {
        var seen = new Recording(Files);
        var renderer = new NoticeRenderer(seen);
        foreach (var facts in NoticeFixtures.All.Values) Assert.Empty(renderer.Check(facts));
        foreach (var (language, medium) in Merged()) Assert.True(renderer.RenderMerged([NoticeFixtures.Planned, NoticeFixtures.Temporary], language, medium).Ok);

        Assert.Equal(["README.md"], Files.Paths.Except(seen.Found));
    }

    [Fact]
    public void The_readme_names_every_value()
    {
        var readme = Files.Find("README.md")!;

        Assert.All(NoticeValues.Names, name => Assert.Contains($"`{name}`", readme, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Every_text_is_whole_of_its_length_and_without_links(string fixture)
    {
        var facts = NoticeFixtures.All[fixture];
        foreach (var language in Languages.All)
        {
            foreach (var medium in TemplateMedia.All) Examine(NoticeFixtures.Text(facts, language, medium), facts, $"{fixture} {language} {medium}");
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Both_languages_state_the_same_times_and_different_headlines(string fixture)
    {
        var facts = NoticeFixtures.All[fixture];
        foreach (var medium in TemplateMedia.All.Where(medium => !medium.IsSpoken()))
        {
            var chinese = NoticeFixtures.Text(facts, Languages.Chinese, medium);
            var english = NoticeFixtures.Text(facts, Languages.English, medium);

            Assert.Equal(Times(chinese.Text), Times(english.Text));
            Assert.Equal(Times(chinese.Subject ?? ""), Times(english.Subject ?? ""));
            if (medium.HasSubject()) Assert.NotEqual(chinese.Subject, english.Subject);
        }
    }

    [Fact]
    public void One_message_tells_all_windows_of_several_outages()
    {
        foreach (var (language, medium) in Merged())
        {
            var merged = NoticeFixtures.Renderer.RenderMerged([NoticeFixtures.Planned, NoticeFixtures.Temporary], language, medium);
            Assert.True(merged.Ok, string.Join("; ", merged.Problems));
            Examine(merged.Value!, NoticeFixtures.Planned, $"merged {language} {medium}");
            if (medium == TemplateMedium.Sms) Assert.Equal(["08:00", "12:00", "17:00", "18:00"], Times(merged.Value!.Text));
        }

        Assert.Equal(
            "【国网井陉供电】尊敬的客户：您户号尾号1234（东街村）有2次停电：10千伏城关031线11月25日（周三）12:00-17:00；10千伏城关031线12月1日（周二）08:00-18:00；可能提前送电，请视线路始终带电。详询95598。",
            PersonalText.Fill(NoticeFixtures.Renderer.RenderMerged([NoticeFixtures.Planned, NoticeFixtures.Temporary], Languages.Chinese, TemplateMedium.Sms).Value!.Text, "东街村", "1234"));
    }

    [Fact]
    public void A_written_notice_names_every_line_the_full_day_and_the_regulator()
    {
        FeederFacts[] feeders = [.. new[] { "041", "042", "043" }.Select(number => new FeederFacts(number, new LocalText($"城关{number}线", $"Chengguan {number}"), 10))];
        foreach (var language in Languages.All)
        {
            var letter = NoticeFixtures.Text(NoticeFixtures.Planned with { Feeders = feeders }, language, TemplateMedium.Paper);

            Assert.All(feeders, feeder => Assert.Contains(feeder.Code, letter.Text, StringComparison.Ordinal));
            Assert.Contains(language == Languages.Chinese ? "2026年12月1日（星期二）08:00至18:00" : "Tuesday 1 December 2026, 08:00 to 18:00", letter.Text, StringComparison.Ordinal);
            Assert.Contains("12398", letter.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void A_relay_person_is_told_the_same_and_asked_whether_the_places_know(string fixture)
    {
        var facts = NoticeFixtures.All[fixture];
        if (facts.Kind is null) return;

        var times = new List<List<string>>();
        foreach (var language in Languages.All)
        {
            foreach (var medium in TemplateCheck.Relay)
            {
                var text = NoticeFixtures.Renderer.RenderRelay(facts, language, medium);
                Assert.True(text.Ok, string.Join("; ", text.Problems));
                Examine(text.Value!, facts, $"{fixture} relay {language} {medium}");
                var filled = PersonalText.Fill(text.Value!.Text, language == Languages.Chinese ? "东街村、西街村" : "Dongjie、Xijie", "");
                Assert.Matches(language == Languages.Chinese ? "转告.*东街村、西街村" : "(tell|pass this on to the) customers in Dongjie", filled);
                Assert.Matches(language == Languages.Chinese ? "已转告请回复1，未能转告请回复2|已经转告请按一，未能转告请按二" : "Reply 1, if not 2|press one, if you could not press two", filled);
                if (medium == TemplateMedium.Sms) times.Add(Times(filled));
            }
        }

        Assert.Equal(times[0], times[1]);
    }

    [Fact]
    public void A_merged_message_still_says_on_which_day_there_is_no_cut_any_more()
    {
        foreach (var (language, medium) in Merged())
        {
            var merged = NoticeFixtures.Renderer.RenderMerged([NoticeFixtures.Changed, NoticeFixtures.Temporary], language, medium).Value!.Text;

            Assert.Matches("12月1日不停电|十二月一日不停电|[Nn]o cut 1 Dec|No cut the first of December", merged);
        }
    }

    [Fact]
    public void A_script_for_one_village_takes_at_most_45_seconds_a_saying()
    {
        foreach (var facts in NoticeFixtures.All.Values.Where(facts => facts.Windows.Count < 5 && facts.Feeders.Count < 3))
        {
            var script = NoticeFixtures.Text(facts with { Places = facts.Places.Take(1).ToList() }, Languages.Chinese, TemplateMedium.Script);

            Assert.True(script.Reading <= TimeSpan.FromSeconds(2 * 45), $"{script.Reading}: {script.Text}");
        }
    }

    private static void Examine(RenderedText rendered, NoticeFacts facts, string name)
    {
        var medium = rendered.Medium;
        var place = facts.Places.Count > 0 ? facts.Places[0].In(rendered.Language) : "";
        foreach (var (accounts, backup) in new[] { ("1234", false), ("1234、5678", true), ("", false) })
        {
            var text = medium.IsPersonal() ? PersonalText.Fill(rendered.Text, place, accounts, backup) : rendered.Text;
            var whole = $"{name}: {rendered.Subject}\n{text}";

            Assert.False(Broken().IsMatch(text + rendered.Subject), whole);
            Assert.False(medium is not (TemplateMedium.EmailText or TemplateMedium.EmailHtml) && Link().IsMatch(text), whole);
            Assert.False(medium.IsSpoken() && text.Any(char.IsAsciiDigit), whole);
            Assert.False(OddTime().IsMatch(text), whole);
            Assert.True(rendered.Subject is null || rendered.Subject.Length is > 4 and <= 160, whole);
            Assert.True(medium.HasSubject() == rendered.Subject is not null, whole);
            Assert.False(medium is TemplateMedium.Sms or TemplateMedium.StormSms or TemplateMedium.Crawl && text.Contains('\n', StringComparison.Ordinal), whole);
            if (medium == TemplateMedium.Sms) Assert.True(SmsText.Measure(text).Parts <= MostParts, $"{SmsText.Measure(text)} {whole}");
            if (medium == TemplateMedium.StormSms) Assert.True(SmsText.Measure(text).Parts == 1, $"{SmsText.Measure(text)} {whole}");
            if (rendered.Language == Languages.Chinese && medium is not TemplateMedium.EmailHtml) Assert.False(EnglishWord().IsMatch(text), whole);
        }

        Assert.Equal(medium.IsSpoken(), rendered.Reading > TimeSpan.Zero);
        Assert.Equal(medium is TemplateMedium.Sms or TemplateMedium.StormSms, rendered.Sms is not null);
    }

    private static IEnumerable<(string Language, TemplateMedium Medium)> Merged() =>
        from language in Languages.All from medium in TemplateCheck.Merged select (language, medium);

    private static List<string> Times(string text) => [.. Clock().Matches(text).Select(time => time.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    [GeneratedRegex("(?<![+:0-9])[0-9]{2}:[0-9]{2}")]
    private static partial Regex Clock();

    /// <summary>A time that is not two digits, colon, two digits.</summary>
    [GeneratedRegex("(?<![0-9])[0-9]:[0-9]|[0-9]:[0-9](?![0-9])|[0-9]{3}:[0-9]|上午[0-9]|下午[0-9]|[0-9] ?[ap]\\.?m\\b")]
    private static partial Regex OddTime();

    [GeneratedRegex("⟦|⟧|\\{\\{|\\}\\}|undefined|null|（）|\\(\\)|“”|，，|。。|，。|；。|：。|、、|\\.\\. |,,| ,| \\.[^.]|System\\.|影响[，。]|于停电")]
    private static partial Regex Broken();

    [GeneratedRegex("http|www|://|\\.com|\\.cn")]
    private static partial Regex Link();

    [GeneratedRegex("[a-z]{4}")]
    private static partial Regex EnglishWord();

    private sealed class Recording(ITemplateSource source) : ITemplateSource
    {
        public HashSet<string> Found { get; } = [];

        public string? Find(string path)
        {
            var text = source.Find(path);
            if (text is not null) Found.Add(path);

            return text;
        }
    }
}
