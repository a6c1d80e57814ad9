using Notices.Testing;
using Xunit;

namespace Notices.Audit;

public sealed class AuditSearchTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Entries_are_found_by_what_they_say_page_by_page(DatabaseKind kind)
    {
        await using var record = await Record.CreateAsync(kind);
        await using var db = record.Open();
        var search = new AuditSearch(db);
        async Task<AuditPage> Page(AuditQuery query) => (await search.ListAsync(Record.Auditor, query, default)).Value!;

        var first = await Page(new AuditQuery(Limit: 4));
        Assert.Equal([10L, 9, 8, 7], first.Items.Select(l => l.Sequence));
        var second = await Page(new AuditQuery(Limit: 6, After: first.Next));
        Assert.Equal([6L, 5, 4, 3, 2, 1], second.Items.Select(l => l.Sequence));
        Assert.Null(second.Next);
        Assert.Equal([1L, 2], (await Page(new AuditQuery(Limit: 2, OldestFirst: true))).Items.Select(l => l.Sequence));
        Assert.Equal([8L], (await Page(new AuditQuery(Action: "notice.published"))).Items.Select(l => l.Sequence));
        Assert.Equal([4L], (await Page(new AuditQuery(SubjectPrefix: "attempts/"))).Items.Select(l => l.Sequence));
        Assert.Equal([8L, 6, 4], (await Page(new AuditQuery(Actor: "system"))).Items.Select(l => l.Sequence));
        var all = (await Page(new AuditQuery(OldestFirst: true))).Items;
        var at = DateTimeOffset.Parse(all[4].At, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal([5L, 6], (await Page(new AuditQuery(From: at, To: at.AddSeconds(2), OldestFirst: true))).Items.Select(l => l.Sequence));
        Assert.Equal("{\"reason\":\"天气\"}", all[0].Before);
        Assert.Equal("forbidden", Assert.Single((await search.ListAsync(Record.Dispatcher, new AuditQuery(), default)).Problems).Code);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Pages_are_turned_both_ways(DatabaseKind kind)
    {
        await using var record = await Record.CreateAsync(kind);
        await using var db = record.Open();
        async Task<AuditPage> Page(AuditQuery query) => (await new AuditSearch(db).ListAsync(Record.Auditor, query, default)).Value!;

        var first = await Page(new AuditQuery(Limit: 4));
        Assert.Null(first.Previous);
        var second = await Page(new AuditQuery(Limit: 4, After: first.Next));
        var third = await Page(new AuditQuery(Limit: 4, After: second.Next));
        Assert.Equal([2L, 1], third.Items.Select(l => l.Sequence));
        var back = await Page(new AuditQuery(Limit: 4, Before: third.Previous));
        Assert.Equal(second.Items.Select(l => l.Sequence), back.Items.Select(l => l.Sequence));
        Assert.Equal(second.Next, back.Next);
        var start = await Page(new AuditQuery(Limit: 4, Before: back.Previous));
        Assert.Equal(first.Items.Select(l => l.Sequence), start.Items.Select(l => l.Sequence));
        Assert.Null(start.Previous);
        Assert.Equal([3L, 4], (await Page(new AuditQuery(Limit: 2, Before: 5, OldestFirst: true))).Items.Select(l => l.Sequence));
        Assert.Empty((await Page(new AuditQuery(Before: 10))).Items);
    }

    [Theory]
    [InlineData("天气", 7)] // in every change
    [InlineData("<检修> & \"更换\"", 7)] // as it was typed, though JSON writes the quotation marks otherwise
    [InlineData("\"reason\":\"天气\"", 7)] // as JSON writes it
    [InlineData("JX-2026-000_", 0)] // no wildcard
    [InlineData("%", 0)]
    [InlineData("\\", 7)] // JSON has one before each quotation mark
    [InlineData("OUTAGE.CHANGED", 7)] // either case
    [InlineData("\0", 0)]
    [InlineData("nothing of the kind", 0)]
    public async Task Text_is_found_wherever_it_stands_in_an_entry(string text, int entries)
    {
        foreach (var kind in Enum.GetValues<DatabaseKind>())
        {
            await using var record = await Record.CreateAsync(kind);
            await using var db = record.Open();
            var found = (await new AuditSearch(db).ListAsync(Record.Auditor, new AuditQuery(Text: text), default)).Value!.Items;
            Assert.Equal(entries, found.Count);
        }
    }

    [Fact]
    public async Task A_text_longer_than_anybody_types_is_refused()
    {
        await using var record = await Record.CreateAsync(DatabaseKind.Sqlite);
        await using var db = record.Open();
        var found = await new AuditSearch(db).ListAsync(Record.Auditor, new AuditQuery(Text: new string('x', AuditSearch.LongestText + 1)), default);
        Assert.Equal("audit-text-too-long", Assert.Single(found.Problems).Code);
    }
}
