using Microsoft.EntityFrameworkCore;
using Notices.Audience;
using Notices.Publishing;
using Notices.Storage;
using Notices.Words;

namespace Notices.Outages;

/// <summary>What a change of a plan people know of would tell them, before it is made.</summary>
/// <param name="DueAt">When the notice would go out, in the organisation's zone; null where none is owed, since nobody was told yet.</param>
/// <param name="Rule">Why then.</param>
public sealed record ForeseenChange(NoticeType Type, DateTimeOffset? DueAt, LocalText? Rule, IReadOnlyList<ForeseenGroup> Groups);

/// <param name="Audience">A <see cref="Policy.NoticeAudience"/>, or one of those a correction tells apart.</param>
/// <param name="Text">Its short message; null for whom nothing changes and who hear nothing.</param>
/// <param name="Parts">Of the longer of both texts; 0 without a text.</param>
public sealed record ForeseenGroup(string Audience, int SupplyPoints, int Customers, LocalText? Text, int Parts);

/// <summary>Looks at an outage as it would be after a change, in the transaction that made it so.</summary>
internal sealed class ChangeForesight(NoticesDb db, OutageSchedule schedule, NoticeFactsBuilder facts, NoticeRenderer renderer)
{
    internal async Task<ForeseenChange> SeeAsync(Outage outage, NoticeType type, CancellationToken cancellationToken)
    {
        var told = await db.ScheduledNotices.Where(s => s.OutageId == outage.Id && s.State == Policy.ScheduledState.Published).Select(s => s.Key).ToListAsync(cancellationToken);
        var owed = (await schedule.ComputeAsync(outage, cancellationToken)).Notices.Where(n => n.Type == type && !n.Skipped && !told.Contains(n.Key)).MinBy(n => n.DueAt);
        if (owed is null) return new ForeseenChange(type, null, null, []);

        var stated = await facts.PreviewAsync(outage, type, cancellationToken);
        var counting = new AudienceCounting(db);
        var groups = new List<ForeseenGroup>();
        foreach (var audience in RoundAudience.Of(owed.Key, type, owed.Audience?.ToString(), stated)) groups.Add(await GroupAsync(audience, Drawing.For(stated, audience, null)));
        if (type == NoticeType.Corrected && groups.TrueForAll(group => group.Audience != RoundAudience.StillAffected)) groups.Add(await GroupAsync(RoundAudience.StillAffected, null));

        return new ForeseenChange(type, TimeZoneInfo.ConvertTime(owed.DueAt, TimeZoneInfo.FindSystemTimeZoneById(outage.Organisation!.TimeZone)), owed.Explanation, groups);

        async Task<ForeseenGroup> GroupAsync(string audience, NoticeFacts? said)
        {
            var (points, customers) = await counting.CountAsync(outage, audience, type, cancellationToken);
            if (said is null) return new ForeseenGroup(audience, points, customers, null, 0);

            var (chinese, english) = (Short(said, Languages.Chinese), Short(said, Languages.English));

            return new ForeseenGroup(audience, points, customers, new LocalText(chinese.Text, english.Text), Math.Max(chinese.Parts, english.Parts));
        }
    }

    /// <summary>As one of them would read it; that it can be written was checked by the change.</summary>
    private (string Text, int Parts) Short(NoticeFacts said, string language) => renderer.Render(said, language, TemplateMedium.Sms).Value is { } text
        ? (PersonalText.Fill(text.Text, said.Places.Count > 0 ? said.Places[0].In(language) : null, "1234"), text.Sms?.Parts ?? 1)
        : ("", 0);
}
