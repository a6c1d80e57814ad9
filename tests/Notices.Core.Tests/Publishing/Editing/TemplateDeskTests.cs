using Notices.Access;
using Notices.Audit;
using Notices.Testing;
using Notices.Words;
using Xunit;

namespace Notices.Publishing;

/// <summary>A text from draft to force.</summary>
public sealed class TemplateDeskTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task What_one_writes_and_another_approves_is_written_at_once_in_every_process(DatabaseKind kind)
    {
        await using var desk = await Desk.CreateAsync(kind);
        await using var beside = desk.Beside();
        var text = desk.Shipped.TrimEnd() + " Thank you.\n";
        Assert.Equal(1, (await desk.SaveAsync(0, text)).Value);
        Assert.Equal(1, (await desk.SubmitAsync(1)).Value);
        Assert.Equal(desk.Shipped, desk.Current.Find(Desk.Path)); // Waiting is not in force.
        Assert.Equal(1, (await desk.ApproveAsync(1)).Value);

        Assert.Equal(text, desk.Current.Find(Desk.Path));
        Assert.Equal(beside.Shipped, beside.Current.Find(Desk.Path));
        var renderer = new NoticeRenderer(beside.Current);
        await using (var db = beside.Open()) await renderer.LookAsync(db, default);
        Assert.EndsWith(" Thank you.", renderer.Render(NoticeFixtures.Planned, Languages.English, TemplateMedium.Sms).Value!.Text, StringComparison.Ordinal);

        var entries = await desk.EntriesAsync();
        Assert.Equal(["template.saved", "template.submitted", "template.approved"], entries.Select(entry => entry.Action));
        var approved = AuditLine.Of(entries[2])!;
        Assert.Equal("wang", approved.Actor);
        Assert.Contains(TemplateHash.OrNull(desk.Shipped)!, approved.Before, StringComparison.Ordinal);
        Assert.Equal((1L, "sun", TemplateHash.OrNull(text)), (approved.AfterNumber("version"), approved.AfterText("editedBy"), approved.AfterText("sha256")));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task The_shipped_text_comes_back_as_a_version_of_its_own(DatabaseKind kind)
    {
        await using var desk = await Desk.CreateAsync(kind);
        Assert.Equal("template-shipped-already", Assert.Single((await desk.ReturnAsync(0)).Problems).Code);
        await InForceAsync(desk, desk.Shipped + "More.\n");
        Assert.Equal("template-own", Assert.Single((await desk.ApproveAsync((await desk.ReturnAsync(1)).Value, Desk.Writer)).Problems).Code);
        Assert.Equal(2, (await desk.ApproveAsync(2)).Value);
        Assert.Equal(desk.Shipped, desk.Current.Find(Desk.Path));
        var view = await desk.ReadAsync();
        Assert.Null(view.InForce);
        Assert.Equal([(2, true), (1, false)], view.Versions.Select(version => (version.Version, version.IsShipped)));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Whoever_saves_second_is_told_and_loses_nothing(DatabaseKind kind)
    {
        await using var desk = await Desk.CreateAsync(kind);
        await desk.SaveAsync(0, desk.Shipped + "First.\n");
        var late = Assert.Single((await desk.SaveAsync(0, desk.Shipped + "Second.\n", Desk.Writer with { Name = "qian" })).Problems);
        Assert.Equal(("template-stale", ProblemKind.Stale), (late.Code, late.Kind));
        Assert.Contains("sun saved version 1", Sentences.Of(late, Languages.English), StringComparison.Ordinal);
        Assert.Equal(2, (await desk.SaveAsync(1, desk.Shipped + "Second.\n", Desk.Writer with { Name = "qian" })).Value);
        Assert.Equal([TemplateState.Draft, TemplateState.Replaced], (await desk.ReadAsync()).Versions.Select(version => version.State));

        // At the same moment: both have read version 2, one of them writes 3.
        var both = await Task.WhenAll(desk.SaveAsync(2, desk.Shipped + "Third.\n"), desk.SaveAsync(2, desk.Shipped + "Another third.\n"));
        Assert.Single(both, one => one.Ok);
        Assert.Equal("template-stale", Assert.Single(both.Single(one => !one.Ok).Problems).Code);
        Assert.Single((await desk.ReadAsync()).Versions, version => version.State == TemplateState.Draft);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Of_two_who_decide_at_once_one_does(DatabaseKind kind)
    {
        await using var desk = await Desk.CreateAsync(kind);
        await desk.SaveAsync(0, desk.Shipped + "More.\n");
        await desk.SubmitAsync(1);
        var both = await Task.WhenAll(desk.ApproveAsync(1), desk.RejectAsync(1, "Too long."));
        Assert.Single(both, one => one.Ok);
        Assert.Equal("template-state", Assert.Single(both.Single(one => !one.Ok).Problems).Code);
        Assert.Single(await desk.EntriesAsync(), entry => entry.Action is "template.approved" or "template.rejected");
    }

    [Fact]
    public async Task A_text_rejected_says_why_and_one_replaced_cannot_be_approved_any_more()
    {
        await using var desk = await Desk.CreateAsync(DatabaseKind.Sqlite);
        await desk.SaveAsync(0, desk.Shipped + "More.\n");
        Assert.Equal("template-state", Assert.Single((await desk.ApproveAsync(1)).Problems).Code); // Nobody asked for it yet.
        await desk.SubmitAsync(1);
        Assert.Equal("reason-missing", Assert.Single((await desk.RejectAsync(1, " ")).Problems).Code);
        Assert.True((await desk.RejectAsync(1, " Too long. ")).Ok);
        Assert.Equal((TemplateState.Rejected, "wang", "Too long."), (await desk.ReadAsync()).Versions[0] is var rejected ? (rejected.State, rejected.DecidedBy, rejected.Reason) : default);

        await desk.SaveAsync(1, desk.Shipped + "Less.\n");
        await desk.SubmitAsync(2);
        await desk.SaveAsync(2, desk.Shipped + "Still less.\n");
        Assert.Equal("template-state", Assert.Single((await desk.ApproveAsync(2)).Problems).Code);
        Assert.Equal(desk.Shipped, desk.Current.Find(Desk.Path));
    }

    [Theory]
    [InlineData(Role.Dispatcher, "/", "forbidden")]
    [InlineData(Role.Approver, "/", "forbidden")] // approves, and writes none
    [InlineData(Role.Auditor, "/", "forbidden")]
    [InlineData(Role.Administrator, "/1/4/", "template-not-yours")] // of a county below the city
    public async Task Nobody_but_an_administrator_of_the_whole_writes(Role role, string organisation, string code)
    {
        await using var desk = await Desk.CreateAsync(DatabaseKind.Sqlite);
        var actor = new Actor("somebody", new HashSet<Role> { role }, organisation);
        Assert.Equal(code, Assert.Single((await desk.SaveAsync(0, desk.Shipped + "More.\n", actor)).Problems).Code);
        await desk.SaveAsync(0, desk.Shipped + "More.\n");
        await desk.SubmitAsync(1);
        if (role != Role.Approver) Assert.Equal(code, Assert.Single((await desk.ApproveAsync(1, actor)).Problems).Code);
        Assert.Equal("template-own", Assert.Single((await desk.ApproveAsync(1, Desk.Writer with { Name = "SUN", Roles = new HashSet<Role> { Role.Approver } })).Problems).Code);
    }

    [Fact]
    public async Task An_upgrade_under_an_edited_text_is_told_of()
    {
        await using var desk = await Desk.CreateAsync(DatabaseKind.Sqlite);
        await InForceAsync(desk, desk.Shipped + "More.\n");
        Assert.False((await desk.ReadAsync()).ShippedChanged);
        await desk.ShippedOtherwiseAsync();
        Assert.True((await desk.ReadAsync()).ShippedChanged);
        await using var db = desk.Open();
        var lines = (await desk.Catalog(db).ListAsync(Desk.Dispatcher, default)).Value!;
        Assert.Equal((Desk.Path, 1), Assert.Single(lines, line => line.ShippedChanged) is var line ? (line.Path.Path, line.InForce) : default);
        Assert.True(lines.Count > 200);
        Assert.Equal("forbidden", Assert.Single((await desk.Catalog(db).ListAsync(new Actor("station", new HashSet<Role> { Role.Broadcaster }, "/"), default)).Problems).Code);
    }

    [Theory]
    [InlineData("{{ a_value_of_yesterday }}", Desk.Path)]
    [InlineData("early_return: Keep away.", "phrases/en.txt")] // which takes from shipped texts what they use
    public async Task What_an_upgrade_broke_gives_way_to_the_shipped_text_and_the_page_says_so(string text, string path)
    {
        await using var desk = await Desk.CreateAsync(DatabaseKind.Sqlite);
        await using (var db = desk.Open())
        {
            db.TemplateOverrides.Add(new TemplateOverride { Path = path, Version = 1, Text = text, State = TemplateState.Approved, EditedBy = "sun", EditedAt = desk.Clock.GetUtcNow(), DecidedBy = "wang" });
            db.TemplateOverrides.Add(new TemplateOverride { Path = "initial/en/crawl.txt", Version = 1, Text = "{{ line }}", State = TemplateState.Approved, EditedBy = "sun", EditedAt = desk.Clock.GetUtcNow(), DecidedBy = "wang" });
            await db.SaveChangesAsync();
            await desk.Current.LookAsync(db, default);
        }

        Assert.Equal(desk.Files.Find(path), desk.Current.Find(path));
        Assert.Equal("{{ line }}", desk.Current.Find("initial/en/crawl.txt"));
        Assert.NotEmpty((await desk.ReadAsync(path)).Faults);
    }

    private static async Task InForceAsync(Desk desk, string text)
    {
        Assert.Equal(1, (await desk.SaveAsync(0, text)).Value);
        await desk.SubmitAsync(1);
        Assert.Equal(1, (await desk.ApproveAsync(1)).Value);
    }
}
