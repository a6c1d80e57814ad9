using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Notices.Publishing;
using Notices.Storage;

namespace Notices.Feeds;

/// <summary>Reads what was published. A notice is current from its publication to its expiry; drafts, plans and due rows are never read here.
/// Open to everybody, so no method takes an actor.</summary>
public sealed class PublicFeed(NoticesDb db, TimeProvider clock)
{
    /// <summary>A feed holds at most so many notices, the newest.</summary>
    public const int Limit = 200;

    /// <summary>One small statement, so that a reader who has everything costs nothing more.</summary>
    public async Task<FeedStamp> StampAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = """
                SELECT count(*), coalesce(max(id), 0), CAST(coalesce(sum(id), 0) AS bigint),
                       (SELECT max(published_at) FROM notices WHERE published_at <= @now), (SELECT max(expires_at) FROM notices WHERE expires_at <= @now)
                FROM notices WHERE published_at <= @now AND expires_at > @now
                """;
            command.With("@now", db.Instant(now));
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            var (published, expired) = (reader.InstantOrNull(3), reader.InstantOrNull(4));

            return new FeedStamp(now, reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), published > expired ? published : expired ?? published);
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    /// <summary>What the request asks for, as of the stamp's moment.</summary>
    public Task<Result<FeedContent>> ReadAsync(FeedRequest request, FeedStamp stamp, CancellationToken cancellationToken) => ReadAsync(request, stamp, Limit, cancellationToken);

    private async Task<Result<FeedContent>> ReadAsync(FeedRequest request, FeedStamp stamp, int most, CancellationToken cancellationToken)
    {
        var current = db.Notices.AsNoTracking().Where(n => n.PublishedAt <= stamp.AsOf && n.ExpiresAt > stamp.AsOf);
        // Of an announcement only the newest stands: a withdrawal takes the place of what it withdraws.
        current = current.Where(n => n.AnnouncementId == null || !db.Notices.Any(m => m.AnnouncementId == n.AnnouncementId && m.Version > n.Version));
        if (request.Kind is { } kind) current = current.Where(n => n.Kind == kind);
        if (request.Organisation is { } code)
        {
            var path = await db.Organisations.Where(o => o.Code == code).Select(o => o.Path).FirstOrDefaultAsync(cancellationToken);
            if (path is null) return Problem.NotFound("organisation", code);
            current = current.Where(n => n.Organisation!.Path.StartsWith(path));
        }

        if (request.Feeder is { } feeder)
        {
            // What the notice said counts, not what the outage's scope is by now. The text search is narrowed to exact codes below.
            var quoted = JsonSerializer.Serialize(feeder, Json.Stored);
            current = current.Where(n => n.Facts.Contains(quoted));
        }

        var rows = await current.OrderByDescending(n => n.PublishedAt).ThenByDescending(n => n.Id).Take(most).ToListAsync(cancellationToken);
        var total = rows.Count < most ? rows.Count : await current.CountAsync(cancellationToken);
        var items = await ItemsAsync(rows, false, cancellationToken);
        if (request.Feeder is { } exact)
        {
            items.RemoveAll(i => !i.Facts.Feeders.Any(f => f.Code == exact));
            if (rows.Count < most) total = items.Count;
        }

        var asOf = FeedTime.Floor(FeedTime.In(stamp.AsOf, items.Count > 0 ? items[0].Facts.TimeZone : "UTC"));

        return new FeedContent(items, asOf, Math.Max(total, items.Count), stamp.LastModified);
    }

    /// <summary>The same with the outlines of the places each names.</summary>
    public async Task<FeedContent> WithPlacesAsync(FeedContent content, CancellationToken cancellationToken)
    {
        var numbers = content.Items.Where(i => i.Kind is not null).Select(i => i.Facts.Number).Distinct().ToList();
        if (numbers.Count == 0) return content;

        var drawn = await db.OutagePlaces.AsNoTracking().Where(p => numbers.Contains(p.Outage!.Number) && p.Place != null)
            .Join(db.Areas, p => p.Place!.Code, a => a.Code, (p, a) => new { p.Outage!.Number, p.Name, a.Rings }).ToListAsync(cancellationToken);
        var outlines = drawn.ToLookup(d => d.Number, StringComparer.Ordinal);

        return content with
        {
            Items = [.. content.Items.Select(item => item with { Outlines = outlines[item.Facts.Number].DistinctBy(d => d.Name).ToDictionary(d => d.Name, d => Polygons(d.Rings)) })],
        };
    }

    /// <summary>All that is current, as read for <see cref="PublicBoard"/>; more than a feed holds.</summary>
    public async Task<BoardContent> BoardAsync(FeedStamp stamp, CancellationToken cancellationToken)
    {
        var content = (await ReadAsync(FeedRequest.All, stamp, BoardContent.Most, cancellationToken)).Value!;
        var organisations = await db.Organisations.AsNoTracking().OrderBy(o => o.Path).ToListAsync(cancellationToken);

        return new BoardContent(content.Items, organisations.ConvertAll(o => new BoardOrganisation(o.Code, o.LocalName, o.Path, o.TimeZone)));
    }

    /// <summary>Every notice published about an outage, newest first; expired ones too, as what was said stays said. Empty where none was.</summary>
    public async Task<IReadOnlyList<FeedItem>> StoryAsync(string number, CancellationToken cancellationToken)
    {
        var outage = await db.Outages.Where(o => o.Number == number).Select(o => (long?)o.Id).FirstOrDefaultAsync(cancellationToken);

        return outage is null ? [] : await StoryAsync(db.Notices.Where(n => n.OutageId == outage), cancellationToken);
    }

    /// <summary>The same of an announcement.</summary>
    public async Task<IReadOnlyList<FeedItem>> AnnouncementAsync(string number, CancellationToken cancellationToken)
    {
        var announcement = await db.Announcements.Where(a => a.Number == number).Select(a => (long?)a.Id).FirstOrDefaultAsync(cancellationToken);

        return announcement is null ? [] : await StoryAsync(db.Notices.Where(n => n.AnnouncementId == announcement), cancellationToken);
    }

    private async Task<IReadOnlyList<FeedItem>> StoryAsync(IQueryable<Notice> notices, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();

        return await ItemsAsync(await notices.AsNoTracking().Where(n => n.PublishedAt <= now).OrderByDescending(n => n.Id).ToListAsync(cancellationToken), false, cancellationToken);
    }

    /// <summary>One published notice with its polygons; an expired one too, as what was said stays said. Null when there is none of that identifier.</summary>
    public async Task<FeedItem?> FindAsync(string identifier, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var rows = await db.Notices.AsNoTracking().Where(n => n.Identifier == identifier && n.PublishedAt <= now).ToListAsync(cancellationToken);
        var items = await ItemsAsync(rows, true, cancellationToken);

        return items.FirstOrDefault();
    }

    private async Task<List<FeedItem>> ItemsAsync(List<Notice> rows, bool withAreas, CancellationToken cancellationToken)
    {
        if (rows.Count == 0) return [];
        var ids = rows.ConvertAll(n => n.Id);
        var texts = (await db.NoticeTexts.AsNoTracking().Where(t => t.Medium == "feed" && ids.Contains(t.NoticeId)).ToListAsync(cancellationToken)).ToLookup(t => t.NoticeId);
        var siblings = await SiblingsAsync(rows, cancellationToken);

        var items = new List<FeedItem>(rows.Count);
        foreach (var row in rows)
        {
            if (FactsOf(row) is not { } facts) continue;
            var areas = withAreas ? await AreasAsync(facts, cancellationToken) : [];
            items.Add(Item(row, facts, texts[row.Id], row.OutageId is { } outage ? siblings[outage] : [], areas));
        }

        return items;
    }

    /// <summary>All notices of the outages that may be referred to, in the order they were published. A postponed outage and the one that takes its place are one story.</summary>
    private async Task<ILookup<long, Sibling>> SiblingsAsync(List<Notice> rows, CancellationToken cancellationToken)
    {
        var outages = rows.Where(n => n.OutageId is not null).Select(n => n.OutageId!.Value).Distinct().ToList();
        if (outages.Count == 0) return Enumerable.Empty<Sibling>().ToLookup(s => s.OutageId);

        var oldest = rows.Min(n => n.PublishedAt);
        var links = await db.Outages.AsNoTracking().Where(o => o.ReplacesId != null && (outages.Contains(o.Id) || outages.Contains(o.ReplacesId.Value)))
            .Select(o => new { New = o.Id, Old = o.ReplacesId!.Value }).ToListAsync(cancellationToken);
        List<long> all = [.. outages.Concat(links.SelectMany(l => new[] { l.New, l.Old })).Distinct()];
        var found = await db.Notices.AsNoTracking()
            .Where(n => n.OutageId != null && all.Contains(n.OutageId.Value) && n.ExpiresAt > oldest)
            .OrderBy(n => n.Id)
            .Select(n => new Sibling(n.Id, n.OutageId!.Value, n.Identifier, n.PublishedAt, n.ExpiresAt, n.Facts))
            .ToListAsync(cancellationToken);
        var stories = links.SelectMany(l => new[] { (Of: l.New, With: l.Old), (Of: l.Old, With: l.New) }).Concat(outages.Select(o => (Of: o, With: o))).ToLookup(s => s.With, s => s.Of);

        return found.SelectMany(s => stories[s.OutageId].Distinct().Select(of => (Of: of, Sibling: s))).ToLookup(s => s.Of, s => s.Sibling);
    }

    private async Task<IReadOnlyList<FeedArea>> AreasAsync(NoticeFacts facts, CancellationToken cancellationToken)
    {
        var wanted = CapArea.Wanted(facts);
        if (wanted.Count == 0) return [];
        var found = await db.Areas.AsNoTracking().Where(a => a.Geocode != null && wanted.Contains(a.Geocode)).OrderBy(a => a.Code).ToListAsync(cancellationToken);

        return found.ConvertAll(a => new FeedArea(a.Geocode!, Polygons(a.Rings)));
    }

    private static IReadOnlyList<string> Polygons(string rings) => [.. rings.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(CapRules.IsPolygon)];

    private FeedItem Item(Notice row, NoticeFacts facts, IEnumerable<NoticeText> texts, IEnumerable<Sibling> siblings, IReadOnlyList<FeedArea> areas)
    {
        var now = clock.GetUtcNow();
        var known = siblings.Where(s => s.PublishedAt <= now).ToList();
        var earlier = known.Where(s => s.Id < row.Id && s.ExpiresAt > row.PublishedAt)
            .Select(s => new FeedReference(s.Identifier, FeedTime.Floor(FeedTime.In(s.PublishedAt, ZoneOf(s.Facts) ?? facts.TimeZone)))).ToList();
        var newest = known.LastOrDefault();

        return new FeedItem(
            row.Id, row.Identifier, row.Type, row.Kind, FeedTime.Floor(FeedTime.In(row.PublishedAt, facts.TimeZone)), FeedTime.Ceiling(FeedTime.In(row.ExpiresAt, facts.TimeZone)), facts,
            texts.ToDictionary(t => t.Language, t => new FeedText(FeedWords.Line(t.Headline), FeedWords.Safe(t.Body).Trim())),
            earlier, newest is not null && newest.Id > row.Id ? newest.Identifier : null, areas);
    }

    /// <summary>Null where the row was damaged: one bad row must not silence the others. Verifying the record names it.</summary>
    private static NoticeFacts? FactsOf(Notice row)
    {
        try
        {
            return JsonSerializer.Deserialize<NoticeFacts>(row.Facts, Json.Stored);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? ZoneOf(string facts)
    {
        try
        {
            return JsonSerializer.Deserialize<Zoned>(facts, Json.Stored)?.TimeZone;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Zoned(string? TimeZone);

    private sealed record Sibling(long Id, long OutageId, string Identifier, DateTimeOffset PublishedAt, DateTimeOffset ExpiresAt, string Facts);
}
