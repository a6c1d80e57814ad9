using System.Collections.Concurrent;
using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Notices.Outages;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>Fills the personal marks of a rendered text.</summary>
/// <param name="place">The recipient's own place; null where none is known.</param>
/// <param name="accounts">Tails of the accounts the message stands for.</param>
/// <param name="backupStays">They all have another supply that is not cut.</param>
public delegate string PersonalFill(string body, string? place, string accounts, bool backupStays);

/// <summary>A text ready to be filled, and the kind of outage it is about (null for an announcement).</summary>
/// <param name="TraceParent">Where the sending of its round goes on from.</param>
internal sealed record SendableText(string Language, string? Subject, string Body, string? Html, OutageKind? Kind, string? TraceParent = null);

/// <summary>The few texts of the rounds being sent: a text never changes, so it is read once, not once a message.</summary>
internal sealed class RoundTexts(Func<NoticesDb> open)
{
    private const int Kept = 512;

    private readonly ConcurrentDictionary<long, SendableText> _texts = new();

    /// <returns>The texts of those ids; one that is missing in the database is missing here.</returns>
    internal async Task<IReadOnlyDictionary<long, SendableText>> LoadAsync(IEnumerable<long> ids, CancellationToken cancellationToken)
    {
        var wanted = ids.ToHashSet();
        var found = new Dictionary<long, SendableText>(wanted.Count);
        foreach (var id in wanted)
        {
            if (_texts.TryGetValue(id, out var text)) found[id] = text;
        }

        if (found.Count < wanted.Count)
        {
            wanted.ExceptWith(found.Keys);
            if (_texts.Count > Kept) _texts.Clear();
            await ReadAsync(wanted, found, cancellationToken);
        }

        return found;
    }

    private async Task ReadAsync(HashSet<long> ids, Dictionary<long, SendableText> found, CancellationToken cancellationToken)
    {
        await using var db = open();
        var rows = await db.RoundTexts.AsNoTracking().Where(text => ids.Contains(text.Id))
            .Join(db.Rounds, text => text.RoundId, round => round.Id, (text, round) => new { text, round.Notice!.Kind, round.TraceParent }).ToListAsync(cancellationToken);
        foreach (var row in rows) found[row.text.Id] = _texts[row.text.Id] = new SendableText(row.text.Language, row.text.Subject, row.text.Body, row.text.Html, row.Kind, row.TraceParent);
    }
}

/// <summary>Hands one claimed message to a provider and says what became of it; never throws.</summary>
internal sealed class MessageSender(
    ProviderDirectory providers, PersonalFill fill, IUnconfirmedPolicy policy, DeliveryOptions options, TimeProvider clock, TimeProvider machine, ILogger log)
{
    internal async Task<DeliveryOutcome> SendAsync(ClaimedDelivery claimed, SendableText? text, CancellationToken sending)
    {
        var began = clock.GetUtcNow();
        if (providers.Pick(claimed.Medium, claimed.Id, claimed.Number) is not { } provider) return DeliveryOutcome.GiveBack(claimed);

        var outcome = text is null ? SendOutcome.Refused(DeliveryReasons.TextMissing)
            : claimed.Address is null ? SendOutcome.Refused(DeliveryReasons.AddressErased)
            : await HandOverAsync(provider, claimed, text, claimed.Address, sending);
        var tried = new Try(provider.Name, began, clock.GetUtcNow(), outcome with { Detail = Clean(outcome.Detail, claimed.Address), ProviderMessageId = Clean(outcome.ProviderMessageId, null) });

        return OutcomeRules.After(claimed, tried, text?.Kind, policy, options);
    }

    private async Task<SendOutcome> HandOverAsync(Provider provider, ClaimedDelivery claimed, SendableText text, string address, CancellationToken sending)
    {
        try
        {
            var message = Message(claimed, text, address);
            using var limit = new CancellationTokenSource(options.SendTimeout, machine);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, sending);
            var answer = provider.Channel.SendAsync(message, both.Token);

            // A channel that does not listen to its token must not hold up the others.
            return answer.IsCompleted ? await answer : await answer.WaitAsync(options.SendTimeout + TimeSpan.FromSeconds(1), machine, sending);
        }
        catch (Exception fault) when (fault is OperationCanceledException or TimeoutException)
        {
            return SendOutcome.Unknown("timed-out");
        }
#pragma warning disable CA1031 // Whatever went wrong in a channel, the message may have left.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            log.LogError(fault, "Provider {Provider} failed on delivery {Delivery}", provider.Name, claimed.Id);

            return SendOutcome.Unknown(fault.GetType().Name);
        }
    }

    private OutgoingMessage Message(ClaimedDelivery claimed, SendableText text, string address)
    {
        string? Fill(string? body, string? place) => body is null ? null : fill(body, place, claimed.Accounts, claimed.BackupStays);

        return new OutgoingMessage(
            claimed.Id, claimed.Medium, address, text.Language, Fill(text.Subject, claimed.PlaceName), Fill(text.Body, claimed.PlaceName)!,
            Fill(text.Html, WebUtility.HtmlEncode(claimed.PlaceName)), claimed.ExpiresAt);
    }

    /// <summary>A provider's words go into the record: without the address, without control characters, short.</summary>
    private static string? Clean(string? words, string? address)
    {
        if (string.IsNullOrEmpty(words)) return null;

        if (!string.IsNullOrEmpty(address)) words = words.Replace(address, "…", StringComparison.OrdinalIgnoreCase);
        if (words.Length > 200) words = words[..200];

        return words.Any(char.IsControl) ? string.Concat(words.Select(letter => char.IsControl(letter) ? ' ' : letter)) : words;
    }
}
