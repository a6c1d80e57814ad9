using System.Text.Json;
using Notices.Deliveries;
using Notices.Outages;
using Notices.Policy;
using Notices.Publishing;
using Notices.Storage;
using Npgsql;

namespace Notices.Audience;

/// <summary>Draws one tier of a round, or a part of it, in the caller's transaction.</summary>
internal sealed class TierDrawing(NoticesDb db, PolicyBook policy, DrawingTexts texts, TimeProvider clock)
{
    /// <summary>From so many recipients on PostgreSQL counts them before it plans further: it believes a fresh round to be empty and would compare each row with each.</summary>
    private const int ManyRecipients = 2000;

    private readonly SetStatements _set = new(db);
    private readonly ExpansionSql _sql = new(db is PostgreSqlNoticesDb);

    private bool PostgreSql => db is PostgreSqlNoticesDb;

    /// <summary>For every connection once.</summary>
    internal Task PrepareAsync(CancellationToken cancellationToken) => _set.RunAsync(_sql.Prepare, new Dictionary<string, object?>(), cancellationToken);

    internal Dictionary<string, object?> Parameters(Drawing drawing, short tier, Round? round) => DrawingParameters.Of(db, policy, clock.GetUtcNow(), drawing, tier, round);

    /// <summary>The supply points of a tier that are still to be drawn, in order.</summary>
    internal async Task<List<long>> PointsAsync(Drawing drawing, short tier, CancellationToken cancellationToken)
    {
        var parameters = Parameters(drawing, tier, null);

        return (await _set.NumbersAsync(ExpansionSql.Points(DrawingParameters.Condition(drawing, parameters)), parameters, cancellationToken)).ConvertAll(row => row[0]);
    }

    /// <param name="points">Those to draw; null for the whole tier.</param>
    /// <param name="unsent">Why nobody of them is sent anything any more; they stand in the snapshot all the same.</param>
    /// <returns>Null when a text cannot be written: then nothing of it may be kept.</returns>
    internal async Task<(int Recipients, int Deliveries)?> DrawAsync(Drawing drawing, Round round, IReadOnlyList<long>? points, string? unsent, CancellationToken cancellationToken)
    {
        var parameters = Parameters(drawing, round.NextTier, round);
        parameters["@unsent"] = unsent;
        _set.Prepared = PostgreSql && drawing.IsSmall;
        var condition = points is null ? ExpansionSql.OfTier(DrawingParameters.Condition(drawing, parameters)) : ExpansionSql.Listed;
        if (points is not null) parameters["@points"] = JsonSerializer.Serialize(points);
        if (!PostgreSql) parameters["@floor"] = (await _set.NumbersAsync(ExpansionSql.Floor, parameters, cancellationToken))[0][0];

        var recipients = await _set.RunAsync(_sql.Recipients(condition, unsent is null), parameters, cancellationToken);
        if (recipients == 0 || unsent is not null) return (recipients, 0);

        var many = recipients >= ManyRecipients && PostgreSql;
        if (many) await CountAsync(cancellationToken);

        var deliveries = 0;
        var plan = policy.Options.ContactsFor(drawing.Facts.Kind ?? OutageKind.Planned, round.NextTier);
        var media = plan.Media.Where(medium => medium != Medium.Paper || GoesByPaper(drawing)).ToList();
        for (var i = 0; i < media.Count; i++)
        {
            var variant = round.Shortened && media[i] == Medium.Sms ? RoundText.Storm : "";
            if (await TellAsync(drawing, media[i], variant, plan.Mode == ContactMode.FirstAvailable && i > 0, many, parameters, cancellationToken) is not { } told) return null;

            deliveries += told;
        }

        await _set.RunAllAsync(media.Count > 1 ? [.. _sql.Unreachable, _sql.Reachable] : _sql.Unreachable, parameters, cancellationToken);

        return (recipients, deliveries);
    }

    /// <summary>News never does, and of outages what the policy names: what is over by the time a letter is carried there goes another way.</summary>
    private bool GoesByPaper(Drawing drawing) => drawing.Notice.AnnouncementId is null && policy.Options.Paper.Notices.Contains(drawing.Facts.Type);

    /// <summary>Lets PostgreSQL count the recipients. It takes a lock that lasts as long as the transaction: where somebody else draws many at the same time, an emergency does not wait
    /// for it but is planned by hashing, which is never far from the best for so many.</summary>
    private async Task CountAsync(CancellationToken cancellationToken)
    {
        var nothing = new Dictionary<string, object?>();
        await _set.RunAsync("SAVEPOINT counting", nothing, cancellationToken);
        try
        {
            await _set.RunAsync("LOCK TABLE recipients IN SHARE UPDATE EXCLUSIVE MODE NOWAIT", nothing, cancellationToken);
            await _set.RunAsync("ANALYZE recipients", nothing, cancellationToken);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            await _set.RunAsync("ROLLBACK TO SAVEPOINT counting; SET LOCAL enable_nestloop = off", nothing, cancellationToken);
        }
    }

    /// <returns>How many messages were made; null when the text cannot be written.</returns>
    private async Task<int?> TellAsync(
        Drawing drawing, Medium medium, string variant, bool onlyUnreached, bool many, Dictionary<string, object?> parameters, CancellationToken cancellationToken)
    {
        parameters["@medium"] = medium.ToString();
        var optional = drawing.Facts.Type == NoticeType.Reminder || drawing.Notice.AnnouncementId is not null;
        var step = _sql.Medium(medium, optional, onlyUnreached, drawing.Follows);
        var chosen = (await _set.RunAllAsync(many ? [.. step.Choose, "ANALYZE chosen"] : step.Choose, parameters, cancellationToken))[MediumSql.Chosen];
        if (chosen == 0) return 0;

        if (await texts.ParametersAsync(drawing, medium, variant, parameters, cancellationToken) is false) return null;

        var leftOut = (await _set.NumbersAsync(ExpansionSql.LeftOut, parameters, cancellationToken))[0][0];

        return (await _set.RunAllAsync([.. step.Tell, .. leftOut == 0 ? [] : step.Skip, .. drawing.Follows ? ExpansionSql.Fold : []], parameters, cancellationToken))[MediumSql.Messages];
    }
}
