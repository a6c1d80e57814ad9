using Notices.Outages;

namespace Notices.Deliveries;

/// <summary>A call somebody has to make.</summary>
/// <param name="Id">Of its delivery.</param>
/// <param name="Outage">The outage's or announcement's number.</param>
/// <param name="Phone">Whole, to be dialled; whoever reads the list is on record.</param>
/// <param name="Text">What to say, in <paramref name="Language"/>.</param>
/// <param name="Accounts">Tails of the accounts it stands for.</param>
/// <param name="Calls">Calls made so far, by machine and by hand.</param>
/// <param name="LastResult">How the last of them ended; null where none was made.</param>
/// <param name="TakenBy">Who is calling now, until <paramref name="TakenUntil"/>; null where nobody is.</param>
/// <param name="TimeZone">Of the organisation, IANA.</param>
/// <param name="IsRelay">A relay person, who is asked whether they have told their places.</param>
public sealed record ManualCallView(
    long Id, long RoundId, string Outage, OutageKind? Kind, short Tier, string Phone, string Language, string Text, string? PlaceName, string Accounts, DateTimeOffset ExpiresAt, int Calls, string? LastResult,
    DateTimeOffset? LastAt, string? TakenBy, DateTimeOffset? TakenUntil, bool IsRelay, string TimeZone);

/// <summary>A page of the list, the most vulnerable first.</summary>
/// <param name="Total">On the list altogether.</param>
/// <param name="Next">For the next page; null on the last.</param>
public sealed record ManualCallPage(IReadOnlyList<ManualCallView> Items, int Total, string? Next);

/// <summary>What became of a call made by hand.</summary>
/// <param name="Result">One of <see cref="CallWords.Results"/>.</param>
/// <param name="Acknowledged">The person confirmed it; of a relay person: that their places are told.</param>
/// <param name="StartedAt">When it was dialled; now minus <paramref name="Seconds"/> where left out.</param>
/// <param name="Seconds">From answer to hang-up.</param>
public sealed record EnterCallResult(string? Result, bool Acknowledged = false, DateTimeOffset? StartedAt = null, int? Seconds = null);

/// <summary>What the call's delivery is now.</summary>
/// <param name="StillListed">The list still has it: it is to be called again.</param>
public sealed record ManualCallEntered(long Id, DeliveryState State, string? Reason, bool StillListed);
