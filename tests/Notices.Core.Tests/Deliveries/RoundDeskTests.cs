using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Testing;
using Xunit;

namespace Notices.Deliveries;

public class RoundDeskTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly Actor Dispatcher = new("wang", new HashSet<Role> { Role.Dispatcher }, "/1/");

    public static TheoryData<DatabaseKind> Both => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    [Theory, MemberData(nameof(Both))]
    public async Task A_paused_round_waits_resumed_it_goes_on_stopped_it_ends(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(5);

        Assert.Equal(RoundState.Paused, (await DoAsync(desk, rounds => rounds.PauseAsync(round.Id, "storm", Dispatcher, None))).Value);
        Assert.Empty(await desk.Queue.ClaimAsync(desk.Request(), None));
        Assert.Equal("round-state-forbids", (await DoAsync(desk, rounds => rounds.PauseAsync(round.Id, null, Dispatcher, None))).Problems[0].Code);

        Assert.Equal(RoundState.Running, (await DoAsync(desk, rounds => rounds.ResumeAsync(round.Id, null, Dispatcher, None))).Value);
        var claimed = await desk.Queue.ClaimAsync(desk.Request(size: 2), None);

        Assert.Equal("round-stop-needs-reason", (await DoAsync(desk, rounds => rounds.StopAsync(round.Id, " ", Dispatcher, None))).Problems[0].Code);
        Assert.True((await DoAsync(desk, rounds => rounds.StopAsync(round.Id, "wrong text", Dispatcher, None))).Ok);
        await desk.Queue.WriteOutcomesAsync(new OutcomeBatch([desk.Outcome(claimed[0], SendOutcome.Accepted("m")), desk.Outcome(claimed[1], SendOutcome.TryLater("busy"))]), None);
        Assert.Equal(1, await desk.Queue.SuppressStoppedAsync(desk.Now, None));

        Assert.Equal(4, await desk.ReadAsync(db => db.Recipients.CountAsync(row => row.State == DeliveryState.Suppressed && row.Reason == "stopped")));
        await desk.SumHoldsAsync(round.Id, 5);
        Assert.Equal(1, await desk.Queue.CloseFinishedRoundsAsync(desk.Now, None));
        var kept = await desk.ReadAsync(db => db.Rounds.SingleAsync());
        Assert.Equal((RoundState.Stopped, "wrong text", desk.Now), (kept.State, kept.StoppedReason, kept.ClosedAt));
        Assert.Equal(["rounds.paused", "rounds.resumed", "rounds.stopped", "deliveries.ended", "deliveries.attempted", "deliveries.ended", "rounds.closed"], await desk.ActionsAsync());
    }

    [Fact]
    public async Task Another_organisations_round_is_not_there_and_an_agent_may_not_touch_one()
    {
        await using var desk = await DeliveryDesk.OpenAsync(DatabaseKind.Sqlite);
        var round = await desk.RoundAsync(1);

        var stranger = await DoAsync(desk, rounds => rounds.PauseAsync(round.Id, null, Dispatcher with { OrganisationPath = "/2/" }, None));
        var agent = await DoAsync(desk, rounds => rounds.PauseAsync(round.Id, null, Dispatcher with { Roles = new HashSet<Role> { Role.Agent } }, None));

        Assert.Equal(ProblemKind.NotFound, stranger.Problems[0].Kind);
        Assert.Equal(ProblemKind.Forbidden, agent.Problems[0].Kind);
        await using var db = desk.Open();
        Assert.Null(await new RoundView(db, desk.Open, desk.Foresight).FindAsync(round.Id, Dispatcher with { OrganisationPath = "/2/" }, None));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Deliveries_are_shown_by_page_with_attempts_and_masked(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(3);
        await desk.Dispatcher(new AnsweringChannel(message => message.Address[^1] == '2' ? SendOutcome.TryLater("busy") : SendOutcome.Accepted("m"))).DispatchDueAsync(None);
        await using var db = desk.Open();
        var view = new RoundView(db, desk.Open, desk.Foresight);

        var first = (await view.DeliveriesAsync(round.Id, null, 0, 2, Dispatcher, None))!;
        var rest = (await view.DeliveriesAsync(round.Id, null, first[^1].Id, 2, Dispatcher, None))!;
        var summary = (await view.FindAsync(round.Id, Dispatcher, None))!;

        Assert.Equal(["+8613••••0001", "+8613••••0002", "+8613••••0003"], first.Concat(rest).Select(delivery => delivery.Address!));
        Assert.Equal([null, desk.Now.AddSeconds(30), null], first.Concat(rest).Select(delivery => delivery.DueAt));
        Assert.All(first.Concat(rest), delivery => Assert.Single(delivery.Attempts));
        Assert.Equal((3, 1, 2), (summary.Counts.Snapshot, summary.Counts.Waiting, summary.Counts.Sent));
        Assert.Single((await view.DeliveriesAsync(round.Id, DeliveryState.Waiting, 0, 10, Dispatcher, None))!);
        Assert.Equal(first[1].Id, (await view.DeliveryAsync(first[1].Id, Dispatcher, None))!.Id);
    }

    [Theory]
    [InlineData("+8613812345678", "+8613••••5678")]
    [InlineData("li@example.org", "l•••@example.org")]
    [InlineData("95598", "••••")]
    [InlineData(null, null)]
    public void An_address_is_shown_only_so_far_as_to_recognise_it(string? address, string? shown) => Assert.Equal(shown, RoundView.Mask(address));

    private static async Task<Result<RoundState>> DoAsync(DeliveryDesk desk, Func<RoundDesk, Task<Result<RoundState>>> act)
    {
        await using var db = desk.Open();

        return await act(new RoundDesk(db, new AuditTrail(db, desk.Clock), desk.Queue, desk.Clock));
    }
}
