using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Imports;
using Notices.Policy;
using Notices.Storage;
using Notices.Words;

namespace Notices.Subscriptions;

/// <summary>Takes wishes to subscribe and sends each address a message by which it confirms; nothing else goes there before. Whoever asks learns nothing of an address: the answer is the same
/// for one that is known, one that has had its messages for today, and one that never heard of us.</summary>
public sealed class SubscriptionAsking(
    NoticesDb db, AuditTrail trail, AuditOptions digests, SubscriptionOptions options, SubscriptionOffer offer, SubscriptionTargets targets, SubscriptionWords words, CustomerOptions customers, TimeProvider clock, DueAlarm alarm)
{
    /// <summary>Within which <see cref="SubscriptionOptions.MessagesPerDay"/> counts; domain time.</summary>
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    private const int LongestAddress = 254;

    /// <summary>Whoever fills in the form; nobody knows who that is.</summary>
    internal static readonly Actor Visitor = new("visitor", new HashSet<Role>(), "-");

    /// <returns>Refused with every wrong field at once; of what was found for the words <see cref="SubscriptionTargets.FindAsync"/> tells the choices.</returns>
    public async Task<Result<SubscriptionAsked>> AskAsync(AskSubscription request, CancellationToken cancellationToken)
    {
        var problems = new List<Problem>();
        var medium = MediumOf(request.Medium);
        if (medium is null) problems.Add(new Problem("subscription-medium-missing", "medium"));
        var address = AddressOf(medium, request.Address, problems);
        var language = Languages.All.FirstOrDefault(one => one == request.Language);
        if (language is null) problems.Add(new Problem("subscription-language-missing", "language"));
        var about = await AboutAsync(request, problems, cancellationToken);
        // On the day a month's plan is published an area has a notice for each of its outages: a mailbox bears that, a telephone does not.
        if (medium == Medium.Sms && about?.OrganisationId is not null) problems.Add(new Problem("subscription-area-by-mail", "medium"));
        if (problems.Count > 0) return Result<SubscriptionAsked>.Refused(problems);

        await AskAsync(new SubscriptionAsked(medium!.Value, address!, about!), language!, cancellationToken);

        return new SubscriptionAsked(medium.Value, address!, about!);
    }

    private Medium? MediumOf(string? word)
    {
        foreach (var medium in offer.Media)
        {
            if (string.Equals(medium.ToString(), word, StringComparison.OrdinalIgnoreCase)) return medium;
        }

        return null;
    }

    /// <summary>As contacts are kept.</summary>
    /// <param name="medium">Null where it is wrong itself: then an address is at least not missing.</param>
    private string? AddressOf(Medium? medium, string? text, List<Problem> problems)
    {
        var given = text?.Trim() ?? "";
        if (given.Length == 0) problems.Add(new Problem("subscription-address-missing", "address"));
        else if (given.Length > LongestAddress) problems.Add(new Problem(medium == Medium.Sms ? "subscription-number-wrong" : "subscription-mail-wrong", "address"));
        else if (medium == Medium.Email && !MailAddress.IsValid(given)) problems.Add(new Problem("subscription-mail-wrong", "address"));
        else if (medium == Medium.Email) return given.ToLowerInvariant();
        else if (medium == Medium.Sms && NumberOf(given) is not { } number) problems.Add(new Problem("subscription-number-wrong", "address"));
        else if (medium == Medium.Sms) return NumberOf(given);

        return null;
    }

    /// <returns>Null for what takes no SMS.</returns>
    internal string? NumberOf(string text) => PhoneNumber.TryParse(text.Trim(), customers.Region, out var number) && number!.IsMobile ? number.E164 : null;

    private async Task<SubscriptionTarget?> AboutAsync(AskSubscription request, List<Problem> problems, CancellationToken cancellationToken)
    {
        var (find, county) = (request.Find?.Trim() ?? "", request.County?.Trim() ?? "");
        if (find.Length > 0 && county.Length > 0) problems.Add(new Problem("subscription-one-only", "county"));
        else if (county.Length > 0)
        {
            if (await targets.ByKeyAsync(county, cancellationToken) is { OrganisationId: not null } whole) return whole;

            problems.Add(new Problem("subscription-county-unknown", "county"));
        }
        else if (find.Length > SubscriptionTargets.Longest) problems.Add(new Problem("subscription-nothing-found", "find"));
        else if (find.Length > 0)
        {
            var found = await targets.FindAsync(find, cancellationToken);
            // Of the choices shown for other words none was chosen for these.
            if (found.FirstOrDefault(one => one.Key == request.About && find == request.Found?.Trim()) is { } chosen) return chosen;
            if (found.Count == 1) return found[0];

            problems.Add(found.Count == 0 ? new Problem("subscription-nothing-found", "find") : new Problem("subscription-choose", "about", new { count = found.Count }));
        }
        else
        {
            problems.Add(new Problem("subscription-nothing-chosen", "find"));
        }

        return null;
    }

    private async Task AskAsync(SubscriptionAsked asked, string language, CancellationToken cancellationToken)
    {
        var (now, digest) = (clock.GetUtcNow(), digests.Digest(asked.Address));
        await trail.BeginAsync(cancellationToken);
        // Two asking for one address at once are counted one after the other.
        if (db is PostgreSqlNoticesDb) await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({digest}, 0))", cancellationToken);

        if (await IsHeldBackAsync(digest, now, cancellationToken))
        {
            trail.Record(Visitor, "subscription.held-back", "subscriptions/" + digest[..16], null, new { to = digest, asked.Medium });
        }
        else
        {
            var (subscription, message) = await MakeAsync(asked, language, now, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            db.Add(new SubscriptionMessage
            {
                SubscriptionId = subscription.Id,
                AddressDigest = digest,
                CreatedAt = now,
                Medium = asked.Medium,
                Language = language,
                Subject = message.Subject,
                Body = message.Body,
                DueAt = now,
                ExpiresAt = now + options.ConfirmWithin,
            });
            trail.Record(Visitor, message.Action, Subject(subscription.Id), null, new { to = digest, asked.Medium, about = asked.About.Key, language });
            trail.AfterCommit(alarm.Ring);
        }

        await trail.CommitAsync(cancellationToken);
    }

    /// <summary>What an entry of the record about a subscription names.</summary>
    internal static string Subject(long id) => string.Create(CultureInfo.InvariantCulture, $"subscription/{id}");

    /// <summary>Nobody is flooded with messages they have not asked for.</summary>
    private async Task<bool> IsHeldBackAsync(string digest, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = now - Day;
        var sent = await db.SubscriptionMessages.Where(m => m.AddressDigest == digest && m.CreatedAt > since).OrderByDescending(m => m.CreatedAt).Select(m => m.CreatedAt).Take(options.MessagesPerDay).ToListAsync(cancellationToken);

        return sent.Count >= options.MessagesPerDay || (sent.Count > 0 && sent[0] + options.CoolDown > now);
    }

    /// <returns>The subscription it is about, made or known, and what its address is told.</returns>
    private async Task<(Subscription Subscription, SubscriptionText Message)> MakeAsync(SubscriptionAsked asked, string language, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var lapsed = now - options.ConfirmWithin;
        var theirs = await db.Subscriptions.Where(s => s.Address == asked.Address && s.Medium == asked.Medium && s.WithdrawnAt == null && (s.ConfirmedAt != null || s.RequestedAt > lapsed)).OrderBy(s => s.Id).ToListAsync(cancellationToken);
        var same = theirs.Find(s => (s.PlaceId, s.FeederId, s.OrganisationId) == (asked.About.PlaceId, asked.About.FeederId, asked.About.OrganisationId));
        if (same?.ConfirmedAt is not null) return (same, words.Already(asked.Medium, asked.About, same.Id, language));
        if (same is null && theirs.Count >= options.PerAddress) return (theirs[0], words.Full(asked.Medium, asked.About, theirs.Count, language));

        // One asked for again goes on under its new secret alone.
        var subscription = same ?? new Subscription { Medium = asked.Medium, Address = asked.Address, Language = language, PlaceId = asked.About.PlaceId, FeederId = asked.About.FeederId, OrganisationId = asked.About.OrganisationId };
        if (same is null) db.Add(subscription);
        (subscription.RequestedAt, subscription.Language, subscription.WrongCodes) = (now, language, 0);
        if (asked.Medium == Medium.Email)
        {
            var token = SubscriptionSecrets.NewToken();
            subscription.TokenDigest = SubscriptionSecrets.OfToken(digests, token);

            return (subscription, words.ConfirmByLink(asked.About, token, language));
        }

        var code = SubscriptionSecrets.NewCode();
        subscription.CodeDigest = SubscriptionSecrets.OfCode(digests, asked.Address, code);

        return (subscription, words.ConfirmByCode(asked.About, code, language));
    }
}
