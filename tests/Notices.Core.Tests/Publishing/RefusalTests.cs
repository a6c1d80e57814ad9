using Notices.Outages;
using Notices.Words;
using Xunit;

namespace Notices.Publishing;

public sealed class RefusalTests
{
    public static TheoryData<string, string> Emptied => new()
    {
        { "feeders", "line" },
        { "places", "areas" },
        { "windows", "times" },
        { "signature", "signature" },
        { "hotline", "hotline" },
        { "number", "number" },
        { "feeder name", "line" },
    };

    [Theory]
    [MemberData(nameof(Emptied))]
    public void An_empty_value_refuses_naming_template_value_and_line(string emptied, string value)
    {
        var facts = NoticeFixtures.Planned;
        facts = emptied switch
        {
            "feeders" => facts with { Feeders = [] },
            "places" => facts with { Places = [] },
            "windows" => facts with { Windows = [] },
            "signature" => facts with { Organisation = NoticeFixtures.Jingxing with { Signature = LocalText.Same(" ") } },
            "hotline" => facts with { Organisation = NoticeFixtures.Jingxing with { Hotline = "" } },
            "number" => facts with { Number = "" },
            _ => facts with { Feeders = [new FeederFacts("F", LocalText.Same(""), 10)] },
        };

        var problems = NoticeFixtures.Renderer.Check(facts);

        Assert.NotEmpty(problems);
        Assert.All(problems, problem => Assert.Equal("template-value-missing", problem.Code));
        Assert.Contains(problems, problem => Value(problem, "value") == value);
        Assert.All(problems, problem => Assert.Matches("^[a-z]+/(zh-CN|en)/[a-z-.]+$", Value(problem, "template")));
        Assert.All(problems, problem => Assert.NotEqual("0", Value(problem, "line")));
    }

    [Fact]
    public void A_fault_that_says_neither_when_it_ends_nor_when_more_is_known_refuses() =>
        Assert.Contains(
            NoticeFixtures.Renderer.Check(NoticeFixtures.Fault with { NextUpdateBy = null }),
            problem => problem.Code == "template-value-missing" && Value(problem, "value").StartsWith("next_update", StringComparison.Ordinal));

    [Fact]
    public void A_postponement_without_the_day_put_off_refuses() =>
        Assert.NotEmpty(NoticeFixtures.Renderer.Check(NoticeFixtures.Postponed with { PreviousWindows = [] }));

    [Fact]
    public void A_link_is_refused_where_nobody_can_follow_it()
    {
        var facts = NoticeFixtures.Announcement with { Body = LocalText.Same("See www.example.org") };

        Assert.Contains(NoticeFixtures.Renderer.Check(facts), problem => problem.Code == "text-has-link");
        Assert.True(NoticeFixtures.Renderer.Render(facts, Languages.English, TemplateMedium.EmailText).Ok);
    }

    [Theory]
    [InlineData("One\n{{ if line }}open", "template-broken")]
    [InlineData("One\n{{ lien }}", "template-value-missing")]
    [InlineData("One\n{{ off.tiem }}", "template-value-missing")]
    [InlineData("One\n{{ date.now }}", "template-value-missing")]
    [InlineData("One\n{{ line | string.upcase }}", "template-value-missing")]
    public void A_broken_override_is_refused_with_its_line(string text, string code)
    {
        var renderer = new NoticeRenderer(new Override("initial/en/sms.txt", text));

        var problem = Assert.Single(renderer.Render(NoticeFixtures.Planned, Languages.English, TemplateMedium.Sms).Problems);

        Assert.Equal(code, problem.Code);
        Assert.Equal("initial/en/sms.txt", Value(problem, "template"));
        Assert.Equal("2", Value(problem, "line"));
    }

    [Fact]
    public void An_override_for_one_kind_leaves_the_others()
    {
        var renderer = new NoticeRenderer(new Override("initial/en/planned.sms.txt", "Off {{ times }}."));

        Assert.Equal("Off Tue 1 Dec 08:00-18:00.", renderer.Render(NoticeFixtures.Planned, Languages.English, TemplateMedium.Sms).Value!.Text);
        Assert.Equal(
            NoticeFixtures.Text(NoticeFixtures.Temporary, Languages.English, TemplateMedium.Sms),
            renderer.Render(NoticeFixtures.Temporary, Languages.English, TemplateMedium.Sms).Value);
    }

    [Fact]
    public void The_check_at_start_names_what_is_missing_unknown_and_broken()
    {
        var home = Directory.CreateTempSubdirectory();
        try
        {
            Write(home, "initial/en/sms.txt", "{{ if");
            Write(home, "initial/en/feed.txt", "Head\n{{ lien }}");
            Write(home, "initial/en/sudden.sms.txt", "x");

            var problems = new TemplateFiles(home.FullName).Check();

            Assert.Contains(problems, problem => problem.Code == "template-broken" && Value(problem, "line") == "1");
            Assert.Contains(problems, problem => problem.Code == "template-name-unknown" && Value(problem, "value") == "lien" && Value(problem, "line") == "2");
            Assert.Contains(problems, problem => problem.Code == "template-unknown" && Value(problem, "template").EndsWith("sudden.sms.txt", StringComparison.Ordinal));
            Assert.Contains(problems, problem => problem.Code == "template-missing" && Value(problem, "template").EndsWith("initial/zh-CN/sms.txt", StringComparison.Ordinal));
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    [Fact]
    public void Several_outages_merge_only_where_all_lie_ahead() =>
        Assert.Equal(
            "notices-not-mergeable",
            Assert.Single(NoticeFixtures.Renderer.RenderMerged([NoticeFixtures.Planned, NoticeFixtures.Restored], Languages.English, TemplateMedium.Sms).Problems).Code);

    [Fact]
    public void Many_threads_write_the_same()
    {
        var renderer = new NoticeRenderer(new TemplateFiles(NoticeFixtures.Home));
        var texts = new string[200];

        Parallel.For(0, texts.Length, index => texts[index] = renderer.Render(NoticeFixtures.Planned, Languages.Chinese, TemplateMedium.Sms).Value!.Text);

        Assert.Single(texts.Distinct(StringComparer.Ordinal));
    }

    private static string Value(Problem problem, string name) => problem.Values?.GetType().GetProperty(name)?.GetValue(problem.Values)?.ToString() ?? "";

    private static void Write(DirectoryInfo home, string path, string text)
    {
        var file = new FileInfo(Path.Combine(home.FullName, "templates", path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, text);
    }

    private sealed class Override(string path, string text) : ITemplateSource
    {
        private static readonly TemplateFiles Files = new(NoticeFixtures.Home);

        public string? Find(string asked) => asked == path ? text : Files.Find(asked);
    }
}
