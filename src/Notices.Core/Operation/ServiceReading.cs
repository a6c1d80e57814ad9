namespace Notices.Operation;

/// <summary>What the tables say about the work ahead and behind, as one query saw it.</summary>
/// <param name="Queue">Messages that wait, also those not yet due.</param>
/// <param name="Claimed">Messages in workers' hands.</param>
/// <param name="NextPublication">The earliest notice that waits; in the past it is overdue.</param>
/// <param name="Rounds">Rounds that are not at an end, by state.</param>
/// <param name="Head">Sequence of the last entry of the record.</param>
/// <param name="SignedHead">Sequence of the last signed head; 0 before the first.</param>
/// <param name="Peers">Living processes by role.</param>
/// <param name="Took">How long the reading took, in seconds.</param>
public sealed record ServiceReading(
    IReadOnlyList<QueueLine> Queue, long Claimed, DateTimeOffset? NextPublication, IReadOnlyDictionary<string, long> Rounds, long Head, long SignedHead, DateTimeOffset? SignedAt,
    IReadOnlyDictionary<string, long> Peers, double Took);

/// <param name="Lane"><c>urgent</c> (emergency, fault) or <c>ordinary</c>.</param>
/// <param name="OldestDueAt">Of those in rounds that run; null where all are paused.</param>
public sealed record QueueLine(string Lane, short Tier, string Medium, long Count, DateTimeOffset? OldestDueAt);
