using Microsoft.EntityFrameworkCore;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>Goes round and round over the messages a provider took and has not told of yet.</summary>
internal sealed class OpenMessages(Func<NoticesDb> open, TimeProvider clock)
{
    private (DateTimeOffset ExpiresAt, long Id) _after = (DateTimeOffset.MinValue, 0);

    /// <returns>The next of them, those that expire first at the beginning; none after the last, and then again from the first.</returns>
    internal async Task<IReadOnlyList<OpenMessage>> NextAsync(string provider, int count, CancellationToken cancellationToken)
    {
        var from = _after.ExpiresAt > clock.GetUtcNow() ? _after : (ExpiresAt: clock.GetUtcNow(), Id: 0);
        var found = await DeliverySql.ReadAsync(open, sql => ReadAsync(sql, provider, from, count, cancellationToken), cancellationToken);
        _after = found.Count < count ? (DateTimeOffset.MinValue, 0) : (found[^1].ExpiresAt, found[^1].Message.DeliveryId);

        return [.. await TestsAsync(provider, cancellationToken), .. found.Select(one => one.Message)];
    }

    /// <summary>Those of a check, each time: somebody sits and waits.</summary>
    private async Task<List<OpenMessage>> TestsAsync(string provider, CancellationToken cancellationToken)
    {
        await using var db = open();
        var now = clock.GetUtcNow();
        var tests = await db.TestMessages.AsNoTracking().Where(m => m.Provider == provider && m.State == DeliveryState.Accepted && m.Told == null && m.Address != null && m.ExpiresAt > now).ToListAsync(cancellationToken);

        return tests.ConvertAll(test => new OpenMessage(test.Number, test.Address!, test.ProviderMessageId, test.SentAt));
    }

    /// <summary>By the index of accepted messages, which is sorted by expiry.</summary>
    private static async Task<List<(OpenMessage Message, DateTimeOffset ExpiresAt)>> ReadAsync(
        DeliverySql sql, string provider, (DateTimeOffset ExpiresAt, long Id) from, int count, CancellationToken cancellationToken)
    {
        var found = new List<(OpenMessage, DateTimeOffset)>();
        await using var find = sql.Command($"""
            SELECT d.id, d.address, d.provider_message_id, d.accepted_at, d.expires_at FROM deliveries d
            WHERE d.state = {(int)DeliveryState.Accepted} AND d.expires_at >= @from AND (d.expires_at > @from OR d.id > @id) AND d.provider = @provider AND d.address IS NOT NULL AND d.accepted_at IS NOT NULL
            ORDER BY d.expires_at, d.id LIMIT {count}
            """);
        find.With("@from", sql.At(from.ExpiresAt)).With("@id", from.Id).With("@provider", provider);
        await using var rows = await find.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
            found.Add((new OpenMessage(rows.GetInt64(0), rows.GetString(1), rows.IsDBNull(2) ? null : rows.GetString(2), sql.ReadAt(rows, 3)), sql.ReadAt(rows, 4)));

        return found;
    }
}
