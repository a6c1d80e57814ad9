using System.Net;
using Microsoft.Extensions.Logging;
using Notices.Outages;
using Notices.Subscriptions;

namespace Notices.Deliveries;

/// <summary>Hands one claimed message to a provider that is in order and has room, and says what became of it; never throws.</summary>
internal sealed partial class MessageSender(
    ProviderDirectory providers, ProviderGates gates, PersonalFill fill, IUnconfirmedPolicy policy, DeliveryOptions options, CallPlaces calls, SubscriptionWords? subscriptions, TimeProvider clock,
    TimeProvider machine, ILogger log)
{
    /// <summary>Domain time a message goes back for when its providers have no room or are out of order; its tries are not counted down.</summary>
    private static readonly TimeSpan ComeBack = TimeSpan.FromSeconds(2);

    /// <summary>The timers of one hand, for all it sends until <paramref name="sending"/> is over.</summary>
    internal HandTimers Timers(CancellationToken sending) => new(options.SendTimeout, machine, sending);

    internal async Task<DeliveryOutcome> SendAsync(ClaimedDelivery claimed, SendableText? text, HandTimers timers, CancellationToken sending)
    {
        if (providers.Pick(claimed.Medium, claimed.Id, claimed.Number) is not { } pick) return GiveBack(claimed);

        var (good, fault) = ((bool?)null, (string?)null);
        var gate = gates.Of(pick.Provider, claimed.Medium);
        try
        {
            var message = text is null || claimed.Address is null ? null : Message(claimed, text, claimed.Address);
            if (!await gate.EnterAsync(message is null ? 0 : ProviderGates.UnitsOf(message, pick.Provider), Urgency(claimed, text?.Kind), sending)) return GiveBack(claimed);

            var stays = false;
            try
            {
                var began = clock.GetUtcNow();
                var outcome = text is null ? SendOutcome.Refused(DeliveryReasons.TextMissing)
                    : message is null ? SendOutcome.Refused(DeliveryReasons.AddressErased)
                    : await HandOverAsync(pick.Provider, message, timers);
                if (message is not null) (good, fault) = (Speaks(outcome, sending), Clean(outcome.Detail, claimed.Address));
                // A call that is started keeps its place.
                stays = outcome.AskAfter is not null && pick.Provider.Limits.CallsAtOnce is not null;
                if (stays) calls.Keep(claimed.Id, gate);

                return Became(claimed, pick.Provider, text?.Kind, began, clock.GetUtcNow(), outcome);
            }
            finally
            {
                if (!stays) gate.Leave();
            }
        }
        finally
        {
            Done(pick, good, fault);
        }
    }

    private void Done(Pick pick, bool? good, string? fault)
    {
        switch (providers.Done(pick, good, good == false ? fault : null))
        {
            case true:
                log.LogWarning("Provider {Provider} does not take messages: {Fault}. They wait and are tried again, or leave by another", pick.Provider.Name, fault);
                break;
            case false:
                log.LogInformation("Provider {Provider} takes messages again", pick.Provider.Name);
                break;
        }
    }

    private DeliveryOutcome Became(ClaimedDelivery claimed, Provider provider, OutageKind? kind, DateTimeOffset began, DateTimeOffset ended, SendOutcome outcome)
    {
        var tried = new Try(provider.Name, began, ended, outcome with { Detail = Clean(outcome.Detail, claimed.Address), ProviderMessageId = Clean(outcome.ProviderMessageId, null) });

        var became = OutcomeRules.After(claimed, tried, kind, policy, options, provider.Channel is IOutcomeLookup);

        return became.State == DeliveryState.Failed && claimed.Medium == Medium.Voice && claimed.Tier <= CallRules.LastTierByHand && providers.ByHand is { } people && CallRules.MayBeMadeByHand(became.Reason)
            ? became with { State = DeliveryState.Accepted, DueAt = claimed.ExpiresAt, Reason = DeliveryReasons.ByHand, HandedTo = people.Name }
            : became;
    }

    private DeliveryOutcome GiveBack(ClaimedDelivery claimed) =>
        providers.Media.Contains(claimed.Medium) ? DeliveryOutcome.GiveBack(claimed, clock.GetUtcNow() + ComeBack) : DeliveryOutcome.GiveBack(claimed);

    /// <summary>Emergencies and faults before what was planned, and tier by tier within each.</summary>
    private static int Urgency(ClaimedDelivery claimed, OutageKind? kind) => (kind is OutageKind.Emergency or OutageKind.Fault ? 0 : ProviderGate.Urgent) + claimed.Tier;

    /// <returns>What an outcome says about the provider: a refusal is an answer like another; null where the recipient alone is to blame, or our own stopping.</returns>
    private static bool? Speaks(SendOutcome outcome, CancellationToken sending) => outcome.Kind switch
    {
        _ when sending.IsCancellationRequested => null,
        SendOutcomeKind.Accepted or SendOutcomeKind.Refused => true,
        SendOutcomeKind.TryLater when outcome.OfRecipient => null,
        _ => false,
    };

    private async Task<SendOutcome> HandOverAsync(Provider provider, OutgoingMessage message, HandTimers timers)
    {
        timers.Start();
        try
        {
            var answer = provider.Channel.SendAsync(message, timers.Limit);

            // A channel that does not listen to its token must not hold up the others.
            return answer.IsCompleted ? await answer : await answer.WaitAsync(timers.Deadline);
        }
        catch (Exception fault) when (fault is OperationCanceledException or TimeoutException)
        {
            return SendOutcome.Unknown("timed-out");
        }
#pragma warning disable CA1031 // Whatever went wrong in a channel, the message may have left.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            log.LogError(fault, "Provider {Provider} failed on delivery {Delivery}", provider.Name, message.DeliveryId);

            return SendOutcome.Unknown(fault.GetType().Name);
        }
        finally
        {
            timers.Stop();
        }
    }

    private OutgoingMessage Message(ClaimedDelivery claimed, SendableText text, string address)
    {
        string? Fill(string? body, string? place) => body is null ? null : fill(body, place, claimed.Accounts, claimed.BackupStays);

        var (body, html) = (Fill(text.Body, claimed.PlaceName)!, Fill(text.Html, WebUtility.HtmlEncode(claimed.PlaceName)));
        if (claimed is { ForSubscriber: true, Medium: Medium.Email } && subscriptions is not null) (body, html) = subscriptions.WithEnd(body, html, claimed.Id, text.Language);

        return new OutgoingMessage(
            claimed.Id, claimed.Medium, address, text.Language, Fill(text.Subject, claimed.PlaceName), body, html, claimed.ExpiresAt)
        {
            Calendar = text.Calendar,
            Call = claimed.Medium != Medium.Voice ? null
                : new CallPlan(claimed.Number, SpokenText.Of(body), options.RingTime, text.Variant == RoundText.Relay ? CallKeys.ToldOrNot : CallKeys.ConfirmOrAgain),
        };
    }

    /// <summary>A provider's words go into the record: without the address, without control characters, short.</summary>
    internal static string? Clean(string? words, string? address)
    {
        if (string.IsNullOrEmpty(words)) return null;

        if (!string.IsNullOrEmpty(address)) words = words.Replace(address, "…", StringComparison.OrdinalIgnoreCase);
        if (words.Length > 200) words = words[..200];

        return words.Any(char.IsControl) ? string.Concat(words.Select(letter => char.IsControl(letter) ? ' ' : letter)) : words;
    }
}
