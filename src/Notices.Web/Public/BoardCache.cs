using System.Collections.Concurrent;
using Notices.Feeds;

namespace Notices.Public;

/// <summary>The board as last read and the pages written from it. Asked of the database a few times a second at most, however many readers there are;
/// written anew with every notice and every minute, so that what a page says of now is true to the minute.</summary>
internal sealed class BoardCache(IServiceScopeFactory scopes, TimeProvider clock, [FromKeyedServices(CoreServices.Machine)] TimeProvider machine) : IDisposable
{
    /// <summary>For so long a board is taken as current without asking; machine time.</summary>
    private static readonly TimeSpan Trusted = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _one = new(1, 1);

    private volatile Shown? _shown;

    internal ValueTask<Shown> CurrentAsync(CancellationToken cancellationToken) =>
        _shown is { } shown && IsFresh(shown) ? new(shown) : new(RenewAsync(cancellationToken));

    private bool IsFresh(Shown shown) => machine.GetElapsedTime(shown.Asked) < Trusted && IsOfThisMinute(shown.Board.AsOf) && (clock.GetUtcNow() - shown.Stamp.AsOf).Duration() < TimeSpan.FromSeconds(1);

    private bool IsOfThisMinute(DateTimeOffset asOf) => asOf.UtcTicks / TimeSpan.TicksPerMinute == clock.GetUtcNow().UtcTicks / TimeSpan.TicksPerMinute;

    private async Task<Shown> RenewAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_shown is { } known && IsFresh(known)) return known;

            var asked = machine.GetTimestamp();
            await using var scope = scopes.CreateAsyncScope();
            var feed = scope.ServiceProvider.GetRequiredService<PublicFeed>();
            var stamp = await feed.StampAsync(cancellationToken);
            var content = _shown is { } last && IsSame(last.Stamp, stamp) ? last.Content : await feed.BoardAsync(stamp, cancellationToken);
            _shown = _shown is { } same && ReferenceEquals(same.Content, content) && IsOfThisMinute(same.Board.AsOf)
                ? same with { Asked = asked, Stamp = stamp }
                : new Shown(asked, stamp, content, content.At(stamp.AsOf), new ConcurrentDictionary<string, WrittenPage>(StringComparer.Ordinal));

            return _shown;
        }
        finally
        {
            _one.Release();
        }
    }

    private static bool IsSame(FeedStamp one, FeedStamp other) => (one.Count, one.Newest, one.Sum) == (other.Count, other.Newest, other.Sum);

    public void Dispose() => _one.Dispose();

    /// <param name="Asked">Machine timestamp of the last asking.</param>
    /// <param name="Pages">By language and address, gone with the board.</param>
    internal sealed record Shown(long Asked, FeedStamp Stamp, BoardContent Content, PublicBoard Board, ConcurrentDictionary<string, WrittenPage> Pages)
    {
        /// <summary>Filters are anybody's to choose: beyond so many a page is written for its reader alone.</summary>
        private const int Most = 500;

        internal WrittenPage Page(string key, Func<WrittenPage> write)
        {
            if (Pages.TryGetValue(key, out var known)) return known;
            var page = write();

            return Pages.Count < Most ? Pages.GetOrAdd(key, page) : page;
        }
    }
}
