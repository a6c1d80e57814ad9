using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Evidence;
using Notices.Outages;
using Notices.Policy;
using Notices.Publishing;
using Notices.Storage;
using Notices.Testing;
using Notices.Tests.Policy;
using Xunit;

namespace Notices.Retention;

/// <summary>Rounds that have ended, a record that speaks for all of them, and the clock moved on to where they are old.</summary>
internal sealed class RetentionDesk : IAsyncDisposable
{
    internal static readonly Actor Auditor = new("auditor", new HashSet<Role> { Role.Auditor }, "/1/");
    internal static readonly Actor Administrator = new("admin", new HashSet<Role> { Role.Administrator }, "/");

    private RetentionDesk(DeliveryDesk deliveries) => Deliveries = deliveries;

    internal DeliveryDesk Deliveries { get; }

    internal PolicyBook Policy { get; } = new(Policies.China);

    private CheckpointSigner Signer { get; } = new(AuditOptions.Fresh());

    internal static async Task<RetentionDesk> OpenAsync(DatabaseKind kind) => new(await DeliveryDesk.OpenAsync(kind));

    internal NoticesDb Open() => Deliveries.Open();

    /// <param name="part">Deliveries a transaction.</param>
    internal DeliveryArchive Archive(int? part = null, Func<NoticesDb>? open = null) => new(open ?? Open, new RetentionOptions(), Deliveries.Clock, TimeProvider.System, part);

    internal TimedErasure Erasure(int? part = null, Func<NoticesDb>? open = null) => new(open ?? Open, Policy, Deliveries.Clock, TimeProvider.System, part);

    internal LegalHold Hold(NoticesDb db) => new(db, new AuditTrail(db, Deliveries.Clock), Deliveries.Clock, Policy, new DueAlarm());

    /// <summary>A round of an outage of its own, published as the record says, still running.</summary>
    internal async Task<Round> RunningAsync(int recipients, string? batch = null)
    {
        var round = await Deliveries.RoundAsync(recipients);
        await using var db = Open();
        var notice = await db.Notices.SingleAsync(n => n.Id == round.NoticeId);
        var outage = new Outage { Number = notice.Number, OrganisationId = notice.OrganisationId, Kind = OutageKind.Planned, Status = OutageStatus.Closed };
        db.Add(outage);
        await db.SaveChangesAsync();
        (notice.OutageId, notice.Facts) = (outage.Id, JsonSerializer.Serialize(NoticeFixtures.Planned with { Number = notice.Number }, Json.Stored));
        await db.Rounds.Where(r => r.Id == round.Id).ExecuteUpdateAsync(set => set.SetProperty(r => r.Batch, batch ?? notice.Number));
        var trail = new AuditTrail(db, Deliveries.Clock);
        NoticeHash.Record(trail, Actor.System, notice, []);
        await trail.CommitAsync(default);

        return round;
    }

    /// <summary>Sends it: the first is refused, the second unconfirmed, the third delivered, all others accepted (message ids <c>m-ID</c>) and after expiry sent; then closed.</summary>
    internal async Task<Round> EndedAsync(int recipients, string? batch = null)
    {
        var round = await RunningAsync(recipients, batch);
        await SendAsync();
        await CloseAsync();

        return round;
    }

    internal async Task SendAsync()
    {
        var claimed = await Deliveries.Queue.ClaimAsync(Deliveries.Request(), default);
        await Deliveries.Queue.WriteOutcomesAsync(new OutcomeBatch([.. claimed.Select((one, i) => Deliveries.Outcome(one, i switch
        {
            0 => SendOutcome.Refused("no"),
            1 => SendOutcome.Unknown("timeout"),
            _ => SendOutcome.Accepted(string.Create(CultureInfo.InvariantCulture, $"m-{one.Id}"), true),
        }))]), default);
        await Deliveries.Receipts.ApplyAsync([new ReceiptNews("main", null, claimed[2].Id, DeliveryState.Delivered, Deliveries.Now)], default);
    }

    internal async Task CloseAsync()
    {
        Deliveries.Clock.Advance(TimeSpan.FromHours(7));
        await Deliveries.Queue.ExpireAsync(Deliveries.Now, default);
        await Deliveries.Queue.CloseFinishedRoundsAsync(Deliveries.Now, default);
    }

    internal void Pass(int days) => Deliveries.Clock.Advance(TimeSpan.FromDays(days));

    /// <summary>All that people see of a round, as text.</summary>
    internal async Task<string> SeenAsync(long round)
    {
        await using var db = Open();
        var view = new RoundView(db, Open, Deliveries.Foresight);
        var summary = (await view.FindAsync(round, Auditor, default))!;
        var pages = await view.DeliveriesAsync(round, null, 0, 500, Auditor, default);
        var one = await view.DeliveryAsync(pages![^1].Id, Auditor, default);
        var failed = await view.DeliveriesAsync(round, DeliveryState.Failed, 0, 500, Auditor, default);
        var certificate = (await new Certificates(db, Open, Signer, Deliveries.Clock).FindAsync(round, Auditor, default)).Value!;

        return JsonSerializer.Serialize(new { summary, pages, one, failed, certificate.Text, certificate.Verified, certificate.Since });
    }

    /// <summary>What would be stated of the round from the rows alone.</summary>
    internal async Task<RoundStatement> StatedAsync(long round) => (await RoundStating.StateAsync(Open, round, Deliveries.Now, false, default))!;

    internal async Task<AuditVerdict> VerifyAsync()
    {
        await using var db = Open();

        return (await new AuditVerifier(db, Signer).VerifyAsync(Administrator, null, null, default)).Value!;
    }

    internal async Task SoundAsync() => Assert.Null((await VerifyAsync()).Fault);

    /// <summary>Deliveries, links, attempts and receipts in the working tables and in the archive.</summary>
    internal async Task<(int[] Working, int[] Archive)> RowsAsync()
    {
        await using var db = Open();

        return (
            [await db.Deliveries.CountAsync(), await db.DeliveryRecipients.CountAsync(), await db.Attempts.CountAsync(), await db.Receipts.CountAsync()],
            [await db.DeliveriesArchive.CountAsync(), await db.DeliveryRecipientsArchive.CountAsync(), await db.AttemptsArchive.CountAsync(), await db.ReceiptsArchive.CountAsync()]);
    }

    /// <summary>Opens contexts until so many were opened, then asks to stop.</summary>
    internal Func<NoticesDb> Stopping(int after, CancellationTokenSource stop) => () =>
    {
        if (--after == 0) stop.Cancel();

        return Open();
    };

    public async ValueTask DisposeAsync()
    {
        Signer.Dispose();
        await Deliveries.DisposeAsync();
    }
}
