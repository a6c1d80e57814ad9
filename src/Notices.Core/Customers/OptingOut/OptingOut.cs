using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Retention;
using Notices.Storage;
using Notices.Subscriptions;
using Notices.Words;

namespace Notices.Customers;

/// <summary>What stands behind the link of a mail.</summary>
/// <param name="Language">The mail's.</param>
/// <param name="Organisation">Who sent it.</param>
/// <param name="Stopped">No reminders and news go to its address; to a subscriber nothing at all.</param>
/// <param name="Subscriber">It was sent because somebody subscribed; once stopped, it is subscribed to anew.</param>
public sealed record OptingOutView(string Language, LocalText Organisation, bool Stopped, bool Subscriber);

/// <summary>People stop reminders and news to an address of theirs, and take that back. What must be told by law or is urgent goes out all the same.
/// A change makes one entry in the record; wishing it again changes nothing.</summary>
public sealed class OptingOut(NoticesDb db, AuditTrail trail, AuditOptions options, DeliveryMarks marks, SubscriptionDesk subscriptions, TimeProvider clock)
{
    /// <summary>Where a mail's link leads, below <c>Public:BaseAddress</c>; a mark of <see cref="MarkPurpose.Unsubscribe"/> follows.</summary>
    public const string Path = "unsubscribe/";

    /// <summary>Of an <see cref="OptOut"/> made by a mail's link.</summary>
    internal const string BySource = "mail-link";

    /// <summary>Whoever the message was for, or holds it now.</summary>
    private static readonly Actor Reader = new("recipient", new HashSet<Role>(), "-");

    /// <returns>Null for what is no mark of ours, and where the address has been erased meanwhile.</returns>
    public async Task<OptingOutView?> FindAsync(string mark, CancellationToken cancellationToken) => await ReadAsync(mark, cancellationToken) is { } mail ? mail.View : null;

    /// <returns>As it is now; null as in <see cref="FindAsync"/>.</returns>
    public async Task<OptingOutView?> SetAsync(string mark, bool stopped, CancellationToken cancellationToken)
    {
        if (await ReadAsync(mark, cancellationToken) is not { } mail) return null;

        // Who wants nothing more by a link in a mail wants nothing by subscription either.
        if (stopped) await subscriptions.EndAsync(mail.Address, Medium.Email, BySource, Reader, cancellationToken);
        if (mail.View.Subscriber) return mail.View with { Stopped = stopped || mail.View.Stopped };

        if (mail.View.Stopped != stopped) await SetAsync(mail.Address, stopped, BySource, Reader, cancellationToken);

        return mail.View with { Stopped = stopped };
    }

    /// <summary>For one contact, whoever wishes it and however.</summary>
    /// <param name="source">How the wish came, e.g. <c>hotline</c>.</param>
    /// <returns>False where there is no such contact.</returns>
    public async Task<bool> SetContactAsync(long contactId, bool stopped, string source, Actor actor, CancellationToken cancellationToken)
    {
        if (await db.Contacts.Where(contact => contact.Id == contactId).Select(contact => contact.Address).FirstOrDefaultAsync(cancellationToken) is not { } address) return false;

        await SetAsync(address, stopped, source, actor, cancellationToken);

        return true;
    }

    private async Task SetAsync(string address, bool stopped, string source, Actor actor, CancellationToken cancellationToken)
    {
        await trail.BeginAsync(cancellationToken);
        var now = db.Instant(clock.GetUtcNow());
        // Two wishes at once: one of them changes something.
        var changed = stopped
            ? await db.Database.ExecuteSqlAsync($"INSERT INTO opt_outs (address, at, source) VALUES ({address}, {now}, {source}) ON CONFLICT (address) DO NOTHING", cancellationToken)
            : await db.OptOuts.Where(o => o.Address == address).ExecuteDeleteAsync(cancellationToken);
        if (changed > 0) trail.Record(actor, stopped ? "contact.opted-out" : "contact.opted-in", "contacts/" + options.Digest(address), null, new { source });
        await trail.CommitAsync(cancellationToken);
    }

    private async Task<(string Address, OptingOutView View)?> ReadAsync(string mark, CancellationToken cancellationToken)
    {
        if (marks.Read(mark, MarkPurpose.Unsubscribe) is not { } id) return null;

        // It may be years ago.
        var delivery = await db.Deliveries.FromSqlRaw(ArchiveSql.Rows<Delivery>(db, "id = {0}"), id).AsNoTracking().Where(d => d.Medium == Medium.Email && d.Address != null)
            .Select(d => new { d.Address, d.TextId, d.RoundId, d.Purpose }).FirstOrDefaultAsync(cancellationToken);
        if (delivery is null) return null;

        // Contacts keep mail addresses in small letters, deliveries take them from there.
        var language = await db.RoundTexts.Where(text => text.Id == delivery.TextId).Select(text => text.Language).FirstOrDefaultAsync(cancellationToken);
        var organisation = await db.Rounds.Where(round => round.Id == delivery.RoundId).Select(round => round.Notice!.Organisation!).AsNoTracking().FirstAsync(cancellationToken);
        var subscriber = delivery.Purpose == DeliveryPurpose.Subscribers;
        var stopped = subscriber
            ? !await db.Subscriptions.AnyAsync(s => s.Address == delivery.Address && s.Medium == Medium.Email && s.ConfirmedAt != null, cancellationToken)
            : await db.OptOuts.AnyAsync(o => o.Address == delivery.Address, cancellationToken);

        return (delivery.Address!, new OptingOutView(language ?? Languages.Chinese, organisation.LocalName, stopped, subscriber));
    }
}
