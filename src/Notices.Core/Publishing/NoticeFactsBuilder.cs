using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Notices.Announcements;
using Notices.Network;
using Notices.Outages;
using Notices.Policy;
using Notices.Storage;
using Notices.Words;

namespace Notices.Publishing;

/// <summary>Gathers what a notice states, as things are at the moment it is published.</summary>
public sealed class NoticeFactsBuilder(NoticesDb db, PolicyBook policy, TimeProvider clock)
{
    /// <summary>The facts of a notice that is not published yet: for checks and previews.</summary>
    public async Task<NoticeFacts> PreviewAsync(Outage outage, NoticeType type, CancellationToken cancellationToken) =>
        await BuildAsync(outage, type, clock.GetUtcNow(), outage.LateReason is not null, null, cancellationToken);

    /// <param name="windowOrdinal">The window it is about, counted in time order from 1; null for all.</param>
    public async Task<NoticeFacts> BuildAsync(
        Outage outage, NoticeType type, DateTimeOffset publishedAt, bool late, short? windowOrdinal, CancellationToken cancellationToken)
    {
        return await BuildAsync(outage, type, publishedAt, late, windowOrdinal, await OutageKnowledge.ReadAsync(db, [outage], cancellationToken), cancellationToken);
    }

    /// <summary>The same, from what was read for several outages at once.</summary>
    internal async Task<NoticeFacts> BuildAsync(
        Outage outage, NoticeType type, DateTimeOffset publishedAt, bool late, short? windowOrdinal, OutageKnowledge known, CancellationToken cancellationToken)
    {
        var organisation = outage.Organisation!;
        var zone = TimeZoneInfo.FindSystemTimeZoneById(organisation.TimeZone);
        var before = known.Notices(outage).Where(StatesPlan).MaxBy(n => n.Version) ?? known.ReplacedNotices(outage).LastOrDefault(StatesPlan);
        var last = before is null ? null : JsonSerializer.Deserialize<NoticeFacts>(before.Facts, Json.Stored);
        var version = known.Notices(outage).Select(n => n.Version).DefaultIfEmpty(0).Max();
        var windows = Windows(outage, zone);
        // An overrun without a new word has broken the last promise; it is not made again.
        var expected = type == NoticeType.Overrun && outage.ExpectedAt <= publishedAt ? null : outage.ExpectedAt;
        var restored = outage.Status == OutageStatus.PartlyRestored ? await RestoredPartsAsync(outage, cancellationToken) : [];

        return new NoticeFacts
        {
            Type = type,
            Kind = outage.Kind,
            Number = outage.Number,
            Version = version + 1,
            PublishedAt = In(publishedAt, zone),
            TimeZone = organisation.TimeZone,
            Organisation = Of(organisation),
            Feeders = Feeders(outage),
            Sections = [.. outage.Scope.Where(s => s.Section is not null).Select(s => s.Section!.Name).Distinct()],
            Places = Places(outage, known),
            Windows = windowOrdinal is { } ordinal && ordinal <= windows.Count && type is NoticeType.Started ? [windows[ordinal - 1]] : windows,
            PreviousWindows = last?.Windows ?? [],
            PreviousPublishedAt = before is null ? null : In(before.PublishedAt, zone),
            Reason = outage.Reason,
            Work = outage.Work,
            ChangeReason = outage.ChangeReason ?? outage.Replaces?.ChangeReason,
            ExpectedAt = In(expected, zone),
            NextUpdateBy = In(type == NoticeType.Overrun && expected is null && !(outage.NextUpdateBy > publishedAt) ? publishedAt.AddHours(1) : outage.NextUpdateBy, zone),
            StartedAt = In(outage.StartedAt ?? (type == NoticeType.Started ? windows.FirstOrDefault()?.StartsAt : null), zone),
            RestoredAt = In(outage.RestoredAt ?? (type == NoticeType.Restored ? publishedAt : null), zone),
            RestoredParts = restored,
            Customers = known.Customers(outage).Points,
            Overlapped = type == NoticeType.Initial ? Overlapped(outage, publishedAt, known, zone) : [],
            Late = late,
            NoticeDays = policy.FirstNoticeRule(outage.Kind) is { Latest.Unit: not LeadUnit.Hours } rule ? rule.Latest.Amount : null,
        };
    }

    /// <summary>A reminder repeats, a start speaks of one window: neither says what the plan is.</summary>
    private static bool StatesPlan(KnownNotice notice) => notice.Type is not (NoticeType.Reminder or NoticeType.Started) && !notice.Key.StartsWith("late-start:", StringComparison.Ordinal);

    /// <summary>Places that are wholly back; where one is back in part alone, its transformers that are.</summary>
    private async Task<List<string>> RestoredPartsAsync(Outage outage, CancellationToken cancellationToken)
    {
        var cut = await db.OutageTransformers.Where(c => c.OutageId == outage.Id)
            .Join(db.Transformers, c => c.TransformerId, t => t.Id, (c, t) => new { c.RestoredAt, t.Name, Place = t.Place!.Name }).OrderBy(c => c.Name).ToListAsync(cancellationToken);

        return [.. cut.GroupBy(c => c.Place ?? "").SelectMany(place => place.Key.Length > 0 && place.All(c => c.RestoredAt is not null) ? [place.Key]
            : place.Where(c => c.RestoredAt is not null).Select(c => place.Key + c.Name)).Distinct()];
    }

    /// <summary>An announcement's facts.</summary>
    public NoticeFacts Of(Announcement announcement, DateTimeOffset publishedAt, int version) => new()
    {
        Type = NoticeType.Announcement,
        Number = announcement.Number,
        Version = version,
        PublishedAt = In(publishedAt, TimeZoneInfo.FindSystemTimeZoneById(announcement.Organisation!.TimeZone)),
        TimeZone = announcement.Organisation.TimeZone,
        Organisation = Of(announcement.Organisation),
        Places = [.. announcement.Places.Select(p => new PlaceFacts(p))],
        Title = announcement.Title,
        Body = announcement.Body,
    };

    /// <summary>An announcement taken back: what it was called, when it was told and why it is gone.</summary>
    public NoticeFacts Withdrawn(Announcement announcement, DateTimeOffset publishedAt, int version, DateTimeOffset told, LocalText reason) => Of(announcement, publishedAt, version) with
    {
        Type = NoticeType.Cancelled,
        Body = null,
        PreviousPublishedAt = In(told, TimeZoneInfo.FindSystemTimeZoneById(announcement.Organisation!.TimeZone)),
        ChangeReason = new LocalText(WithoutStop(reason.Chinese), WithoutStop(reason.English)),
    };

    /// <summary>The template ends the sentence.</summary>
    private static string WithoutStop(string text) => text.Trim().TrimEnd('。', '.');

    private OrganisationFacts Of(Organisation organisation) => new(
        organisation.Code, organisation.LocalName, organisation.LocalSignature, organisation.Hotline ?? policy.Options.Hotline.Number ?? "", policy.Options.Hotline.Regulator,
        organisation.Adcode is { Length: > 0 } code ? code.PadRight(12, '0') : null);

    private static List<FeederFacts> Feeders(Outage outage) =>
    [
        .. outage.Scope.Select(s => s.Feeder ?? s.Section?.Feeder ?? s.Transformer?.Feeder).OfType<Feeder>().DistinctBy(f => f.Code).OrderBy(f => f.Code, StringComparer.Ordinal)
            .Select(f => new FeederFacts(f.Code, new LocalText(f.Name, f.NameEn ?? f.Name), f.VoltageKv)),
    ];

    private static List<PlaceFacts> Places(Outage outage, OutageKnowledge known) =>
    [
        .. outage.Places.Select(p => p.PlaceId is { } id && known.Place(id) is { } place
            ? new PlaceFacts(p.Name, place.Township, null, place.Latitude, place.Longitude, place.NameEn)
            : new PlaceFacts(p.Name)),
    ];

    private List<OverlappedFacts> Overlapped(Outage outage, DateTimeOffset publishedAt, OutageKnowledge known, TimeZoneInfo zone) =>
        [.. known.Overlapped(outage).Under(outage, publishedAt, policy.Options.Expiry.UnknownEnd).Select(plan => new OverlappedFacts(plan.Outage.Number, plan.Fate, Windows(plan.Windows, zone)))];

    private static List<WindowFacts> Windows(Outage outage, TimeZoneInfo zone) => Windows(outage.Windows.OrderBy(w => w.StartsAt), zone);

    private static List<WindowFacts> Windows(IEnumerable<OutageWindow> windows, TimeZoneInfo zone) =>
        [.. windows.Select(w => new WindowFacts(In(w.StartsAt, zone), In(w.EndsAt, zone), w.Places, In(w.AlternateStartsAt, zone), In(w.AlternateEndsAt, zone)))];

    private static DateTimeOffset In(DateTimeOffset instant, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(instant, zone);

    private static DateTimeOffset? In(DateTimeOffset? instant, TimeZoneInfo zone) => instant is { } at ? In(at, zone) : null;
}
