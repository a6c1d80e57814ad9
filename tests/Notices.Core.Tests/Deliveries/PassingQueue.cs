namespace Notices.Deliveries;

/// <summary>A queue before another one; a test overrides what it wants to be different.</summary>
internal abstract class PassingQueue(IDeliveryQueue inner) : IDeliveryQueue
{
    public virtual Task<IReadOnlyList<ClaimedDelivery>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken) => inner.ClaimAsync(request, cancellationToken);

    public virtual Task WriteOutcomesAsync(OutcomeBatch batch, CancellationToken cancellationToken) => inner.WriteOutcomesAsync(batch, cancellationToken);

    public Task RenewLeasesAsync(string worker, TimeSpan lease, CancellationToken cancellationToken) => inner.RenewLeasesAsync(worker, lease, cancellationToken);

    public Task<IReadOnlyCollection<long>> HeldAsync(IReadOnlyCollection<long> rounds, CancellationToken cancellationToken) => inner.HeldAsync(rounds, cancellationToken);

    public Task<int> GiveBackAllAsync(string worker, CancellationToken cancellationToken) => inner.GiveBackAllAsync(worker, cancellationToken);

    public Task<int> ReleaseExpiredLeasesAsync(IUnconfirmedPolicy policy, DateTimeOffset now, CancellationToken cancellationToken) => inner.ReleaseExpiredLeasesAsync(policy, now, cancellationToken);

    public Task<int> ExpireAsync(DateTimeOffset now, CancellationToken cancellationToken) => inner.ExpireAsync(now, cancellationToken);

    public Task<int> SuppressStoppedAsync(DateTimeOffset now, CancellationToken cancellationToken) => inner.SuppressStoppedAsync(now, cancellationToken);

    public Task<int> CloseFinishedRoundsAsync(DateTimeOffset now, CancellationToken cancellationToken) => inner.CloseFinishedRoundsAsync(now, cancellationToken);

    public Task<DateTimeOffset?> NextDueAsync(IReadOnlySet<Medium> media, Lane? lane, CancellationToken cancellationToken) => inner.NextDueAsync(media, lane, cancellationToken);

    public Task<RoundCounts> RoundCountsAsync(long roundId, CancellationToken cancellationToken) => inner.RoundCountsAsync(roundId, cancellationToken);
}
