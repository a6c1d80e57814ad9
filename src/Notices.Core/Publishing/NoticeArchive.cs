using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Outages;
using Notices.Storage;
using Notices.Words;

namespace Notices.Publishing;

/// <summary>What was published.</summary>
/// <param name="Previous">Identifier of the notice it follows: of the same outage or announcement, or of the postponed outage it replaces; null for the first.</param>
/// <param name="Rounds">Its rounds' ids.</param>
public sealed record NoticeView(
    long Id, string Identifier, string? Previous, string Number, int Version, NoticeType Type, OutageKind? Kind, DateTimeOffset PublishedAt, DateTimeOffset DueAt, DateTimeOffset? Deadline, bool Late,
    string? LateReason, DateTimeOffset ExpiresAt, LocalText Headline, LocalText Text, IReadOnlyList<long> Rounds);

/// <summary>Reads published notices.</summary>
public sealed class NoticeArchive(NoticesDb db)
{
    /// <param name="before">Cursor: only those published before this one.</param>
    public async Task<IReadOnlyList<NoticeView>> ListAsync(string? number, long? before, int limit, Actor actor, CancellationToken cancellationToken)
    {
        var notices = Seen(actor);
        if (number is not null) notices = notices.Where(n => n.Number == number);
        if (before is { } id) notices = notices.Where(n => n.Id < id);

        return await ViewAsync(await notices.OrderByDescending(n => n.Id).Take(limit).ToListAsync(cancellationToken), cancellationToken);
    }

    public async Task<Result<NoticeView>> FindAsync(long id, Actor actor, CancellationToken cancellationToken)
    {
        var found = await ViewAsync(await Seen(actor).Where(n => n.Id == id).ToListAsync(cancellationToken), cancellationToken);

        return found.Count == 1 ? found[0] : Problem.NotFound("notice", id.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private IQueryable<Notice> Seen(Actor actor) =>
        db.Notices.AsNoTracking().Include(n => n.Texts).Include(n => n.Organisation).Where(n => n.Organisation!.Path.StartsWith(actor.OrganisationPath));

    private async Task<List<NoticeView>> ViewAsync(List<Notice> notices, CancellationToken cancellationToken)
    {
        var ids = notices.ConvertAll(n => n.Id);
        var rounds = (await db.Rounds.Where(r => ids.Contains(r.NoticeId)).Select(r => new { r.NoticeId, r.Id }).ToListAsync(cancellationToken)).ToLookup(r => r.NoticeId, r => r.Id);

        var before = notices.ConvertAll(n => n.PreviousNoticeId).OfType<long>().ToList();
        var previous = await db.Notices.Where(n => before.Contains(n.Id)).ToDictionaryAsync(n => n.Id, n => n.Identifier, cancellationToken);

        return notices.ConvertAll(n =>
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(n.Organisation!.TimeZone);

            return new NoticeView(
                n.Id, n.Identifier, n.PreviousNoticeId is { } earlier ? previous.GetValueOrDefault(earlier) : null, n.Number, n.Version, n.Type, n.Kind, In(n.PublishedAt), In(n.DueAt), n.Deadline is { } latest ? In(latest) : null, n.Late, n.LateReason,
                In(n.ExpiresAt), Text(t => t.Headline), Text(t => t.Body), [.. rounds[n.Id]]);

            DateTimeOffset In(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone);

            LocalText Text(Func<NoticeText, string> part) => new(Of(Languages.Chinese, part), Of(Languages.English, part));

            string Of(string language, Func<NoticeText, string> part) => n.Texts.Find(t => t.Language == language && t.Medium == "feed") is { } text ? part(text) : "";
        });
    }
}
