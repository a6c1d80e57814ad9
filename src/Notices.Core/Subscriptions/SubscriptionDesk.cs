using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Storage;

namespace Notices.Subscriptions;

/// <summary>Confirms subscriptions, shows one to whoever holds its link, and ends it. A change makes one entry in the record; asking again changes nothing.</summary>
public sealed class SubscriptionDesk(NoticesDb db, AuditTrail trail, AuditOptions digests, SubscriptionOptions options, SubscriptionAsking asking, SubscriptionTargets targets, DeliveryMarks marks, TimeProvider clock)
{
    /// <summary>Whoever reads the address.</summary>
    private static readonly Actor Subscriber = new("subscriber", new HashSet<Role>(), "-");

    /// <summary>What a mail's link would confirm; changes nothing, since filters follow links.</summary>
    /// <returns>Null for what is no token of ours, and once its time is over.</returns>
    public async Task<SubscriptionView?> FindByTokenAsync(string token, CancellationToken cancellationToken) =>
        await ByTokenAsync(token, cancellationToken) is { } subscription ? await ViewAsync(subscription, cancellationToken) : null;

    /// <returns>Null as in <see cref="FindByTokenAsync"/>.</returns>
    public async Task<SubscriptionView?> ConfirmAsync(string token, CancellationToken cancellationToken)
    {
        await trail.BeginAsync(cancellationToken);
        if (await ByTokenAsync(token, cancellationToken) is not { } subscription)
        {
            await RollbackAsync(cancellationToken);

            return null;
        }

        if (subscription.ConfirmedAt is null) Confirm(subscription, "link");
        await trail.CommitAsync(cancellationToken);

        return await ViewAsync(subscription, cancellationToken);
    }

    /// <summary>With a code typed on the page.</summary>
    /// <param name="number">As people write it.</param>
    /// <returns><c>subscription-code-wrong</c> whatever the reason, so that nothing is said of the number.</returns>
    public async Task<Result<SubscriptionView>> ConfirmAsync(string? number, string? typed, CancellationToken cancellationToken)
    {
        var wrong = new Problem("subscription-code-wrong", "code");
        if (SubscriptionSecrets.CodeOf(typed) is not { } code || asking.NumberOf(number ?? "") is not { } address) return wrong;

        await trail.BeginAsync(cancellationToken);
        var lapsed = clock.GetUtcNow() - options.ConfirmWithin;
        var open = Locked($"SELECT * FROM subscriptions WHERE address = {{0}} AND confirmed_at IS NULL", address);
        var waiting = await open.Where(s => s.Medium == Medium.Sms && s.WithdrawnAt == null && s.RequestedAt > lapsed && s.WrongCodes < SubscriptionSecrets.MostWrong).ToListAsync(cancellationToken);
        var digest = SubscriptionSecrets.OfCode(digests, address, code);
        var meant = waiting.Find(s => s.CodeDigest == digest);
        if (meant is not null) Confirm(meant, "code");
        foreach (var subscription in meant is null ? waiting : [])
        {
            subscription.WrongCodes++;
            trail.Record(SubscriptionAsking.Visitor, "subscription.code-wrong", SubscriptionAsking.Subject(subscription.Id), null, new { to = digests.Digest(address), subscription.WrongCodes });
        }

        await trail.CommitAsync(cancellationToken);

        return meant is null ? wrong : await ViewAsync(meant, cancellationToken);
    }

    /// <returns>Null for what is no mark of ours, and for one never confirmed that has lapsed.</returns>
    public async Task<SubscriptionView?> FindAsync(string mark, CancellationToken cancellationToken) =>
        marks.Read(mark, MarkPurpose.Subscription) is { } id && await db.Subscriptions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, cancellationToken) is { } subscription
            ? await ViewAsync(subscription, cancellationToken)
            : null;

    /// <returns>As it is now; null as in <see cref="FindAsync"/>.</returns>
    public async Task<SubscriptionView?> WithdrawAsync(string mark, CancellationToken cancellationToken)
    {
        if (await FindAsync(mark, cancellationToken) is not { } view || marks.Read(mark, MarkPurpose.Subscription) is not { } id) return null;
        if (view.Withdrawn) return view;

        await EndAsync($"s.id = @these", id, "page", Subscriber, cancellationToken);

        return view with { Withdrawn = true, Address = null };
    }

    /// <summary>All subscriptions of an address by a medium.</summary>
    /// <param name="source">How the wish came, e.g. <c>mail-link</c>.</param>
    /// <returns>How many ended.</returns>
    public Task<int> EndAsync(string address, Medium medium, string source, Actor actor, CancellationToken cancellationToken) =>
        EndAsync($"s.address = @these AND s.medium = '{medium}'", address, source, actor, cancellationToken);

    private async Task<int> EndAsync(string condition, object these, string source, Actor actor, CancellationToken cancellationToken)
    {
        await trail.BeginAsync(cancellationToken);
        var ended = await SubscriptionEnding.EndAsync(await DeliverySql.WithinAsync(db, cancellationToken), condition, these, clock.GetUtcNow(), cancellationToken);
        foreach (var id in ended) trail.Record(actor, "subscription.ended", SubscriptionAsking.Subject(id), null, new { source });
        await trail.CommitAsync(cancellationToken);

        return ended.Count;
    }

    private void Confirm(Subscription subscription, string source)
    {
        (subscription.ConfirmedAt, subscription.CodeDigest) = (clock.GetUtcNow(), null);
        trail.Record(Subscriber, "subscription.confirmed", SubscriptionAsking.Subject(subscription.Id), null, new { to = digests.Digest(subscription.Address!), source });
    }

    private async Task<Subscription?> ByTokenAsync(string token, CancellationToken cancellationToken)
    {
        if (SubscriptionSecrets.OfToken(digests, token) is not { } digest) return null;

        var lapsed = clock.GetUtcNow() - options.ConfirmWithin;

        return await Locked("SELECT * FROM subscriptions WHERE token_digest = {0}", digest).Where(s => s.WithdrawnAt == null && s.RequestedAt > lapsed).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Two at once are one after the other: SQLite has one writer, and PostgreSQL's rows are locked within a transaction.</summary>
    private IQueryable<Subscription> Locked(string sql, string value) =>
        db.Subscriptions.FromSqlRaw(db is PostgreSqlNoticesDb && db.Database.CurrentTransaction is not null ? sql + " ORDER BY id FOR UPDATE" : sql, value);

    private async Task RollbackAsync(CancellationToken cancellationToken)
    {
        if (db.Database.CurrentTransaction is { } transaction) await transaction.RollbackAsync(cancellationToken);
        db.ChangeTracker.Clear();
    }

    private async Task<SubscriptionView> ViewAsync(Subscription subscription, CancellationToken cancellationToken) => new(
        marks.Of(subscription.Id, MarkPurpose.Subscription), subscription.Medium, RoundView.Mask(subscription.Address), subscription.Language, await targets.OfAsync(subscription, cancellationToken),
        subscription.ConfirmedAt is not null, subscription.WithdrawnAt is not null);
}
