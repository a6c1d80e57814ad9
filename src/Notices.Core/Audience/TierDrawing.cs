using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Notices.Deliveries;
using Notices.Outages;
using Notices.Policy;
using Notices.Publishing;
using Notices.Storage;

namespace Notices.Audience;

/// <summary>Draws one tier of a round, or a part of it, in the caller's transaction.</summary>
internal sealed class TierDrawing(NoticesDb db, PolicyBook policy, NoticeRenderer renderer, TimeProvider clock, ILogger log)
{
    /// <summary>From so many recipients on PostgreSQL counts them before it plans further: it believes a fresh round to be empty and would compare each row with each.</summary>
    private const int ManyRecipients = 2000;

    private readonly SetStatements _set = new(db);
    private readonly ExpansionSql _sql = new(db is PostgreSqlNoticesDb);

    private bool PostgreSql => db is PostgreSqlNoticesDb;

    /// <summary>For every connection once.</summary>
    internal Task PrepareAsync(CancellationToken cancellationToken) => _set.RunAsync(_sql.Prepare, new Dictionary<string, object?>(), cancellationToken);

    /// <summary>The supply points of a tier that are still to be drawn, in order.</summary>
    internal async Task<List<long>> PointsAsync(Drawing drawing, short tier, CancellationToken cancellationToken)
    {
        var parameters = Parameters(drawing, tier, default);

        return (await _set.NumbersAsync(ExpansionSql.Points(Condition(drawing, parameters)), parameters, cancellationToken)).ConvertAll(row => row[0]);
    }

    /// <summary>Ends what still waits of the outage's earlier rounds where this one says something else.</summary>
    /// <returns>How many messages.</returns>
    internal async Task<int> SupersedeAsync(Drawing drawing, CancellationToken cancellationToken)
    {
        if (drawing.Facts.Type is not (NoticeType.Changed or NoticeType.Postponed or NoticeType.Corrected or NoticeType.Cancelled)) return 0;

        var parameters = new Dictionary<string, object?> { ["@outage"] = drawing.Outage!.Id, ["@notice"] = drawing.Notice.Id };
        // Whom a joint message tells of another outage besides still gets that.
        await new MergedMessages(db).PartAsync(AudienceSql.EarlierRounds, parameters, cancellationToken);
        var superseded = await _set.RunAsync(ExpansionSql.Supersede, parameters, cancellationToken);
        if (superseded > 0) await _set.RunAsync(ExpansionSql.SupersedeRecipients, parameters, cancellationToken);

        return superseded;
    }

    /// <param name="points">Those to draw; null for the whole tier.</param>
    /// <returns>Null when a text cannot be written: then nothing of it may be kept.</returns>
    internal async Task<(int Recipients, int Deliveries)?> DrawAsync(Drawing drawing, DateTimeOffset expires, short tier, IReadOnlyList<long>? points, CancellationToken cancellationToken)
    {
        var parameters = Parameters(drawing, tier, expires);
        _set.Prepared = PostgreSql && drawing.IsSmall;
        var condition = points is null ? ExpansionSql.OfTier(Condition(drawing, parameters)) : ExpansionSql.Listed;
        if (points is not null) parameters["@points"] = JsonSerializer.Serialize(points);
        if (!PostgreSql) parameters["@floor"] = (await _set.NumbersAsync(ExpansionSql.Floor, parameters, cancellationToken))[0][0];

        var recipients = await _set.RunAsync(_sql.Recipients(condition), parameters, cancellationToken);
        if (recipients == 0) return (0, 0);

        var many = recipients >= ManyRecipients && PostgreSql;
        if (many) await _set.RunAsync("ANALYZE recipients", parameters, cancellationToken);

        var deliveries = 0;
        var plan = Contacts(drawing.Facts, tier);
        var media = plan.Media.Where(medium => medium != Medium.Paper).ToList();
        for (var i = 0; i < media.Count; i++)
        {
            if (await TellAsync(drawing, media[i], plan.Mode == ContactMode.FirstAvailable && i > 0, many, parameters, cancellationToken) is not { } told) return null;

            deliveries += told;
        }

        await _set.RunAllAsync(media.Count > 1 ? [.. _sql.Unreachable, _sql.Reachable] : _sql.Unreachable, parameters, cancellationToken);

        return (recipients, deliveries);
    }

    /// <returns>How many messages were made; null when the text cannot be written.</returns>
    private async Task<int?> TellAsync(Drawing drawing, Medium medium, bool onlyUnreached, bool many, Dictionary<string, object?> parameters, CancellationToken cancellationToken)
    {
        parameters["@medium"] = medium.ToString();
        var optional = drawing.Facts.Type == NoticeType.Reminder || drawing.Notice.AnnouncementId is not null;
        var step = _sql.Medium(medium, optional, onlyUnreached, drawing.Follows);
        var chosen = (await _set.RunAllAsync(many ? [.. step.Choose, "ANALYZE chosen"] : step.Choose, parameters, cancellationToken))[MediumSql.Chosen];
        if (chosen == 0) return 0;

        var leftOut = (await _set.NumbersAsync(ExpansionSql.LeftOut, parameters, cancellationToken))[0][0];

        foreach (var (name, language) in ((string, string)[])[("@chinese", Words.Languages.Chinese), ("@english", Words.Languages.English)])
        {
            if (await TextAsync(drawing, language, medium, cancellationToken) is not { } text) return null;

            parameters[name] = text;
        }

        return (await _set.RunAllAsync(leftOut == 0 ? step.Tell : [.. step.Tell, .. step.Skip], parameters, cancellationToken))[MediumSql.Messages];
    }

    /// <summary>Rendered once, when the first of its messages is drawn. Null, and a loud line, when it cannot be written: the round waits.</summary>
    private async Task<long?> TextAsync(Drawing drawing, string language, Medium medium, CancellationToken cancellationToken)
    {
        var texts = drawing.Texts ??= await db.RoundTexts.AsNoTracking().Where(text => text.RoundId == drawing.RoundId && text.Variant == "")
            .ToDictionaryAsync(text => (text.Language, text.Medium), text => text.Id, cancellationToken);
        if (texts.TryGetValue((language, medium), out var known)) return known;

        var rendered = RoundTexts.Render(renderer, drawing.Facts, language, medium);
        if (!rendered.Ok)
        {
            drawing.Unwritten = true;
            log.LogCritical("Round {Round} of {Notice} cannot be written: {Codes}", drawing.RoundId, drawing.Facts.Number, string.Join(", ", rendered.Problems.Select(problem => problem.Code)));

            return null;
        }

        rendered.Value!.RoundId = drawing.RoundId;
        db.RoundTexts.Add(rendered.Value);
        await db.SaveChangesAsync(cancellationToken);

        return texts[(language, medium)] = rendered.Value.Id;
    }

    private ContactPlan Contacts(NoticeFacts facts, short tier) => policy.Options.ContactsFor(facts.Kind ?? OutageKind.Planned, tier);

    private Dictionary<string, object?> Parameters(Drawing drawing, short tier, DateTimeOffset expires)
    {
        var (notice, facts, now) = (drawing.Notice, drawing.Facts, clock.GetUtcNow());
        var quiet = new QuietHours(policy.Options.QuietHours, policy.CalendarOf(notice.Organisation!));
        var starts = facts.Windows.Count > 0 ? facts.Windows[0].StartsAt : facts.StartedAt;
        var asked = drawing.Audience == nameof(NoticeAudience.KeyCustomersWhoAsked);

        return new Dictionary<string, object?>
        {
            ["@round"] = drawing.RoundId,
            ["@notice"] = notice.Id,
            ["@outage"] = drawing.Outage?.Id ?? 0,
            ["@announcement"] = notice.AnnouncementId ?? 0,
            ["@organisation"] = notice.Organisation!.Path + "%",
            ["@tier"] = tier,
            ["@now"] = db.Instant(now),
            ["@expires"] = db.Instant(expires),
            ["@due"] = db.Instant(quiet.Release(now, facts.Type, facts.Kind, tier, starts, notice.Deadline, asked)),
            ["@night"] = db.Instant(quiet.Release(now, facts.Type, facts.Kind, tier, starts, notice.Deadline, true)),
        };
    }

    private static string Condition(Drawing drawing, Dictionary<string, object?> parameters)
    {
        if (drawing.Outage is { } outage) return AudienceSql.Condition(drawing.Audience, drawing.Facts.Type, outage.Status == OutageStatus.PartlyRestored);

        if (drawing.Audience == nameof(NoticeAudience.Told)) return AudienceSql.ToldOfAnnouncement;

        var places = drawing.Facts.Places;
        for (var i = 0; i < places.Count; i++) parameters[$"@place{i}"] = places[i].Name;

        return AudienceSql.InPlaces(places.Count == 0 ? "NULL" : string.Join(", ", places.Select((_, i) => $"@place{i}")));
    }
}
