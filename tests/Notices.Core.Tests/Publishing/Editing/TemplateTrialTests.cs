using Notices.Testing;
using Notices.Words;
using Xunit;

namespace Notices.Publishing;

/// <summary>What is wrong with a text, before anybody reads it.</summary>
public sealed class TemplateTrialTests
{
    [Fact]
    public async Task Every_shipped_text_passes_and_each_has_an_example()
    {
        await using var desk = await Desk.CreateAsync(DatabaseKind.Sqlite);
        var some = TemplatePath.All.Where(path => desk.Files.Find(path.Path) is not null).ToList();
        Assert.Equal(desk.Files.Paths.Count - 1, some.Count); // The folder's README is no template.
        Assert.All(some, path => Assert.True(desk.Trial.Examples(path).Count > 0, path.Path));
        Assert.All(some.Where(path => path.Medium is null or TemplateMedium.Sms or TemplateMedium.Feed or TemplateMedium.Voice), path => Assert.Empty(desk.Trial.Check(path, desk.Files.Find(path.Path)!)));
    }

    [Theory]
    [InlineData("initial/en/sms.txt", "", "template-empty")]
    [InlineData("initial/en/sms.txt", "{{ line }}\n{{ if }}", "template-broken")]
    [InlineData("initial/en/sms.txt", "{{ line }}\n{{ nothing_known }}", "template-name-unknown")]
    [InlineData("initial/en/sms.txt", "{{ cause }} {{ line }}", "template-value-missing")] // no reason is given in one of the examples
    [InlineData("initial/en/sms.txt", "{{ line }} see www.example.org", "text-has-link")]
    [InlineData("initial/en/sms.txt", "{{ line }}{{ if false }} see https://x.example{{ end }}", "text-has-link")] // in a branch no example takes
    [InlineData("initial/en/sms.txt", "{{ line }} \u0007", "template-control-character")]
    [InlineData("initial/en/sms.txt", "{{ line }} ⟦nobody⟧", "template-broken")]
    [InlineData("initial/en/voice.txt", "{{ line }}", "template-voice-parts")]
    [InlineData("initial/en/feed.txt", "{{ line }}\n\n{{ line }} ⟦accounts⟧", "template-mark-public")]
    [InlineData("phrases/en.txt", "early_return: Keep away.\nnonsense", "template-phrase-unreadable")]
    [InlineData("phrases/en.txt", "early_return: Keep away.", "template-name-unknown")] // what templates use, the phrases have to give
    public async Task What_would_keep_a_notice_from_being_written_is_named(string path, string text, string code)
    {
        await using var desk = await Desk.CreateAsync(DatabaseKind.Sqlite);
        var problems = desk.Trial.Check(TemplatePath.Find(path)!, text);
        Assert.Contains(code, problems.Select(problem => problem.Code));
        Assert.All(problems, problem => Assert.NotEqual(problem.Code, Sentences.Of(problem, Languages.Chinese)));
        if (code != "template-empty") Assert.False((await desk.SaveAsync(0, text, path: path)).Ok);
    }

    [Fact]
    public async Task All_that_is_wrong_is_said_at_once_each_with_its_line()
    {
        await using var desk = await Desk.CreateAsync(DatabaseKind.Sqlite);
        var problems = desk.Trial.Check(TemplatePath.Find(Desk.Path)!, "{{ one }}\n{{ line }}\n{{ two }}");
        Assert.Equal(["line 1", "line 3"], problems.Select(problem => Sentences.Of(problem, Languages.English)).Select(said => said[said.IndexOf("line", StringComparison.Ordinal)..][..6]));
        Assert.Equal("template-too-long", Assert.Single(desk.Trial.Check(TemplatePath.Find(Desk.Path)!, new string('x', TemplateTrial.LongestText + 1))).Code);
    }

    [Fact]
    public async Task A_text_reads_as_people_read_it_with_parts_and_time()
    {
        await using var desk = await Desk.CreateAsync(DatabaseKind.Sqlite);
        await using var db = desk.Open();
        var catalog = desk.Catalog(db);
        var sms = Assert.Single(catalog.Preview(Desk.Path, "{{ line }} off, {{ recipient }}", "initial/planned/plain", Desk.Dispatcher).Value!);
        Assert.Equal("Chengguan 031 off, account ..0000 (Dongjie)", sms.Text.Replace("10 kV ", "", StringComparison.Ordinal).Replace("line ", "", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(1, sms.Sms!.Value.Parts);
        Assert.NotNull(Assert.Single(catalog.Preview("initial/zh-CN/script.txt", desk.Files.Find("initial/zh-CN/script.txt")!, "initial/planned/plain", Desk.Dispatcher).Value!).Reading);
        Assert.Equal(TemplateMedia.All.Count, catalog.Preview("phrases/en.txt", desk.Files.Find("phrases/en.txt")!, "initial/planned/plain", Desk.Dispatcher).Value!.Count);
        Assert.All(catalog.Preview(Desk.Path, "{{ if }}", "initial/planned/plain", Desk.Dispatcher).Problems, problem => Assert.Equal("template-broken", problem.Code));
        Assert.False(catalog.Preview(Desk.Path, "{{ if }}", "initial/planned/plain", Desk.Dispatcher).Ok);
        Assert.Equal("not-found", Assert.Single((await catalog.PreviewAsync(Desk.Path, desk.Shipped, "JX-2026-00001", Desk.Dispatcher, default)).Problems).Code);
        Assert.Equal("not-found", Assert.Single((await catalog.ReadAsync("../../etc/passwd", Desk.Dispatcher, default)).Problems).Code);
    }

    [Fact]
    public void Lines_that_stay_are_found_between_those_that_change()
    {
        var changes = LineChanges.Between("a\nb\nc\n", "a\nx\nc\nd");
        Assert.Equal([(LineChange.Same, "a"), (LineChange.Removed, "b"), (LineChange.Added, "x"), (LineChange.Same, "c"), (LineChange.Added, "d")], changes.Select(line => (line.Change, line.Text)));
        Assert.Equal((3, 3), changes[3] is var same ? (same.Before!.Value, same.After!.Value) : default);
        Assert.Empty(LineChanges.Between("", ""));
        Assert.All(LineChanges.Between("a\r\nb", "a\nb\n"), line => Assert.Equal(LineChange.Same, line.Change));
    }
}
