using Microsoft.EntityFrameworkCore;
using Notices.Audience;
using Notices.Audit;
using Notices.Policy;
using Notices.Publishing;
using Notices.Retention;
using Notices.Testing;
using Xunit;

namespace Notices.Deliveries;

/// <summary>Letters from drawing to what became of them, on both databases.</summary>
public class LetterTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<DatabaseKind> Both => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    [Theory, MemberData(nameof(Both))]
    public async Task Who_is_told_in_writing_gets_a_letter_whatever_else_is_known_of_them(DatabaseKind kind)
    {
        var (paper, round) = await PaperDesk.OpenAsync(kind);
        await using var county = paper.County;

        await using var db = county.Open();
        var letters = await db.Deliveries.Where(d => d.RoundId == round && d.Medium == Medium.Paper).ToListAsync();
        var owed = await db.Customers.Where(c => c.Tier == 0 || (c.Tier == 2 && !db.Deliveries.Any(d => d.RoundId == round && d.Medium != Medium.Paper && d.State == DeliveryState.Waiting
            && db.DeliveryRecipients.Any(l => l.DeliveryId == d.Id && db.Recipients.Any(r => r.Id == l.RecipientId && r.CustomerId == c.Id))))).Select(c => "#" + c.Id).ToListAsync();
        Assert.Equal(owed.Order(StringComparer.Ordinal), letters.Select(d => d.Address).Order(StringComparer.Ordinal));
        Assert.Contains(letters, d => d.Tier == 0);
        Assert.Contains(letters, d => d.Tier == 2);
        // An account of each customer, however many.
        Assert.All(letters, letter => Assert.Equal(letter.Accounts.Split('、').Length, db.DeliveryRecipients.Count(l => l.DeliveryId == letter.Id)));
        await county.SumHoldsAsync(round);

        // A reminder would arrive when it is over.
        var reminder = await county.RoundAsync(NoticeFixtures.Reminder);
        await county.DrawAsync();
        Assert.False(await db.Deliveries.AnyAsync(d => d.RoundId == reminder && d.Medium == Medium.Paper));
        Assert.True(await db.Deliveries.AnyAsync(d => d.RoundId == reminder && d.Medium == Medium.Sms));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task They_are_printed_in_walking_order_once_however_many_print(DatabaseKind kind)
    {
        var (paper, round) = await PaperDesk.OpenAsync(kind, 300);
        await using var county = paper.County;
        var all = (await paper.Desk().FindAsync(round, PaperDesk.Clerk, None))!;
        Assert.Equal((all.Total.Letters, 0), (all.Total.Waiting, all.Batches.Count));

        var first = await paper.PrintAsync(round, new PrintLetters(Limit: 5));
        Assert.Equal(5, first.Letters.Count);
        var stacks = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => paper.Desk().PrintAsync(round, new PrintLetters(Limit: 4), PaperDesk.Clerk, None)));
        var rest = await paper.PrintAsync(round);
        var printed = first.Letters.Concat(rest.Letters).ToList();
        foreach (var stack in stacks) printed.AddRange((await paper.Desk().ShowAsync(round, stack.Value!.Batch!, PaperDesk.Clerk, None))!.Letters);

        Assert.Equal(all.Total.Letters, printed.Count);
        Assert.Equal(printed.Count, printed.Select(letter => letter.Number).Distinct().Count());
        // Village by village, transformer by transformer, house 9 before house 12.
        Assert.Equal(first.Letters.Select(Place), first.Letters.OrderBy(Place, LetterSql.Natural).Select(Place));
        Assert.Equal(rest.Letters.Select(Place), rest.Letters.OrderBy(Place, LetterSql.Natural).Select(Place));
        Assert.Equal(first.Letters, (await paper.Desk().ShowAsync(round, first.Batch, PaperDesk.Clerk, None))!.Letters);
        Assert.Null((await paper.Desk().PrintAsync(round, new PrintLetters(), PaperDesk.Clerk, None)).Value!.Batch);
        Assert.Equal(printed.Count, (await county.Queue.RoundCountsAsync(round, None)) is var counts ? (await paper.Desk().FindAsync(round, PaperDesk.Clerk, None))!.Total.Printed : counts.Snapshot);
        Assert.Equal(all.Total.Letters, (await paper.Desk().FindAsync(round, PaperDesk.Clerk, None))!.Batches.Sum(batch => batch.Letters));
        await paper.SoundAsync();

        static string Place(Letter letter) => $"{letter.Place}|{letter.Transformer}|{letter.Address}";
    }

    [Theory, MemberData(nameof(Both))]
    public async Task What_becomes_of_a_letter_counts_for_its_recipients_and_for_the_personal_clock(DatabaseKind kind)
    {
        var (paper, round) = await PaperDesk.OpenAsync(kind);
        await using var county = paper.County;
        await county.ReadAsync(db => db.Deliveries.Where(d => d.Medium != Medium.Paper).ExecuteUpdateAsync(set => set.SetProperty(d => d.State, DeliveryState.Failed)));
        var letters = (await paper.PrintAsync(round)).Letters;
        county.Clock.Advance(TimeSpan.FromHours(2));
        var at = paper.Now.AddMinutes(-30);

        var entered = await paper.EnterAsync(
            new(letters[0].Number, "handed-over", at, "张三", "李四", SignedFor: true),
            new(letters[1].Number, "handed-over", at, "张三"),
            new(letters[2].Number, "left", at, "张三"),
            new(letters[3].Number, "refused", at, "张三", Witness: "王五"),
            new(letters[4].Number, "posted", at),
            new(letters[5].Number, "undeliverable", at, Note: "无人居住"));

        Assert.Equal((6, 0), (entered.Value!.Entered, entered.Value.Repeated));
        var rows = new List<Delivery>();
        foreach (var letter in letters.Take(6)) rows.Add(await paper.RowAsync(letter.Number));
        Assert.Equal(
            [(DeliveryState.Acknowledged, "letter-handed-over"), (DeliveryState.Delivered, "letter-handed-over"), (DeliveryState.Delivered, "letter-left"), (DeliveryState.Delivered, "letter-refused"),
             (DeliveryState.Sent, "letter-posted"), (DeliveryState.Failed, "letter-undeliverable")],
            rows.Select(row => (row.State, row.Reason!)));
        Assert.All(rows.Take(4), row => Assert.Equal((at, at), (row.AcceptedAt, row.DeliveredAt)));
        // Posted on Monday 23 November: the seventh working day after it ends on Wednesday 2 December.
        Assert.Equal((DateTimeOffset.Parse("2026-12-02T23:59:59.999999+08:00", System.Globalization.CultureInfo.InvariantCulture), null), (rows[4].AcceptedAt, rows[4].DeliveredAt));
        Assert.Null(rows[5].AcceptedAt);
        await using var db = county.Open();
        Assert.Equal(rows.Select(row => row.State), rows.Select(row => db.Recipients.First(r => db.DeliveryRecipients.Any(l => l.DeliveryId == row.Id && l.RecipientId == r.Id)).State));
        Assert.Equal(["李四", null, null, null, null], await db.LetterNames.OrderBy(n => n.DeliveryId == rows[0].Id ? 0 : 1).Select(n => n.HandedTo).ToListAsync());
        Assert.DoesNotContain(await db.Attempts.Select(a => a.Detail).ToListAsync(), detail => detail!.Contains('张', StringComparison.Ordinal) || detail.Contains('王', StringComparison.Ordinal));
        await paper.SoundAsync();

        // The same sheet again changes nothing; a told letter has to be withdrawn before it becomes something else.
        Assert.Equal((0, 1), (await paper.EnterAsync(new EnterLetterOutcome(letters[2].Number, "left", at, "张三"))).Value is { } again ? (again.Entered, again.Repeated) : default);
        Assert.Equal("letter-has-outcome", Assert.Single((await paper.EnterAsync(new EnterLetterOutcome(letters[2].Number, "undeliverable"))).Problems).Code);
        Assert.Empty((await paper.EnterAsync(new EnterLetterOutcome(letters[2].Number, "withdrawn"))).Problems);
        Assert.Equal((DeliveryState.Claimed, DeliveryReasons.LetterPrinted, null), await paper.RowAsync(letters[2].Number) is var taken ? (taken.State, taken.Reason, taken.AcceptedAt) : default);
        Assert.Empty((await paper.EnterAsync(new EnterLetterOutcome(letters[2].Number, "undeliverable"))).Problems);
        // What the post brings back, and what is carried there after all.
        Assert.Empty((await paper.EnterAsync(new EnterLetterOutcome(letters[4].Number, "undeliverable"), new EnterLetterOutcome(letters[5].Number, "handed-over", By: "张三"))).Problems);
        Assert.Equal(DeliveryState.Failed, (await paper.RowAsync(letters[4].Number)).State);
        Assert.Equal(DeliveryState.Delivered, (await paper.RowAsync(letters[5].Number)).State);
        await paper.SoundAsync();
        await county.ReadAsync(db => db.Attempts.Where(a => a.DeliveryId == rows[0].Id && a.Number == 2).ExecuteUpdateAsync(set => set.SetProperty(a => a.StartedAt, at.AddHours(-1))));
        Assert.Equal("audit-attempts-changed", await paper.FaultAsync());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task What_nobody_entered_is_unconfirmed_at_its_end_and_may_still_be_entered_from_the_archive_too(DatabaseKind kind)
    {
        var (paper, round) = await PaperDesk.OpenAsync(kind, 30);
        await using var county = paper.County;
        var letters = (await paper.PrintAsync(round, new PrintLetters(Limit: 3))).Letters;
        county.Clock.Advance(TimeSpan.FromDays(9));

        await county.Queue.ExpireAsync(paper.Now, None);
        await county.Queue.CloseFinishedRoundsAsync(paper.Now, None);

        var view = (await paper.Desk().FindAsync(round, PaperDesk.Clerk, None))!;
        Assert.Equal((RoundState.Closed, 3, view.Total.Letters - 3), (view.State, view.Total.Unconfirmed, view.Total.Dropped));
        Assert.Equal("letter-round-state", Assert.Single((await paper.Desk().PrintAsync(round, new PrintLetters(), PaperDesk.Clerk, None)).Problems).Code);
        Assert.Empty((await paper.EnterAsync(new EnterLetterOutcome(letters[0].Number, "left", paper.Now.AddDays(-8.5), "张三"))).Problems);
        await county.SumHoldsAsync(round);

        county.Clock.Advance(TimeSpan.FromDays(91));
        await new DeliveryArchive(county.Open, new RetentionOptions(), county.Clock, TimeProvider.System).MoveDueAsync(None);
        Assert.Equal(0, await county.ReadAsync(db => db.Deliveries.CountAsync()));
        Assert.Empty((await paper.EnterAsync(new EnterLetterOutcome(letters[1].Number, "handed-over", paper.Now.AddDays(-99), "张三", SignedFor: true))).Problems);
        await using (var db = county.Open())
        {
            var old = await db.DeliveriesArchive.SingleAsync(d => d.Id == LetterNumber.Read(letters[1].Number));
            Assert.Equal(DeliveryState.Acknowledged, old.State);
            Assert.Equal(2, await db.AttemptsArchive.CountAsync(a => a.DeliveryId == old.Id));
            Assert.Equal(DeliveryState.Acknowledged, (await db.Recipients.FirstAsync(r => db.DeliveryRecipientsArchive.Any(l => l.DeliveryId == old.Id && l.RecipientId == r.Id))).State);
        }

        Assert.Equal([("left", letters[0].Number), ("handed-over", letters[1].Number), (null, letters[2].Number)],
            (await paper.Desk().ShowAsync(round, (await paper.Desk().FindAsync(round, PaperDesk.Clerk, None))!.Batches[0].Batch, PaperDesk.Clerk, None))!.Letters.Select(letter => (letter.Outcome, letter.Number)));
        await paper.SoundAsync();

        // Names go at their time, and the record verifies as before.
        county.Clock.Advance(TimeSpan.FromDays(3 * 366));
        await new TimedErasure(county.Open, new PolicyBook(county.Policy), county.Clock, TimeProvider.System).EraseDueAsync(None);
        Assert.Equal(0, await county.ReadAsync(db => db.LetterNames.CountAsync()));
        await paper.SoundAsync();
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_later_notice_takes_back_what_is_not_printed_and_says_what_to_collect(DatabaseKind kind)
    {
        var (paper, round) = await PaperDesk.OpenAsync(kind, 30);
        await using var county = paper.County;
        var letters = (await paper.PrintAsync(round, new PrintLetters(Limit: 2))).Letters;

        await county.RoundAsync(NoticeFixtures.Cancelled, nameof(NoticeAudience.Told));
        await county.DrawAsync();

        var view = (await paper.Desk().FindAsync(round, PaperDesk.Clerk, None))!;
        Assert.Equal((true, 2, 0), (view.IsOvertaken, view.Total.Printed, view.Total.Waiting));
        Assert.Empty((await paper.EnterAsync(new EnterLetterOutcome(letters[0].Number, "handed-over", By: "张三"))).Problems);
        await county.SumHoldsAsync(round);
    }

    [Fact]
    public async Task A_round_that_is_held_or_stopped_is_not_printed()
    {
        var (paper, round) = await PaperDesk.OpenAsync(DatabaseKind.Sqlite, 20);
        await using var county = paper.County;
        await paper.PrintAsync(round, new PrintLetters(Limit: 1));
        await county.ReadAsync(db => db.Rounds.ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RoundState.Paused)));
        Assert.Equal("letter-round-state", Assert.Single((await paper.Desk().PrintAsync(round, new PrintLetters(), PaperDesk.Clerk, None)).Problems).Code);

        await county.ReadAsync(db => db.Rounds.ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RoundState.Stopped)));
        await county.Queue.SuppressStoppedAsync(paper.Now, None);

        var view = (await paper.Desk().FindAsync(round, PaperDesk.Clerk, None))!;
        Assert.Equal((1, 0), (view.Total.Printed, view.Total.Waiting));
        Assert.Null(await paper.Desk().FindAsync(round, PaperDesk.Clerk with { OrganisationPath = "/99/" }, None));
        Assert.Equal("not-found", Assert.Single((await paper.Desk().PrintAsync(round, new PrintLetters(), PaperDesk.Clerk with { OrganisationPath = "/99/" }, None)).Problems).Code);
    }

    [Fact]
    public async Task All_that_is_wrong_is_told_at_once_and_nothing_is_written()
    {
        var (paper, round) = await PaperDesk.OpenAsync(DatabaseKind.Sqlite, 30);
        await using var county = paper.County;
        var number = (await paper.PrintAsync(round, new PrintLetters(Limit: 1))).Letters[0].Number;
        var waiting = LetterNumber.Of(await county.ReadAsync(db => db.Deliveries.Where(d => d.Medium == Medium.Paper && d.State == DeliveryState.Waiting).Select(d => d.Id).FirstAsync()));

        var alone = await paper.EnterAsync(new EnterLetterOutcome("12a", "lost", SignedFor: true), new EnterLetterOutcome(number, "refused"), new EnterLetterOutcome(number, "left", By: new string('x', 101)));
        Assert.Equal(
            ["outcomes[0].receipt letter-number-wrong", "outcomes[0].result letter-result-unknown", "outcomes[1].by letter-carrier-missing", "outcomes[1].witness letter-witness-missing", "outcomes[2].by letter-text-too-long"],
            alone.Problems.Select(problem => $"{problem.Field} {problem.Code}"));

        var together = await paper.EnterAsync(
            new EnterLetterOutcome(number, "left", paper.Now.AddHours(-3), "张三"), new EnterLetterOutcome(waiting, "left", By: "张三"), new EnterLetterOutcome(LetterNumber.Of(987_654), "posted"),
            new EnterLetterOutcome(number, "posted", paper.Now.AddHours(3)));
        Assert.Equal(
            ["outcomes[0].at letter-time-wrong", "outcomes[1].receipt letter-not-printed", "outcomes[2].receipt letter-unknown", "outcomes[3].receipt letter-twice", "outcomes[3].at letter-time-wrong"],
            together.Problems.Select(problem => $"{problem.Field} {problem.Code}"));
        Assert.Equal("letter-outcomes-count", Assert.Single((await paper.Desk().EnterAsync(new EnterLetterOutcomes(null), PaperDesk.Clerk, None)).Problems).Code);
        Assert.Equal("letter-limit-wrong", Assert.Single((await paper.Desk().PrintAsync(round, new PrintLetters(Limit: 501), PaperDesk.Clerk, None)).Problems).Code);
        Assert.Equal("letter-unknown", Assert.Single((await paper.Desk().EnterAsync(new EnterLetterOutcomes([new(number, "posted")]), PaperDesk.Clerk with { OrganisationPath = "/99/" }, None)).Problems).Code);
        Assert.Equal(DeliveryState.Claimed, (await paper.RowAsync(number)).State);
        await paper.SoundAsync();
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_sheet_filled_in_by_hand_comes_in_row_by_row(DatabaseKind kind)
    {
        var (paper, round) = await PaperDesk.OpenAsync(kind, 40);
        await using var county = paper.County;
        var letters = (await paper.PrintAsync(round)).Letters;
        county.Clock.Advance(TimeSpan.FromDays(1));
        var sheet = $"""
            receipt,result,at,by,to,witness,signed_for,note
            {letters[0].Number},送达,2026-11-23,张三,李四,,是,
            {letters[1].Number},left,2026-11-24,张三,,,,
            {letters[2].Number},拒收,2026-11-23 15:30,张三,,,,
            1234567-0,送达,yesterday,,,,,
            {letters[3].Number},邮寄,,,,,,
            {letters[3].Number},邮寄,,,,,,
            """;
        var rejected = new List<Imports.RejectedRow>();

        var tried = await paper.ImportAsync(sheet, rejected, dryRun: true);
        Assert.Equal((3L, 3L), (tried.Changed, tried.Rejected));
        Assert.Equal(DeliveryState.Claimed, (await paper.RowAsync(letters[0].Number)).State);
        rejected.Clear();

        var report = await paper.ImportAsync(sheet, rejected);

        Assert.Equal((3L, 3L), (report.Changed, report.Rejected));
        Assert.Equal(
            ["4: letter-witness-missing", "5: import-time letter-number-wrong letter-carrier-missing", "7: letter-twice"],
            rejected.Select(row => $"{row.Line}: {string.Join(' ', row.Problems.Select(problem => problem.Code))}"));
        var told = await paper.RowAsync(letters[0].Number);
        // A day alone counts to its end, so that nobody was told sooner than they were.
        Assert.Equal((DeliveryState.Acknowledged, DateTimeOffset.Parse("2026-11-23T23:59:59.999999+08:00", System.Globalization.CultureInfo.InvariantCulture)), (told.State, told.AcceptedAt));
        Assert.Equal(paper.Now, (await paper.RowAsync(letters[1].Number)).AcceptedAt);
        Assert.Equal((0L, 3L), await paper.ImportAsync(sheet, []) is var again ? (again.Changed, again.Unchanged) : default);
        await paper.SoundAsync();
    }

    [Fact]
    public async Task In_a_drill_the_letter_says_so_and_names_nobody()
    {
        var (paper, round) = await PaperDesk.OpenAsync(DatabaseKind.Sqlite, 20);
        await using var county = paper.County;
        var real = await paper.PrintAsync(round, new PrintLetters(Limit: 1));

        var drilled = (await paper.Desk(AuditOptions.Fresh()).ShowAsync(round, real.Batch, PaperDesk.Clerk, None))!.Letters.Single();

        Assert.StartsWith("用户", real.Letters[0].Name, StringComparison.Ordinal);
        Assert.StartsWith("DRILL 演练", drilled.Name, StringComparison.Ordinal);
        Assert.Null(drilled.Address);
        Assert.Contains(drilled.Language == "en" ? "This is a drill" : "这是一次演练", drilled.Body, StringComparison.Ordinal);
    }
}
