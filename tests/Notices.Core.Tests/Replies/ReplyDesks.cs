using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Notices.Access;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Policy;
using Notices.Storage;

namespace Notices.Replies;

/// <summary>A delivery desk with an inbox for replies and whoever applies them.</summary>
internal sealed class ReplyDesks : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly ReplyInbox _inbox;

    private ReplyDesks(DeliveryDesk desk, int answersPerHour)
    {
        Desk = desk;
        _inbox = new ReplyInbox(desk.Open, AuditOptions.Fresh(), new CustomerOptions(), new DueAlarm(), desk.Clock, TimeProvider.System, NullLogger<ReplyInbox>.Instance);
        Replies = NewDesk(answersPerHour);
    }

    internal DeliveryDesk Desk { get; }

    internal ReplyDesk Replies { get; }

    /// <summary>The keys of what is digested.</summary>
    internal AuditOptions Digests { get; } = AuditOptions.Fresh();

    internal static async Task<ReplyDesks> OpenAsync(Testing.DatabaseKind kind, int answersPerHour = 5)
    {
        var desks = new ReplyDesks(await DeliveryDesk.OpenAsync(kind), answersPerHour);
        await desks._inbox.StartAsync(desks._over.Token);

        return desks;
    }

    /// <summary>Another process's.</summary>
    internal ReplyDesk NewDesk(int answersPerHour = 5) =>
        new(Desk.Open, KeywordBook.Load(Path.GetDirectoryName(Notices.Tests.Policy.Policies.ConfigFolder)!), Desk.Receipts, new ReplyOptions { AnswersPerHour = answersPerHour }, new Subscriptions.SubscriptionReplies(Digests, new Subscriptions.SubscriptionOptions()), new DueAlarm(), Desk.Clock);

    internal Task TellAsync(string from, string body, string? id = null) => _inbox.RecordAsync(new InboundText("main", id ?? Guid.NewGuid().ToString("N"), from, "95598", body, Desk.Now), CancellationToken.None);

    /// <summary>By a provider that names neither id nor time.</summary>
    internal Task TellUntimedAsync(string from, string body) => _inbox.RecordAsync(new InboundText("main", null, from, "95598", body, Desk.Now) { Untimed = true }, CancellationToken.None);

    /// <summary>Told and applied.</summary>
    internal async Task ApplyAsync(string from, params string[] bodies)
    {
        foreach (var body in bodies) await TellAsync(from, body);
        await Replies.ApplyDueAsync(CancellationToken.None);
    }

    /// <summary>A round whose messages the carrier took.</summary>
    internal async Task<List<Delivery>> ToldAsync(int recipients)
    {
        var round = await Desk.RoundAsync(recipients);
        var claimed = await Desk.Queue.ClaimAsync(Desk.Request(), CancellationToken.None);
        await Desk.Queue.WriteOutcomesAsync(new OutcomeBatch([.. claimed.Select(row => Desk.Outcome(row, SendOutcome.Accepted($"m{row.Id}", true)))]), CancellationToken.None);

        return await Desk.DeliveriesAsync(round.Id);
    }

    internal async Task<List<ReplyAnswer>> AnswersAsync() => await Desk.ReadAsync(db => db.ReplyAnswers.AsNoTracking().OrderBy(answer => answer.Id).ToListAsync());

    /// <summary>Whether every batched row is what the record says; of the made-up notices there is no entry, which is looked at last.</summary>
    internal async Task<bool> RowsHoldAsync()
    {
        await using var db = Desk.Open();

        var auditor = new Actor("auditor", new HashSet<Role> { Role.Auditor }, "/1/");

        var verdict = (await new AuditVerifier(db, new Evidence.CheckpointSigner(AuditOptions.Fresh())).VerifyAsync(auditor, null, null, CancellationToken.None)).Value!;

        return verdict.Fault is null or { Kind: AuditFaultKind.Notice };
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _inbox.StopAsync(CancellationToken.None);
        _inbox.Dispose();
        _over.Dispose();
        await Desk.DisposeAsync();
    }
}
