using Notices.Deliveries;
using Notices.Outages;
using Notices.Policy;
using Notices.Storage;

namespace Notices.Audience;

/// <summary>The values the statements of a drawing name.</summary>
internal static class DrawingParameters
{
    /// <param name="round">Null while only reading.</param>
    internal static Dictionary<string, object?> Of(NoticesDb db, PolicyBook policy, DateTimeOffset now, Drawing drawing, short tier, Round? round)
    {
        var (notice, facts) = (drawing.Notice, drawing.Facts);
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
            ["@expires"] = db.Instant(round?.ExpiresAt ?? now),
            ["@due"] = db.Instant(Held(quiet.Release(now, facts.Type, facts.Kind, tier, starts, notice.Deadline, asked))),
            ["@night"] = db.Instant(Held(quiet.Release(now, facts.Type, facts.Kind, tier, starts, notice.Deadline, true))),
        };

        // The watch list sees it first.
        DateTimeOffset Held(DateTimeOffset due) => round?.HeldUntil > due ? round.HeldUntil.Value : due;
    }

    /// <summary>Whom the round is for, on <c>supply_points p</c> and <c>customers c</c>; adds the parameters it names.</summary>
    internal static string Condition(Drawing drawing, Dictionary<string, object?> parameters)
    {
        if (drawing.Outage is { } outage) return AudienceSql.Condition(drawing.Audience, drawing.Facts.Type, outage.Status == OutageStatus.PartlyRestored);

        if (drawing.Audience == nameof(NoticeAudience.Told)) return AudienceSql.ToldOfAnnouncement;

        var places = drawing.Facts.Places;
        for (var i = 0; i < places.Count; i++) parameters[$"@place{i}"] = places[i].Name;

        return AudienceSql.InPlaces(places.Count == 0 ? "NULL" : string.Join(", ", places.Select((_, i) => $"@place{i}")));
    }
}
