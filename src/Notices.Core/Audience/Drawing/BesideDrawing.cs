using Notices.Deliveries;
using Notices.Policy;
using Notices.Storage;

namespace Notices.Audience;

/// <summary>Draws those who stand beside a round's snapshot: before its first tier who watches it and who is asked to pass it on, after its last who subscribed.</summary>
/// <param name="record">Takes what the transaction will have done.</param>
internal sealed class BesideDrawing(NoticesDb db, PolicyBook policy, WatchOptions watch, DrawingTexts texts, TimeProvider clock, Action<string, long, object> record)
{
    /// <param name="parameters">Those of a tier.</param>
    /// <returns>False when a text cannot be written.</returns>
    internal async Task<bool> BeforeAsync(Drawing drawing, Round round, Func<short, Dictionary<string, object?>> parameters, CancellationToken cancellationToken)
    {
        if (watch.Covers(drawing) && round.HeldUntil is null)
        {
            if (await new WatchList(db, watch, texts).DrawAsync(drawing, parameters(0), cancellationToken) is not { } phones) return false;

            round.HeldUntil = clock.GetUtcNow() + watch.Wait;
            record("round.watched", drawing.RoundId, new { notice = drawing.Notice.Identifier, phones, round.HeldUntil });
        }

        if (drawing.Outage is null) return true;
        if (await new RelayDrawing(db, policy, texts).DrawAsync(drawing, parameters(0), cancellationToken) is not var (persons, messages)) return false;

        if (persons > 0) record("round.relayed", drawing.RoundId, new { notice = drawing.Notice.Identifier, persons, messages });

        return true;
    }

    /// <inheritdoc cref="BeforeAsync"/>
    internal async Task<bool> AfterAsync(Drawing drawing, Round round, Func<short, Dictionary<string, object?>> parameters, CancellationToken cancellationToken)
    {
        if (await new SubscriberDrawing(db, texts).DrawAsync(drawing, round, parameters(PriorityTier.Subscribers), cancellationToken) is not var (subscriptions, messages)) return false;

        if (subscriptions > 0) record("round.subscribed", drawing.RoundId, new { notice = drawing.Notice.Identifier, subscriptions, messages });

        return true;
    }
}
