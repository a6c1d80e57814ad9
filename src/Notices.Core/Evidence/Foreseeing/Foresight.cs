using Notices.Deliveries;

namespace Notices.Evidence;

/// <summary>Where a pace comes from.</summary>
public enum PaceBasis
{
    /// <summary>Hand-overs of the last minute.</summary>
    Observed,

    /// <summary>Hand-overs of the last time something was sent.</summary>
    Earlier,

    /// <summary>What the providers are set to take; nothing was handed over yet.</summary>
    Configured,

    /// <summary>Nothing was handed over yet and no limit is set.</summary>
    Unknown,
}

/// <summary>How fast messages of a medium leave, all its providers together.</summary>
/// <param name="PerSecond">Messages a second; null where unknown.</param>
public sealed record Pace(Medium Medium, double? PerSecond, PaceBasis Basis);

/// <summary>What is still to leave on one medium in one tier.</summary>
/// <param name="Ahead">Messages of others that leave before the last of this tier: everything more urgent, and everybody of this tier and those before it.</param>
/// <param name="Own">The round's own.</param>
/// <param name="NotBefore">The last of its own is not due earlier; null where all are due.</param>
public sealed record QueueLoad(Medium Medium, short Tier, long Ahead, long Own, DateTimeOffset? NotBefore = null);

/// <summary>When a tier will have been reached.</summary>
/// <param name="Waiting">Its messages still to leave; 0 where all have left.</param>
/// <param name="ReachedBy">When the last of them leaves; null where none waits, and where the pace is unknown.</param>
/// <param name="InTime">While the text is still true; null where that is not known.</param>
public sealed record TierForesight(short Tier, long Waiting, DateTimeOffset? ReachedBy, bool? InTime);

/// <summary>What a dispatcher may do where the last recipient would be reached too late.</summary>
/// <param name="Code"><c>shorten</c>: the storm text of one part; <c>prioritise</c>: tiers 0 and 1 and relay persons first; <c>public-only</c>: page and feeds alone.</param>
/// <param name="ReachedBy">When the last of those it still sends to would be reached; null where it sends nothing, or where that is not known.</param>
/// <param name="Reached">How many of the waiting messages would then leave while the text is true; null where that is not known.</param>
public sealed record ForesightChoice(string Code, DateTimeOffset? ReachedBy, long? Reached);

/// <summary>When a round's last recipient will have been reached at the present pace.</summary>
/// <param name="TrueUntil">When the text stops being true: its expiry, or the start of what it announces.</param>
/// <param name="Choices">Only where the last is reached later than that.</param>
public sealed record ForesightView(DateTimeOffset? TrueUntil, DateTimeOffset? ReachedBy, IReadOnlyList<TierForesight> Tiers, IReadOnlyList<Pace> Paces, IReadOnlyList<ForesightChoice> Choices);

/// <summary>What telling everybody once costs on one medium.</summary>
/// <param name="Parts">Of each message; 1 for what is no text message.</param>
/// <param name="Currency">ISO 4217.</param>
public sealed record CostLine(Medium Medium, long Messages, int Parts, decimal Amount, string Currency);

/// <summary>The calculation alone; where its numbers come from stands in <see cref="ForesightReading"/>.</summary>
internal static class Foresight
{
    /// <summary>The last tier that goes first in an emergency.</summary>
    private const short LastPriorityTier = 1;

    /// <param name="smsParts">Parts of the round's text message; more than one can be shortened.</param>
    internal static ForesightView Of(DateTimeOffset now, DateTimeOffset trueUntil, IReadOnlyList<QueueLoad> loads, IReadOnlyList<Pace> paces, int smsParts)
    {
        var tiers = Tiers(now, trueUntil, loads, paces);
        var late = tiers.Any(tier => tier.InTime == false);

        return new ForesightView(trueUntil, Last(tiers), tiers, [.. paces.OrderBy(pace => pace.Medium)], late ? Choices(now, trueUntil, loads, paces, smsParts) : []);
    }

    private static List<TierForesight> Tiers(DateTimeOffset now, DateTimeOffset trueUntil, IReadOnlyList<QueueLoad> loads, IReadOnlyList<Pace> paces)
    {
        var known = paces.Where(pace => pace.PerSecond > 0).ToDictionary(pace => pace.Medium, pace => pace.PerSecond!.Value);

        return [.. loads.GroupBy(load => load.Tier).OrderBy(tier => tier.Key).Select(tier =>
        {
            var waiting = tier.Sum(load => load.Own);
            var reached = tier.Where(load => load.Own > 0).Select(load => ReachedBy(now, load, loads, known)).ToList();
            DateTimeOffset? by = reached.Count == 0 || reached.Contains(null) ? null : reached.Max();

            return new TierForesight(tier.Key, waiting, by, waiting == 0 ? true : by is { } at ? at <= trueUntil : null);
        })];
    }

    /// <summary>The last of a load leaves when all before it have, and not before it is due.</summary>
    private static DateTimeOffset? ReachedBy(DateTimeOffset now, QueueLoad load, IReadOnlyList<QueueLoad> loads, Dictionary<Medium, double> paces)
    {
        if (!paces.TryGetValue(load.Medium, out var pace)) return null;

        var before = load.Ahead + loads.Where(own => own.Medium == load.Medium && own.Tier <= load.Tier).Sum(own => own.Own);
        var free = Later(now, before / pace);

        return load.NotBefore is { } due && due > free ? due : free;
    }

    private static List<ForesightChoice> Choices(DateTimeOffset now, DateTimeOffset trueUntil, IReadOnlyList<QueueLoad> loads, IReadOnlyList<Pace> paces, int smsParts)
    {
        var choices = new List<ForesightChoice>();
        if (smsParts > 1 && loads.Any(load => load is { Medium: Medium.Sms, Own: > 0 }))
        {
            // A carrier counts parts: one instead of several is so many times as fast.
            var faster = paces.Select(pace => pace.Medium == Medium.Sms ? pace with { PerSecond = pace.PerSecond * smsParts } : pace).ToList();
            choices.Add(Effect("shorten", now, trueUntil, loads, faster));
        }

        var first = loads.Where(load => load.Tier <= LastPriorityTier).Select(load => load with { Ahead = 0 }).ToList();
        if (first.Exists(load => load.Own > 0)) choices.Add(Effect("prioritise", now, trueUntil, first, paces));
        choices.Add(new ForesightChoice("public-only", null, 0));

        return choices;
    }

    private static ForesightChoice Effect(string code, DateTimeOffset now, DateTimeOffset trueUntil, IReadOnlyList<QueueLoad> loads, IReadOnlyList<Pace> paces)
    {
        var tiers = Tiers(now, trueUntil, loads, paces);
        var known = paces.Where(pace => pace.PerSecond > 0).ToDictionary(pace => pace.Medium, pace => pace.PerSecond!.Value);
        var unknown = loads.Any(load => load.Own > 0 && !known.ContainsKey(load.Medium));

        return new ForesightChoice(code, unknown ? null : Last(tiers), unknown ? null : loads.Sum(load => load.Own == 0 ? 0 : InTime(now, trueUntil, load, loads, known[load.Medium])));
    }

    /// <summary>How many of a load's own leave while the text is true: what the pace allows until then, less all that goes before.</summary>
    private static long InTime(DateTimeOffset now, DateTimeOffset trueUntil, QueueLoad load, IReadOnlyList<QueueLoad> loads, double pace)
    {
        if (load.NotBefore > trueUntil) return 0;

        var before = load.Ahead + loads.Where(own => own.Medium == load.Medium && own.Tier < load.Tier).Sum(own => own.Own);
        var room = Math.Max(0, (trueUntil - now).TotalSeconds) * pace;

        return (long)Math.Clamp(room - before, 0, load.Own);
    }

    private static DateTimeOffset? Last(IReadOnlyList<TierForesight> tiers) => tiers.Any(tier => tier is { Waiting: > 0, ReachedBy: null }) ? null : tiers.Max(tier => tier.ReachedBy);

    /// <summary>An end nobody will live to see is the last day there is.</summary>
    private static DateTimeOffset Later(DateTimeOffset now, double seconds) => seconds < (DateTimeOffset.MaxValue - now).TotalSeconds - 1 ? now.AddSeconds(seconds) : DateTimeOffset.MaxValue;
}
