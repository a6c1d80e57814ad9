using Microsoft.Extensions.DependencyInjection;
using Notices.Replies;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>Keeps what a provider told in one answer or call: returns once all of it is in the database, so that only then the provider is told that it may forget it.</summary>
public sealed class PollRecording
{
    /// <summary>Machine time between two looks for a message that a receipt names and that is not there.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private const int Looks = 2;

    private readonly Func<NoticesDb> _open;
    private readonly IReceiptSink _receipts;
    private readonly IServiceScopeFactory _scopes;
    private readonly TimeProvider _machine;

    internal PollRecording(Func<NoticesDb> open, IReceiptSink receipts, IServiceScopeFactory scopes, TimeProvider machine) => (_open, _receipts, _scopes, _machine) = (open, receipts, scopes, machine);

    /// <summary>Whether anybody takes replies.</summary>
    public bool TakesReplies
    {
        get
        {
            using var scope = _scopes.CreateScope();

            return scope.ServiceProvider.GetService<IInboundSink>() is not null;
        }
    }

    public async Task RecordAsync(PollAnswer answer, CancellationToken cancellationToken)
    {
        if (answer.Receipts.Count > 0) await WaitForMessagesAsync(answer.Receipts, cancellationToken);

        // The inbox gathers them: one transaction, however many there are.
        await Task.WhenAll(answer.Receipts.Select(receipt => _receipts.RecordAsync(receipt, cancellationToken)));
        if (answer.Replies.Count == 0) return;

        await using var scope = _scopes.CreateAsyncScope();
        var sink = scope.ServiceProvider.GetRequiredService<IInboundSink>();
        await Task.WhenAll(answer.Replies.Select(reply => sink.RecordAsync(reply, cancellationToken)));
    }

    /// <summary>A receipt may be quicker than the writing of what the provider answered when it took the message: such a message is waited for, a moment.</summary>
    private async Task WaitForMessagesAsync(IReadOnlyList<ReceiptNews> receipts, CancellationToken cancellationToken)
    {
        var missing = receipts.Where(receipt => receipt is { DeliveryId: null, ProviderMessageId: not null }).Select(receipt => (receipt.Provider, Id: receipt.ProviderMessageId!)).ToHashSet();
        for (var look = 0; missing.Count > 0; look++)
        {
            foreach (var provider in missing.GroupBy(one => one.Provider, StringComparer.Ordinal).ToList())
            {
                foreach (var known in await KnownAsync(provider.Key, [.. provider.Select(one => one.Id)], cancellationToken)) missing.Remove((provider.Key, known));
            }

            if (missing.Count == 0 || look == Looks) return;

            await Task.Delay(Look, _machine, cancellationToken);
        }
    }

    private Task<List<string>> KnownAsync(string provider, List<string> ids, CancellationToken cancellationToken) => DeliverySql.ReadAsync(
        _open,
        async sql =>
        {
            var known = new List<string>();
            await using var find = sql.Command($"""
                SELECT provider_message_id FROM deliveries WHERE state >= {(int)DeliveryState.Accepted} AND provider = @provider AND provider_message_id {sql.Among("@ids")}
                UNION ALL SELECT provider_message_id FROM test_messages WHERE provider = @provider AND provider_message_id {sql.Among("@ids")}
                """);
            await using var rows = await find.With("@provider", provider).With("@ids", sql.Texts(ids)).ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken)) known.Add(rows.GetString(0));

            return known;
        },
        cancellationToken);
}
