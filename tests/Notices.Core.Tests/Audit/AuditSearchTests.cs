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
}
