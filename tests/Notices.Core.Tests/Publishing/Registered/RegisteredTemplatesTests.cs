using System.Text.Json;
using Notices.Deliveries;
using Notices.Words;
using Xunit;

namespace Notices.Publishing;

public class RegisteredTemplatesTests
{
    private static readonly RegisteredLimits Limits = new("${", "}", false, 35, 5, Adjacent: false, Links: false, 100, SignatureAdded: true);

    public static TheoryData<string, string?> Texts => new()
    {
        { "因${reason}，${line}停电。", null },
        { "没有变量。", null },
        { "", "registered-text-empty" },
        { "${a}${b}停电。", "registered-variables-adjacent" },
        { "${a}，${a}停电。", "registered-variable-twice" },
        { "${a}，${b}，${c}，${d}，${e}，${f}", "registered-too-many-variables" },
        { "见 www.example.com。", "registered-text-has-link" },
        { "【示例供电】停电。", "registered-text-has-signature" },
        { new string('停', 101), "registered-text-too-long" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void The_providers_limits_are_checked_wherever_a_text_is_saved(string text, string? code)
    {
        var problems = Limits.Check(text, "text");

        Assert.Equal(code, problems.SingleOrDefault()?.Code);
        Assert.All(problems, problem => Assert.DoesNotContain("{", Sentences.Of(problem, Languages.Chinese).Replace("${", "", StringComparison.Ordinal), StringComparison.Ordinal));
    }

    [Fact]
    public void Numbered_variables_stand_in_their_order()
    {
        var numbered = Limits with { MarkBefore = "{", Numbered = true };

        Assert.Empty(numbered.Check("因{1}，{2}停电。"));
        Assert.Equal("registered-variables-unordered", Assert.Single(numbered.Check("因{2}，{1}停电。")).Code);
        Assert.Equal("{2}", numbered.Write("line", 2));
    }

    [Fact]
    public void A_body_comes_apart_into_the_values_of_the_text_that_fixes_most_of_it()
    {
        var templates = Load(("zh-CN", "A", "${all}停电。"), ("zh-CN", "B", "因${reason}，${line}停电。"), ("en", "C", "No power at ${place}."));

        var message = templates.Match("zh-CN", "【示例供电】因检修，10千伏城关031线停电。")!;
        Assert.Equal("B", message.Id);
        Assert.Equal([new("reason", "检修"), new("line", "10千伏城关031线")], message.Variables);
        Assert.Equal("A", templates.Match("zh-CN", "东街停电。")!.Id);
        Assert.Equal("C", templates.Match("en", "No power at Dongjie.")!.Id);
        Assert.Null(templates.Match("en", "因检修，线停电。"));
        Assert.Null(templates.Match("zh-CN", "停电。")); // an empty value is none
        Assert.Null(templates.Match("zh-CN", "因检修，线停电"));
        Assert.Null(templates.Match("zh-CN", $"因{new string('检', 36)}，线送电。"));
    }

    [Theory]
    [InlineData("因${a}，${b}停电。", "因风，雨，雪停电停电。")]
    [InlineData("${a}停${b}停${c}", "停停停停停停停停")]
    [InlineData("x${a}x", "xxx")]
    public void Whichever_way_a_body_comes_apart_it_is_put_together_as_it_was(string text, string body)
    {
        var message = Load(("zh-CN", "A", text)).Match("zh-CN", body)!;
        var again = message.Variables.Aggregate(text, (filled, variable) => filled.Replace("${" + variable.Key + "}", variable.Value, StringComparison.Ordinal));

        Assert.Equal(body, again);
        Assert.All(message.Variables, variable => Assert.InRange(variable.Value.Length, 1, 35));
    }

    [Fact]
    public void A_body_of_many_alike_pieces_takes_no_longer_than_others()
    {
        var templates = Load(("zh-CN", "A", "a${a}a${b}a${c}a${d}a${e}b"));
        var watch = System.Diagnostics.Stopwatch.StartNew();

        for (var i = 0; i < 100; i++) Assert.Null(templates.Match("zh-CN", new string('a', 150)));
        Assert.InRange(watch.ElapsedMilliseconds, 0, 3000);
    }

    public static TheoryData<string, string> Files => new()
    {
        { "{", "registered-file-broken" },
        { """{"templates":[]}""", "registered-none" },
        { """{"template":[]}""", "registered-file-broken" },
        { """{"templates":[{"notice":"initial","language":"zh-CN","id":"1"}]}""", "registered-file-broken" },
        { """{"templates":[{"notice":"first","language":"zh-CN","id":"1","text":"停电。"}]}""", "registered-value-wrong" },
        { """{"templates":[{"notice":"initial","kind":"big","language":"zh-CN","id":"1","text":"停电。"}]}""", "registered-value-wrong" },
        { """{"templates":[{"notice":"initial","language":"fr","id":"1","text":"停电。"}]}""", "registered-value-wrong" },
        { """{"languages":["fr"],"templates":[{"notice":"initial","language":"en","id":"1","text":"停电。"}]}""", "registered-value-wrong" },
        { """{"templates":[{"notice":"initial","language":"zh-CN","id":"","text":"停电。"}]}""", "registered-id-missing" },
        { """{"templates":[{"notice":"initial","language":"zh-CN","id":"1","text":"${a}${b}"}]}""", "registered-variables-adjacent" },
        { """{"templates":[{"notice":"initial","language":"zh-CN","id":"1","text":"${a}。"},{"notice":"reminder","language":"zh-CN","id":"2","text":"${b}。"}]}""", "registered-text-twice" },
        { """{"templates":[{"notice":"initial","language":"zh-CN","id":"1","text":"${a}，${b}。","variables":["b","a"]}]}""", "registered-variables-differ" },
        { """{"templates":[{"notice":"initial","language":"zh-CN","id":"1","text":"${a}。","example":"停电"}]}""", "registered-example-differs" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_that_is_wrong_says_where_and_why(string json, string code)
    {
        using var home = new RegisteredHome(json);
        var problem = Assert.Single(RegisteredTemplates.Load(home.Path, "ali", Limits).Problems);

        Assert.Equal(code, problem.Code);
        Assert.StartsWith("config/registered/ali.json", problem.Field!, StringComparison.Ordinal);
        Assert.Equal("registered-file-missing", Assert.Single(RegisteredTemplates.Load(home.Path, "../ali", Limits).Problems).Code);
    }

    [Theory]
    [InlineData("zh-CN")]
    [InlineData("en")]
    public void What_the_export_writes_says_every_example_of_every_notice(string language)
    {
        var limits = Limits with { MostVariables = 30, LongestText = 500, LongestVariable = 60 };
        var source = new TemplateFiles(NoticeFixtures.Home);
        var exported = new TemplateExport(source).Make(limits, [language]);
        Assert.Equal(exported.Count, exported.Select(text => text.Name).Distinct().Count());
        Assert.All(exported, text => Assert.Empty(text.Problems));
        Assert.All(exported, text => Assert.Equal(text.Variables, limits.TakeApart(text.Text).Names));
        Assert.DoesNotContain(exported, text => (text.Text + text.Example).Any(letter => letter is >= '\uE000' and <= '\uE002' or '⟦' or '⟧'));

        // As the file takes it, ids entered.
        using var home = new RegisteredHome(JsonSerializer.Serialize(
            new { languages = new[] { language }, templates = exported.Select((text, i) => new { text.Notice, text.Kind, text.Language, id = $"SMS_{i}", text.Text, text.Name, text.Variables, text.Example }) }, Json.Stored));
        var loaded = RegisteredTemplates.Load(home.Path, "ali", limits);
        Assert.True(loaded.Ok, string.Join('\n', loaded.Problems.Select(problem => $"{problem.Field} {problem.Code}")));

        var check = new RegisteredCheck(() => Providers(loaded.Value!, limits));
        var renderer = new NoticeRenderer(source);
        var said = 0;
        foreach (var facts in ExampleNotices.All().Concat([NoticeFixtures.Planned, NoticeFixtures.Temporary, NoticeFixtures.Emergency]))
        {
            foreach (var text in new[] { renderer.Render(facts, language, TemplateMedium.Sms), renderer.Render(facts, language, TemplateMedium.StormSms), renderer.RenderRelay(facts, language, TemplateMedium.Sms) })
            {
                if (text.Value is not { } rendered) continue;

                Assert.Empty(check.Check(language, rendered.Text, "东街村").Select(problem => Sentences.Of(problem, Languages.English)));
                said++;
            }
        }

        Assert.InRange(said, 100, 5000);
    }

    [Fact]
    public void A_notice_no_registered_text_says_is_refused_where_plans_are_checked()
    {
        var templates = Load(("zh-CN", "A", "尊敬的客户：因${reason}，${line}定于${times}停电，影响您户号尾号${accounts}（${place}）。可能提前送电，请视线路始终带电。详询${hotline}。"));
        NoticeRenderer Renderer(RegisteredTemplates? registered) => new(new TemplateFiles(NoticeFixtures.Home), new RegisteredCheck(() => Providers(registered, Limits)));
        var facts = NoticeFixtures.Planned;

        Assert.Contains(Renderer(null).Check(facts), problem => problem.Code == "text-not-registered");
        // Said for those with an account, not for those without, nor as storm text or to relays.
        var problems = Renderer(templates).Check(facts);
        Assert.All(problems, problem => Assert.Equal("text-not-registered", problem.Code));
        Assert.Contains(problems, problem => Sentences.Of(problem, Languages.Chinese).Contains("请转告", StringComparison.Ordinal));
        Assert.Empty(new NoticeRenderer(new TemplateFiles(NoticeFixtures.Home)).Check(facts));

        var personal = new RegisteredCheck(() => Providers(templates, Limits));
        var longer = Assert.Single(personal.Check("zh-CN", $"【x】尊敬的客户：因{new string('检', 40)}，线定于今日停电，影响您户号尾号0001（东街）。可能提前送电，请视线路始终带电。详询95598。", "东街"));
        Assert.Equal("text-variable-too-long", longer.Code);
        Assert.Contains("reason", Sentences.Of(longer, Languages.English), StringComparison.Ordinal);
        // Another language than the file's is nobody's who is told by this provider.
        Assert.Empty(personal.Check("en", "anything", null));
    }

    private static RegisteredTemplates Load(params (string Language, string Id, string Text)[] texts)
    {
        using var home = new RegisteredHome(JsonSerializer.Serialize(
            new { languages = texts.Select(text => text.Language).Distinct(), templates = texts.Select(text => new { notice = "initial", language = text.Language, id = text.Id, text = text.Text }) }, Json.Stored));
        var loaded = RegisteredTemplates.Load(home.Path, "ali", Limits with { MostVariables = 10, LongestText = 500 });

        return loaded.Value ?? throw new InvalidOperationException(string.Join(", ", loaded.Problems.Select(problem => problem.Code)));
    }

    private static ProviderDirectory Providers(RegisteredTemplates? templates, RegisteredLimits limits)
    {
        var channel = new TemplateChannel(templates, limits);

        return new ProviderDirectory([new Provider("ali", channel, channel.Media, 1)], TimeProvider.System);
    }

    private sealed class TemplateChannel(RegisteredTemplates? registered, RegisteredLimits limits) : IChannel, IRegisteredTexts
    {
        public string Name => "templates";

        public IReadOnlySet<Medium> Media { get; } = new HashSet<Medium> { Medium.Sms };

        public RegisteredTemplates? Registered => registered;

        public RegisteredLimits? Limits => limits;

        public Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    /// <summary>A home that has nothing but what is registered.</summary>
    private sealed class RegisteredHome : IDisposable
    {
        internal RegisteredHome(string json)
        {
            Directory.CreateDirectory(System.IO.Path.Combine(Path, "config", "registered"));
            File.WriteAllText(System.IO.Path.Combine(Path, "config", "registered", "ali.json"), json);
        }

        internal string Path { get; } = Directory.CreateTempSubdirectory("registered").FullName;

        public void Dispose() => Directory.Delete(Path, true);
    }
}
