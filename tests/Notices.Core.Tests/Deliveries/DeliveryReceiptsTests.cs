using Microsoft.EntityFrameworkCore;
using Notices.Audit;
using Notices.Testing;
using Xunit;

namespace Notices.Deliveries;

public class DeliveryReceiptsTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<DatabaseKind> Both => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    [Theory, MemberData(nameof(Both))]
    public async Task News_in_any_order_never_makes_a_message_worse_and_a_repeat_does_nothing(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(4);
        var ids = await AcceptAsync(desk, round);
        var at = desk.Now.AddSeconds(5);
        ReceiptNews News(int which, DeliveryState state, int seconds = 0, string? detail = null) => new("main", null, ids[which], state, at.AddSeconds(seconds), detail);

        Assert.Equal(new ReceiptsApplied(4, 1, 1), await desk.Receipts.ApplyAsync(
            [News(0, DeliveryState.Delivered), News(0, DeliveryState.Delivered), News(1, DeliveryState.Failed, 0, "absent"), News(2, DeliveryState.Acknowledged), News(2, DeliveryState.Delivered, -1), new("main", null, 999_999, DeliveryState.Delivered, at)], None));
        Assert.Equal(new ReceiptsApplied(3, 1, 0), await desk.Receipts.ApplyAsync(
            [News(0, DeliveryState.Accepted), News(0, DeliveryState.Failed, 9), News(1, DeliveryState.Failed, 3), News(1, DeliveryState.Accepted)], None));

        var rows = await desk.DeliveriesAsync(round.Id);
        Assert.Equal([DeliveryState.Delivered, DeliveryState.Failed, DeliveryState.Acknowledged, DeliveryState.Accepted], rows.Select(row => row.State));
        Assert.Equal([null, "not-delivered", null, null], rows.Select(row => row.Reason));
        Assert.Equal([at, null, at.AddSeconds(-1), null], rows.Select(row => row.DeliveredAt));
        await desk.SumHoldsAsync(round.Id, 4);

        var kept = await desk.ReadAsync(db => db.Receipts.OrderBy(row => row.Id).ToListAsync());
        Assert.Equal(7, kept.Count);
        var entry = await desk.ReadAsync(db => db.AuditEntries.OrderBy(row => row.Sequence).FirstAsync(row => row.Action == "deliveries.receipts"));
        Assert.Equal($"receipts/{kept[0].Batch}", entry.Subject);
        using var hash = new RowsHash();
        foreach (var row in kept.Take(4)) hash.Add(row);
        Assert.Contains($"\"count\":4,\"sha256\":\"{hash.Finish()}\",\"unknown\":1", entry.Line, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_receipt_faster_than_the_outcome_is_kept(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(2);
        var claimed = await desk.Queue.ClaimAsync(desk.Request(), None);
        await desk.Receipts.ApplyAsync([new("main", null, claimed[0].Id, DeliveryState.Delivered, desk.Now), new("main", null, claimed[1].Id, DeliveryState.Failed, desk.Now)], None);

        await desk.Queue.WriteOutcomesAsync(new OutcomeBatch([.. claimed.Select(row => desk.Outcome(row, SendOutcome.Accepted($"m{row.Id}", true)))]), None);

        Assert.Equal([DeliveryState.Delivered, DeliveryState.Failed], (await desk.DeliveriesAsync(round.Id)).Select(row => row.State));
        Assert.Equal(2, (await desk.AttemptsAsync()).Count);
        await desk.SumHoldsAsync(round.Id, 2);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_receipt_is_found_by_the_providers_id_and_settles_what_nobody_knew(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(2);
        var claimed = await desk.Queue.ClaimAsync(desk.Request(), None);
        await desk.Queue.WriteOutcomesAsync(new OutcomeBatch([desk.Outcome(claimed[0], SendOutcome.Accepted("SM1", true)), desk.Outcome(claimed[1], SendOutcome.Unknown("cut"))]), None);

        Assert.Equal(new ReceiptsApplied(2, 0, 2), await desk.Receipts.ApplyAsync(
            [new("main", "SM1", null, DeliveryState.Delivered, desk.Now), new("other", "SM1", null, DeliveryState.Delivered, desk.Now), new("main", "SM9", null, DeliveryState.Delivered, desk.Now), new("main", null, claimed[1].Id, DeliveryState.Accepted, desk.Now)], None));

        Assert.Equal([DeliveryState.Delivered, DeliveryState.Accepted], (await desk.DeliveriesAsync(round.Id)).Select(row => row.State));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Batches_that_cross_do_not_block_each_other(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(200);
        var ids = await AcceptAsync(desk, round);
        var news = ids.ConvertAll(id => new ReceiptNews("main", null, id, DeliveryState.Delivered, desk.Now));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => desk.Receipts.ApplyAsync(i % 2 == 0 ? news : [.. news.AsEnumerable().Reverse()], None))));

        Assert.Equal(200, await desk.ReadAsync(db => db.Receipts.CountAsync()));
        Assert.Equal(200, (await desk.Queue.RoundCountsAsync(round.Id, None)).Delivered);
    }

    private static async Task<List<long>> AcceptAsync(DeliveryDesk desk, Round round)
    {
        var claimed = await desk.Queue.ClaimAsync(desk.Request(), None);
        await desk.Queue.WriteOutcomesAsync(new OutcomeBatch([.. claimed.Select(row => desk.Outcome(row, SendOutcome.Accepted($"m{row.Id}", true)))]), None);

        return (await desk.DeliveriesAsync(round.Id)).ConvertAll(row => row.Id);
    }
}
