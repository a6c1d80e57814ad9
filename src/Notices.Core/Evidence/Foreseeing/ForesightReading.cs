using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Notices.Customers;
using Notices.Deliveries;
using Notices.Outages;
using Notices.Policy;
using Notices.Publishing;
using Notices.Storage;

namespace Notices.Evidence;

/// <summary>Reads what <see cref="Foresight"/> calculates with: the queue, the pace, how long a text stays true.</summary>
public sealed class ForesightReading
{
    /// <summary>A call from dialling to hanging up, until calls have been seen: about 15 s of ringing and a notice of 15 s said twice.</summary>
    private static readonly TimeSpan CallTakes = TimeSpan.FromSeconds(45);

    private readonly Func<NoticesDb> _open;
    private readonly ProviderDirectory _providers;
    private readonly TimeProvider _clock;

    internal ForesightReading(Func<NoticesDb> open, ProviderDirectory providers, TimeProvider clock) => (_open, _providers, _clock) = (open, providers, clock);

    /// <summary>Of a round that is drawn, or being drawn.</summary>
    /// <returns>Null for one that has ended.</returns>
    internal Task<ForesightView?> OfRoundAsync(Round round, Notice notice, CancellationToken cancellationToken) => round.State is RoundState.Closed or RoundState.Stopped
        ? Task.FromResult<ForesightView?>(null)
        : DeliverySql.ReadAsync<ForesightView?>(
            _open,
            async sql =>
            {
                var now = _clock.GetUtcNow();
                var waiting = await WaitingAsync(sql, round.Id, cancellationToken);
                var loads = Loads(waiting, round.Id, IsUrgent(notice.Kind), now);
                var texts = await sql.Db.RoundTexts.AsNoTracking().Where(text => text.RoundId == round.Id && text.Medium == Medium.Sms && text.Variant == "").Select(text => text.Body).ToListAsync(cancellationToken);
                var parts = texts.Select(text => SmsText.Measure(text).Parts).DefaultIfEmpty(1).Max();

                return Foresight.Of(now, TrueUntil(round.ExpiresAt, notice, now), loads, await PacesAsync(sql, parts, now, cancellationToken), parts);
            },
            cancellationToken);

    /// <summary>When the last recipient of each is reached, from one reading of queue and pace for all of them; text messages are counted as of one part.</summary>
    /// <returns>By id; without those of which nothing waits or the pace is unknown.</returns>
    internal Task<Dictionary<long, DateTimeOffset>> ReachedByAsync(IReadOnlyCollection<(long Id, OutageKind? Kind)> rounds, CancellationToken cancellationToken) => rounds.Count == 0
        ? Task.FromResult(new Dictionary<long, DateTimeOffset>())
        : DeliverySql.ReadAsync(
            _open,
            async sql =>
            {
                var now = _clock.GetUtcNow();
                var (waiting, paces) = (await WaitingAsync(sql, 0, cancellationToken), await PacesAsync(sql, 1, now, cancellationToken));

                return rounds.Select(round => (round.Id, Foresight.Of(now, DateTimeOffset.MaxValue, Loads(waiting, round.Id, IsUrgent(round.Kind), now), paces, 1).ReachedBy))
                    .Where(round => round.ReachedBy is not null).ToDictionary(round => round.Id, round => round.ReachedBy!.Value);
            },
            cancellationToken);

    /// <summary>Before it is published: as if its people were drawn now.</summary>
    /// <param name="people">Customers of each tier by the kind of contact they have.</param>
    /// <param name="contacts">How a tier is reached.</param>
    /// <param name="smsParts">Of the text as it would be sent.</param>
    internal Task<ForesightView> OfOutageAsync(
        Outage outage, IReadOnlyList<(short Tier, ContactKind Kind, int Customers)> people, Func<short, ContactPlan> contacts, int smsParts, CancellationToken cancellationToken) => DeliverySql.ReadAsync(
        _open,
        async sql =>
        {
            var now = _clock.GetUtcNow();
            var waiting = await WaitingAsync(sql, 0, cancellationToken);
            waiting.AddRange(Expected(outage.Kind, people, contacts));
            var starts = outage.Windows.Where(window => window.StartsAt > now).Select(window => (DateTimeOffset?)window.StartsAt).Min();

            return Foresight.Of(now, starts ?? outage.Windows.Select(window => (DateTimeOffset?)window.EndsAt).Max() ?? outage.ExpectedAt ?? now.AddDays(1), Loads(waiting, 0, IsUrgent(outage.Kind), now),
                await PacesAsync(sql, smsParts, now, cancellationToken), smsParts);
        },
        cancellationToken);

    /// <summary>What telling them once would cost, a line a medium; a medium whose price nobody has said is left out.</summary>
    /// <inheritdoc cref="OfOutageAsync" path="/param"/>
    internal IReadOnlyList<CostLine> CostsOf(OutageKind kind, IReadOnlyList<(short Tier, ContactKind Kind, int Customers)> people, Func<short, ContactPlan> contacts, int smsParts) =>
    [
        .. Expected(kind, people, contacts).GroupBy(group => group.Medium).OrderBy(group => group.Key).Select(group =>
        {
            var (messages, parts) = (group.Sum(one => one.Count), group.Key == Medium.Sms ? Math.Max(1, smsParts) : 1);

            return _providers.PriceOf(group.Key) is { } price ? new CostLine(group.Key, messages, parts, messages * parts * price.Amount, price.Currency) : null;
        }).OfType<CostLine>(),
    ];

    /// <summary>Everything that waits, in groups; an index alone, whatever the history. Letters go as fast as people carry them.</summary>
    private static async Task<List<WaitingGroup>> WaitingAsync(DeliverySql sql, long roundId, CancellationToken cancellationToken)
    {
        var groups = new List<WaitingGroup>();
        await using var find = sql.Command($"""
            SELECT g.round_id, g.tier, g.medium, g.waiting, g.due, n.kind
            FROM (SELECT round_id, tier, medium, COUNT(*) AS waiting, MAX(due_at) AS due FROM deliveries WHERE state = {(int)DeliveryState.Waiting} AND medium <> 'Paper' GROUP BY round_id, tier, medium) g
            JOIN rounds r ON r.id = g.round_id JOIN notices n ON n.id = r.notice_id
            WHERE r.id = @round OR r.state = 'Running' OR r.state = 'Expanding'
            """);
        await using var rows = await find.With("@round", roundId).ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            OutageKind? kind = rows.IsDBNull(5) ? null : Enum.Parse<OutageKind>(rows.GetString(5), true);
            groups.Add(new WaitingGroup(rows.GetInt64(0), rows.GetInt16(1), Enum.Parse<Medium>(rows.GetString(2)), rows.GetInt64(3), rows.Instant(4), IsUrgent(kind)));
        }

        return groups;
    }

    /// <summary>The messages the policy would make of people not drawn yet; a medium nobody can be reached by is passed over.</summary>
    private static IEnumerable<WaitingGroup> Expected(OutageKind kind, IReadOnlyList<(short Tier, ContactKind Kind, int Customers)> people, Func<short, ContactPlan> contacts)
    {
        foreach (var tier in people.GroupBy(one => one.Tier))
        {
            var plan = contacts(tier.Key);
            foreach (var medium in plan.Media.Where(medium => medium != Medium.Paper))
            {
                var reachable = tier.Where(one => Takes(one.Kind, medium)).Select(one => one.Customers).DefaultIfEmpty(0).Max();
                if (reachable == 0) continue;

                yield return new WaitingGroup(0, tier.Key, medium, reachable, DateTimeOffset.MinValue, IsUrgent(kind));
                if (plan.Mode == ContactMode.FirstAvailable) break;
            }
        }
    }

    internal static bool Takes(ContactKind kind, Medium medium) => medium switch
    {
        Medium.Sms => kind == ContactKind.Mobile,
        Medium.Voice => kind is ContactKind.Mobile or ContactKind.Landline,
        Medium.Email => kind == ContactKind.Email,
        _ => false,
    };

    /// <summary>An urgent round goes past all others; within its lane everything of its tier and those before it may leave first.</summary>
    private static List<QueueLoad> Loads(List<WaitingGroup> waiting, long roundId, bool urgent, DateTimeOffset now)
    {
        var own = waiting.Where(group => group.Round == roundId).ToLookup(group => (group.Medium, group.Tier));
        var others = waiting.Where(group => group.Round != roundId && (group.Urgent || !urgent)).ToList();

        return [.. own.Select(load => new QueueLoad(
            load.Key.Medium, load.Key.Tier, others.Where(group => group.Medium == load.Key.Medium && ((group.Urgent && !urgent) || group.Tier <= load.Key.Tier)).Sum(group => group.Count),
            load.Sum(group => group.Count), load.Max(group => group.DueAt) is var due && due > now ? due : null))];
    }

    /// <summary>Until it expires; what announces a start is no news once that has come.</summary>
    private static DateTimeOffset TrueUntil(DateTimeOffset expires, Notice notice, DateTimeOffset now)
    {
        if (notice.Type is not (NoticeType.Initial or NoticeType.Changed or NoticeType.Reminder)) return expires;

        using var facts = JsonDocument.Parse(notice.Facts);
        if (!facts.RootElement.TryGetProperty("windows", out var windows)) return expires;

        var starts = windows.EnumerateArray().Select(window => window.GetProperty("startsAt").GetDateTimeOffset()).Where(start => start > now).DefaultIfEmpty(expires).Min();

        return starts < expires ? starts : expires;
    }

    private static bool IsUrgent(OutageKind? kind) => kind is OutageKind.Emergency or OutageKind.Fault;

    private async Task<IReadOnlyList<Pace>> PacesAsync(DeliverySql sql, int smsParts, DateTimeOffset now, CancellationToken cancellationToken) =>
        PaceReading.Paces(_providers.Media, await PaceReading.NewestAsync(sql, cancellationToken), medium => Configured(medium, smsParts), now);

    /// <summary>Text messages are limited in parts, and told here in messages.</summary>
    private double? Configured(Medium medium, int smsParts)
    {
        var limits = _providers.Providers.Where(provider => provider.Media.Contains(medium))
            .Select(provider => medium == Medium.Voice ? CallPace(provider.Limits) : provider.Limits.MessagesPerSecond / (medium == Medium.Sms ? Math.Max(1, smsParts) : 1)).ToList();

        return limits.Count > 0 && !limits.Contains(null) ? limits.Sum() : null;
    }

    /// <summary>Lines that are all in use start the next call when one ends.</summary>
    internal static double? CallPace(ProviderLimits limits) => limits.CallsAtOnce is { } lines
        ? Math.Min(limits.CallsPerSecond ?? double.MaxValue, lines / CallTakes.TotalSeconds)
        : limits.CallsPerSecond;

    private sealed record WaitingGroup(long Round, short Tier, Medium Medium, long Count, DateTimeOffset DueAt, bool Urgent);
}
