using Microsoft.EntityFrameworkCore;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Testing;
using Xunit;

namespace Notices.Retention;

public abstract class DeliveryArchiveTests(DatabaseKind kind)
{
    public sealed class OnSqlite() : DeliveryArchiveTests(DatabaseKind.Sqlite);

    public sealed class OnPostgreSql() : DeliveryArchiveTests(DatabaseKind.PostgreSql);

    [Fact]
    public async Task What_was_moved_is_seen_stated_and_verified_as_before()
    {
        await using var desk = await RetentionDesk.OpenAsync(kind);
        var round = await desk.EndedAsync(8);
        await AskRelayAsync(desk, round.Id);
        desk.Pass(91);
        var (seen, stated) = (await desk.SeenAsync(round.Id), await desk.StatedAsync(round.Id));

        Assert.Equal(8, await desk.Archive().MoveDueAsync(default));

        var rows = await desk.RowsAsync();
        Assert.Equal([0, 0, 0, 0], rows.Working);
        Assert.Equal([8, 8, 8, 1], rows.Archive);
        Assert.Equal(seen, await desk.SeenAsync(round.Id));
        var again = await desk.StatedAsync(round.Id);
        Assert.Equal(stated.PersonalClock, again.PersonalClock);
        Assert.Equal((stated.Record.Attempts, stated.Record.Receipts), (again.Record.Attempts, again.Record.Receipts));
        Assert.Equal(stated.Media.Select(m => (m.Provider, m.Messages, m.FirstHandedOver, m.LastDelivered)), again.Media.Select(m => (m.Provider, m.Messages, m.FirstHandedOver, m.LastDelivered)));
        Assert.Equal(stated.Tiers.Select(t => (t.Recipients, t.HandedOver, t.FirstHandedOver)), again.Tiers.Select(t => (t.Recipients, t.HandedOver, t.FirstHandedOver)));
        await desk.SoundAsync();

        var entry = await desk.Deliveries.ReadAsync(db => db.AuditEntries.OrderBy(e => e.Sequence).LastAsync());
        Assert.Equal(("deliveries.archived", 8L), (entry.Action, AuditLine.Of(entry)!.AfterNumber("count")));
        Assert.Equal(0, await desk.Archive().MoveDueAsync(default));
        Assert.Equal(entry.Sequence, await desk.Deliveries.ReadAsync(db => db.AuditEntries.MaxAsync(e => e.Sequence)));
    }

    [Fact]
    public async Task Nothing_moves_before_its_time_or_while_a_round_of_its_moment_is_open()
    {
        await using var desk = await RetentionDesk.OpenAsync(kind);
        await desk.EndedAsync(4, "moment");
        var other = await desk.RunningAsync(3, "moment");
        desk.Pass(91);
        Assert.Equal(0, await desk.Archive().MoveDueAsync(default));

        await desk.CloseAsync();
        desk.Pass(89);
        Assert.Equal(0, await desk.Archive().MoveDueAsync(default));
        Assert.Null(await desk.Deliveries.ReadAsync(db => db.Rounds.Where(r => r.Id == other.Id).Select(r => r.ArchivedAt).SingleAsync()));

        desk.Pass(2);
        Assert.Equal(7, await desk.Archive().MoveDueAsync(default));
        Assert.Equal(0, await desk.Deliveries.ReadAsync(db => db.Rounds.CountAsync(r => r.ArchivedAt == null)));
        await desk.SoundAsync();
    }

    [Theory]
    [InlineData(4)] // while the ids are read
    [InlineData(6)] // between two parts, or within one
    [InlineData(8)]
    public async Task Stopped_anywhere_it_is_whole_and_the_next_run_goes_on(int opened)
    {
        await using var desk = await RetentionDesk.OpenAsync(kind);
        var round = await desk.EndedAsync(9);
        desk.Pass(91);
        var seen = await desk.SeenAsync(round.Id);
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => desk.Archive(2, desk.Stopping(opened, stop)).MoveDueAsync(stop.Token));

        var (working, archive) = await desk.RowsAsync();
        Assert.Equal([9, 9, 9, 1], working.Zip(archive, (one, other) => one + other));
        Assert.True(working[0] > 0);
        Assert.Equal(seen, await desk.SeenAsync(round.Id));
        await desk.SoundAsync();

        Assert.Equal(working[0], await desk.Archive(2).MoveDueAsync(default));
        Assert.Equal(seen, await desk.SeenAsync(round.Id));
        await desk.SoundAsync();
    }

    [Fact]
    public async Task Two_processes_share_the_work()
    {
        await using var desk = await RetentionDesk.OpenAsync(kind);
        var round = await desk.EndedAsync(60);
        desk.Pass(91);

        var moved = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => desk.Archive(5).MoveDueAsync(default))));

        Assert.Equal(60, moved.Sum());
        var (_, archive) = await desk.RowsAsync();
        Assert.Equal([60, 60, 60, 1], archive);
        Assert.NotNull(await desk.Deliveries.ReadAsync(db => db.Rounds.Where(r => r.Id == round.Id).Select(r => r.ArchivedAt).SingleAsync()));
        await desk.SoundAsync();
    }

    [Fact]
    public async Task A_receipt_finds_its_message_in_the_archive()
    {
        await using var desk = await RetentionDesk.OpenAsync(kind);
        var round = await desk.EndedAsync(6);
        desk.Pass(91);
        await desk.Archive().MoveDueAsync(default);
        var old = await desk.Deliveries.ReadAsync(db => db.DeliveriesArchive.AsNoTracking().OrderBy(d => d.Id).ToListAsync());
        ReceiptNews[] news =
        [
            new("main", null, old[1].Id, DeliveryState.Accepted, desk.Deliveries.Now), // nobody knew whether it left
            new("main", old[3].ProviderMessageId, null, DeliveryState.Delivered, desk.Deliveries.Now),
            new("main", "never-ours", null, DeliveryState.Delivered, desk.Deliveries.Now),
        ];

        Assert.Equal(new ReceiptsApplied(2, 0, 1), await desk.Deliveries.Receipts.ApplyAsync(news, default));
        Assert.Equal(new ReceiptsApplied(0, 2, 1), await desk.Deliveries.Receipts.ApplyAsync(news, default));

        await using var db = desk.Open();
        var now = await db.DeliveriesArchive.AsNoTracking().OrderBy(d => d.Id).ToListAsync();
        Assert.Equal((DeliveryState.Sent, DeliveryState.Delivered), (now[1].State, now[3].State));
        Assert.Equal(
            [DeliveryState.Failed, DeliveryState.Sent, DeliveryState.Delivered, DeliveryState.Delivered, DeliveryState.Sent, DeliveryState.Sent],
            await db.Recipients.Where(r => r.RoundId == round.Id).OrderBy(r => r.Id).Select(r => r.State).ToListAsync());
        Assert.Equal((0, 3), (await db.Receipts.CountAsync(), await db.ReceiptsArchive.CountAsync()));
        await desk.SoundAsync();
    }

    [Fact]
    public async Task A_recipient_is_the_best_of_what_moved_and_what_has_not_yet()
    {
        await using var desk = await RetentionDesk.OpenAsync(kind);
        var round = await desk.EndedAsync(4);
        var all = await desk.Deliveries.DeliveriesAsync(round.Id);
        await using var db = desk.Open();
        var recipient = await db.Recipients.OrderBy(r => r.Id).LastAsync();
        db.Add(new DeliveryRecipient { DeliveryId = all[2].Id, RecipientId = recipient.Id }); // the delivered one tells them too
        recipient.State = DeliveryState.Delivered;
        await db.SaveChangesAsync();
        desk.Pass(91);
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => desk.Archive(3, desk.Stopping(6, stop)).MoveDueAsync(stop.Token));
        var (working, _) = await desk.RowsAsync();
        Assert.Equal([1, 1, 1, 0], working);

        await desk.Deliveries.Receipts.ApplyAsync([new ReceiptNews("main", null, all[3].Id, DeliveryState.Failed, desk.Deliveries.Now)], default);

        Assert.Equal(DeliveryState.Delivered, await db.Recipients.Where(r => r.Id == recipient.Id).Select(r => r.State).SingleAsync());
        await desk.SoundAsync();
    }

    [Theory]
    [InlineData("UPDATE attempts_archive SET detail = 'delivered' WHERE id = (SELECT MIN(id) FROM attempts_archive)", "audit-attempts-changed")]
    [InlineData("DELETE FROM attempts_archive WHERE id = (SELECT MAX(id) FROM attempts_archive)", "audit-attempts-removed")]
    [InlineData("DELETE FROM receipts_archive", "audit-attempts-removed")]
    [InlineData("UPDATE receipts_archive SET state = 9", "audit-attempts-changed")]
    [InlineData("INSERT INTO receipts (delivery_id, batch, at, state, detail) SELECT delivery_id, batch, at, state, detail FROM receipts_archive", "audit-attempts-added")]
    [InlineData("INSERT INTO receipts_archive (id, delivery_id, batch, at, state) SELECT id + 100, delivery_id, 'x', at, state FROM receipts_archive", "audit-attempts-unspoken")]
    public async Task Who_changes_the_archive_is_found(string sql, string code)
    {
        await using var desk = await RetentionDesk.OpenAsync(kind);
        await desk.EndedAsync(5);
        desk.Pass(91);
        await desk.Archive().MoveDueAsync(default);
        await desk.SoundAsync();

        await desk.Deliveries.ReadAsync(db => db.Database.ExecuteSqlRawAsync(sql));

        Assert.Equal(code, (await desk.VerifyAsync()).Fault?.Problem.Code);
    }

    /// <summary>The third message, which arrived, also asked somebody to pass it on.</summary>
    private static async Task AskRelayAsync(RetentionDesk desk, long round)
    {
        await using var db = desk.Open();
        var telling = new RelayTelling { RoundId = round, RelayPersonId = 1, Places = "东街", Language = "zh-CN" };
        db.Add(telling);
        await db.SaveChangesAsync();
        db.Add(new RelayDelivery { TellingId = telling.Id, DeliveryId = await db.Deliveries.Where(d => d.State == DeliveryState.Delivered).Select(d => d.Id).SingleAsync() });
        await db.SaveChangesAsync();
    }
}
