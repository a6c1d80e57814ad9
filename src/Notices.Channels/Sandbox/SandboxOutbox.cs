using Notices.Deliveries;

namespace Notices.Channels.Sandbox;

/// <summary>One message as the pretended carrier got it.</summary>
/// <param name="Sequence">Counts from 1.</param>
/// <param name="Result">What the carrier answered.</param>
/// <param name="Again">It had got this delivery before.</param>
public sealed record SandboxMessage(
    long Sequence, DateTimeOffset At, string Provider, long DeliveryId, Medium Medium, string Address, string Language, string? Subject, string Body, string Result, bool Again);

/// <summary>What the sandbox carriers got: the last messages, how many in all, and how many came twice. Of bounded size, except one bit a delivery.</summary>
public sealed class SandboxOutbox
{
    private const int Kept = 1000;
    private const int BitsAPage = 1 << 16;

    private readonly Lock _lock = new();
    private readonly SandboxMessage[] _last = new SandboxMessage[Kept];
    private readonly Dictionary<long, ulong[]> _seen = [];
    private long _total;
    private long _doubles;

    /// <summary>Messages got, doubles included.</summary>
    public long Total
    {
        get
        {
            lock (_lock) return _total;
        }
    }

    /// <summary>Messages got of a delivery that had been got before.</summary>
    public long Doubles
    {
        get
        {
            lock (_lock) return _doubles;
        }
    }

    /// <summary>The last messages, the newest first.</summary>
    public IReadOnlyList<SandboxMessage> Last(int count = Kept)
    {
        lock (_lock)
        {
            var there = (int)Math.Min(Math.Min(_total, Kept), Math.Max(count, 0));

            return [.. Enumerable.Range(1, there).Select(back => _last[(_total - back) % Kept])];
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            (_total, _doubles) = (0, 0);
            _seen.Clear();
            Array.Clear(_last);
        }
    }

    internal void Add(string provider, OutgoingMessage message, DateTimeOffset at, string result)
    {
        lock (_lock)
        {
            var again = !MarkSeen(message.DeliveryId);
            if (again) _doubles++;
            _last[_total % Kept] = new SandboxMessage(
                _total + 1, at, provider, message.DeliveryId, message.Medium, message.Address, message.Language, message.Subject, message.Body, result, again);
            _total++;
        }
    }

    private bool MarkSeen(long id)
    {
        // Numbers below zero are no deliveries of rounds; they count in pages of their own.
        var (number, place) = (id >> 16, (int)(id & (BitsAPage - 1)));
        if (!_seen.TryGetValue(number, out var page)) _seen[number] = page = new ulong[BitsAPage / 64];
        var (word, bit) = (place / 64, 1UL << (place % 64));
        var fresh = (page[word] & bit) == 0;
        page[word] |= bit;

        return fresh;
    }
}
