using Notices.Words;

namespace Notices.Deliveries;

/// <summary>停电通知书: one letter as it is printed.</summary>
/// <param name="Number">As <see cref="LetterNumber"/> writes it, on the letter and on its receipt.</param>
/// <param name="Name">Whole, as the address; empty where it has been erased since.</param>
/// <param name="Accounts">Tails of the accounts it stands for.</param>
/// <param name="Place">Where it is carried to; of a customer with accounts in several places, one of them.</param>
/// <param name="Transformer">Code and name of what feeds it there.</param>
/// <param name="Subject">Its heading.</param>
/// <param name="Outcome">What has been entered since, a word of <see cref="LetterWords"/>; null while nothing was.</param>
public sealed record Letter(
    string Number, string Language, string? Subject, string Body, string Name, string? Address, string Accounts, string? Place, string? Township, string Station, string Transformer, string? Outcome)
{
    /// <summary>Before a customer's id it stands for the address of a letter.</summary>
    internal const string AddressMark = "#";
}

/// <summary>Letters printed together, in walking order.</summary>
/// <param name="Batch">Prints the same again.</param>
/// <param name="Outage">The outage's number.</param>
/// <param name="TimeZone">Of the organisation, IANA.</param>
public sealed record LetterBatch(string Batch, long RoundId, string Outage, LocalText Organisation, string? Hotline, DateTimeOffset PrintedAt, DateTimeOffset ExpiresAt, string TimeZone, IReadOnlyList<Letter> Letters);

/// <summary>What is to be printed now.</summary>
/// <param name="Station">Code of the organisation whose customers they are for; null for all.</param>
/// <param name="Place">Code of a place; null for all.</param>
/// <param name="Limit">Letters, 1 to <see cref="LetterDesk.MostAtOnce"/>; left out, as many as a stack is high.</param>
public sealed record PrintLetters(string? Station = null, string? Place = null, int? Limit = null);

/// <summary>What was printed.</summary>
/// <param name="Batch">Null where nothing was left to print.</param>
/// <param name="Waiting">Letters still to be printed, of those asked for.</param>
public sealed record LettersPrinted(string? Batch, int Letters, int Waiting);

/// <summary>The letters of a round and how far they have come.</summary>
/// <param name="IsOvertaken">A later notice says something else: letters printed and not yet carried out are to be collected.</param>
/// <param name="Deadline">By which they are to be told; null where there is none.</param>
/// <param name="PostBy">The latest moment at which a posted letter still counts as received by the deadline.</param>
/// <param name="Groups">By station and place, in walking order.</param>
/// <param name="Batches">Printed so far, the newest first.</param>
public sealed record PaperView(
    long RoundId, string Outage, RoundState State, bool IsOvertaken, DateTimeOffset ExpiresAt, DateTimeOffset? Deadline, DateTimeOffset? PostBy, string TimeZone, LetterCounts Total,
    IReadOnlyList<PaperGroup> Groups, IReadOnlyList<PrintedBatch> Batches);

/// <summary>Letters to one place.</summary>
/// <param name="Station">Code of the organisation whose customers they are for.</param>
/// <param name="PlaceCode">Null where the transformers have no place.</param>
public sealed record PaperGroup(string Station, string StationName, string? Township, string? PlaceCode, string? Place, LetterCounts Counts);

/// <param name="Open">Of these, letters nobody has entered an outcome of.</param>
public sealed record PrintedBatch(string Batch, DateTimeOffset PrintedAt, int Letters, int Open);

/// <summary>Letters by what became of them; the parts always add up to <paramref name="Letters"/>.</summary>
/// <param name="Waiting">To be printed.</param>
/// <param name="Printed">In somebody's hands.</param>
/// <param name="Posted">Counted as received from the deemed day on.</param>
/// <param name="Told">Handed over, left, or refused before a witness.</param>
/// <param name="SignedFor">Handed over and signed for.</param>
/// <param name="Unconfirmed">Printed, and past its time without an outcome.</param>
/// <param name="Dropped">Never printed: it was overtaken, stopped or too late.</param>
public sealed record LetterCounts(int Letters, int Waiting, int Printed, int Posted, int Told, int SignedFor, int Failed, int Unconfirmed, int Dropped)
{
    internal static LetterCounts Of(IEnumerable<(DeliveryState State, int Count)> states)
    {
        var counts = states.GroupBy(one => one.State).ToDictionary(group => group.Key, group => group.Sum(one => one.Count));
        int Count(params DeliveryState[] of) => of.Sum(state => counts.GetValueOrDefault(state));

        return new LetterCounts(
            counts.Values.Sum(), Count(DeliveryState.Waiting), Count(DeliveryState.Claimed), Count(DeliveryState.Sent, DeliveryState.Accepted), Count(DeliveryState.Delivered), Count(DeliveryState.Acknowledged),
            Count(DeliveryState.Failed), Count(DeliveryState.Unconfirmed), Count(DeliveryState.Suppressed));
    }
}
