using Microsoft.EntityFrameworkCore;
using Notices.Network;
using Notices.Outages;
using Notices.Publishing;
using Notices.Storage;
using Notices.Words;

namespace Notices.Replies;

/// <summary>What is answered: a sentence of <c>Words/Labels</c> with nothing personal in it, since anybody may ask for any account.</summary>
internal sealed class AnswerWords
{
    /// <summary>How far ahead a planned cut is told.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(14);

    private const string DefaultHotline = "95598";

    private readonly DateTimeOffset _now;
    private readonly List<Organisation> _organisations;
    private readonly Dictionary<string, (long OrganisationId, Outage? Cut)> _accounts = new(StringComparer.OrdinalIgnoreCase);

    private AnswerWords(DateTimeOffset now, List<Organisation> organisations) => (_now, _organisations) = (now, organisations);

    /// <param name="accounts">Asked about.</param>
    internal static async Task<AnswerWords> ReadAsync(NoticesDb db, IReadOnlyCollection<string> accounts, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var words = new AnswerWords(now, await db.Organisations.AsNoTracking().OrderBy(o => o.Path.Length).ThenBy(o => o.Id).ToListAsync(cancellationToken));
        if (accounts.Count > 0) await words.ReadAccountsAsync(db, accounts, cancellationToken);

        return words;
    }

    /// <returns>Null where nothing is answered.</returns>
    /// <param name="organisation">Whose customer asks; null for the account's, or the topmost.</param>
    internal string? Of(Meaning meaning, long? organisation, string language) => meaning.Kind switch
    {
        ReplyKind.Subscribe => Sentence("answer-subscribed", organisation, language),
        ReplyKind.Stop when meaning.OfSubscription => Sentence("answer-subscription-ended", organisation, language),
        ReplyKind.Stop => Sentence("answer-stop", organisation, language),
        ReplyKind.Start => Sentence("answer-start", organisation, language),
        ReplyKind.NotMe => Sentence("answer-not-me", organisation, language),
        ReplyKind.StillOut => Sentence("answer-still-out", organisation, language),
        ReplyKind.Status when meaning.Account is null => Sentence("answer-status-help", organisation, language),
        ReplyKind.Status => Status(meaning.Account, organisation, language),
        _ => null,
    };

    private async Task ReadAccountsAsync(NoticesDb db, IReadOnlyCollection<string> accounts, CancellationToken cancellationToken)
    {
        var asked = accounts.ToHashSet(StringComparer.Ordinal);
        var points = await db.SupplyPoints.Where(p => asked.Contains(p.AccountNo)).Select(p => new { p.AccountNo, p.TransformerId, p.Customer!.OrganisationId }).ToListAsync(cancellationToken);
        var transformers = points.Select(p => p.TransformerId).ToHashSet();
        var cuts = await db.OutageTransformers.Where(t => transformers.Contains(t.TransformerId) && t.RestoredAt == null).Select(t => new { t.OutageId, t.TransformerId }).ToListAsync(cancellationToken);
        var ids = cuts.Select(c => c.OutageId).ToHashSet();
        var outages = await db.Outages.AsNoTracking().Include(o => o.Windows)
            .Where(o => ids.Contains(o.Id) && (o.Status == OutageStatus.Published || o.Status == OutageStatus.InProgress || o.Status == OutageStatus.PartlyRestored)).ToListAsync(cancellationToken);
        foreach (var point in points)
        {
            var here = outages.Where(o => cuts.Exists(c => c.OutageId == o.Id && c.TransformerId == point.TransformerId) && (IsOut(o) || (Next(o) is { } start && start < _now + Ahead)));
            _accounts[point.AccountNo] = (point.OrganisationId, here.OrderByDescending(IsOut).ThenBy(o => Next(o) ?? DateTimeOffset.MaxValue).FirstOrDefault());
        }
    }

    private static bool IsOut(Outage outage) => outage.Status is OutageStatus.InProgress or OutageStatus.PartlyRestored;

    /// <summary>The start of the first window that is not over.</summary>
    private DateTimeOffset? Next(Outage outage) => outage.Windows.Where(w => w.EndsAt > _now).Min(w => (DateTimeOffset?)w.StartsAt);

    private string Status(string account, long? asker, string language)
    {
        var tail = account.Length <= 4 ? account : account[^4..];
        if (!_accounts.TryGetValue(account, out var found)) return Sentence("answer-status-unknown", asker, language, tail);
        if (found.Cut is not { } cut) return Sentence("answer-status-none", found.OrganisationId, language, tail);

        var zone = TimeZoneInfo.FindSystemTimeZoneById(Of(found.OrganisationId)?.TimeZone ?? "UTC");
        var times = new TimeWords(language, TimeStyle.Short, zone, DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(_now, zone).DateTime));
        string? At(DateTimeOffset? instant, bool end = false)
        {
            if (instant is not { } at) return null;
            var (day, minutes) = times.Local(at, end);

            return times.At(day, minutes);
        }

        var window = cut.Windows.Where(w => w.EndsAt > _now).MinBy(w => w.StartsAt);
        if (!IsOut(cut)) return Sentence("answer-status-planned", found.OrganisationId, language, tail, range: times.Range(window!.StartsAt, window.EndsAt));

        var start = At(cut.StartedAt ?? window?.StartsAt ?? cut.CreatedAt);
        var expected = cut.ExpectedAt ?? (cut.NextUpdateBy is null ? window?.EndsAt : null);

        return expected > _now ? Sentence("answer-status-out", found.OrganisationId, language, tail, start, At(expected, true))
            : cut.NextUpdateBy > _now ? Sentence("answer-status-waiting", found.OrganisationId, language, tail, start, by: At(cut.NextUpdateBy))
            : Sentence("answer-status-open", found.OrganisationId, language, tail, start);
    }

    private Organisation? Of(long? id) => _organisations.Find(o => o.Id == id) ?? _organisations.FirstOrDefault();

    private string Sentence(string code, long? organisation, string language, string? tail = null, string? start = null, string? end = null, string? by = null, string? range = null)
    {
        var (whose, hotline) = (Of(organisation), DefaultHotline);
        for (var up = whose; up is not null; up = up.ParentId is { } parent ? _organisations.Find(o => o.Id == parent) : null)
        {
            if (up.Hotline is not { Length: > 0 } own) continue;

            hotline = own;
            break;
        }

        return Sentences.Label(code, new { signature = whose?.LocalSignature.In(language) ?? "Notices", hotline, tail, start, end, by, range }, language);
    }
}
