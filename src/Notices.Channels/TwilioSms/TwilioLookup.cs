using System.Globalization;
using Notices.Channels.Twilio;
using Notices.Deliveries;

namespace Notices.Channels.TwilioSms;

/// <summary>Looks for a message in Twilio's list. The list tells recipient, words and time, and nothing of ours: a message is found by its very words to its number at its time.
/// It counts as never arrived only where the whole list has nothing that could be it.</summary>
internal static class TwilioLookup
{
    /// <summary>A number's messages of 13 months; one that had more in all is not told for sure.</summary>
    private const int PageSize = 1000;

    private const int LongestList = 4 << 20;

    /// <summary>How far Twilio's clock and ours may be apart, the way of the request included.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(2);

    /// <summary>Twilio does not say how soon a message stands in its list; before this a missing one is asked about again.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(2);

    /// <summary>How far back the words alone are believed where nobody knows when the message was handed over.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromHours(1);

    internal static async Task<LookupAnswer> AskAsync(TwilioApi api, LookupQuestion question, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Not by DateSent: what still waits in Twilio's queue has none.
        var page = await api.ListAsync<TwilioPage>($"To={Uri.EscapeDataString(question.Address)}&PageSize={PageSize.ToString(CultureInfo.InvariantCulture)}", LongestList, cancellationToken);

        return page?.Messages is { } messages ? Answer(messages, page.NextPageUri is null, question, now) : LookupAnswer.AskAgain;
    }

    private static LookupAnswer Answer(IReadOnlyList<TwilioMessage> messages, bool whole, LookupQuestion question, DateTimeOffset now)
    {
        var (from, until) = question.TriedAt is { } tried ? (tried - Apart, tried + Apart) : (now - Recent, now + Apart);
        var possible = messages.Where(message => message.Direction is not "inbound" && CreatedAt(message) is var at && (at is null || (at >= from && at <= until))).ToList();
        // The same words twice to one number: the better of the two is what the person got.
        var best = possible.Where(message => question.Body is { } words && message.Body == words && message.Sid is { } sid && TwilioSmsChannel.MessageSid().IsMatch(sid))
            .Select(message => (message.Sid, State: TwilioStatuses.StateOf(message.Status))).Where(found => found.State is not null).OrderByDescending(found => found.State).FirstOrDefault();
        if (best.State is { } state) return new LookupAnswer(LookupKind.Found, state, best.Sid);

        // Other words may be ours too, where the messaging service replaces characters or the account keeps no texts.
        return whole && possible.Count == 0 && question.TriedAt is { } at && now - at >= Settled ? LookupAnswer.NotThere : LookupAnswer.AskAgain;
    }

    /// <summary>RFC 2822: <c>Thu, 24 Aug 2023 05:01:45 +0000</c>.</summary>
    private static DateTimeOffset? CreatedAt(TwilioMessage message) =>
        DateTimeOffset.TryParse(message.DateCreated, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
}
