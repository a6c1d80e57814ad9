using Notices.Deliveries;
using Notices.Storage;
using Notices.Words;

namespace Notices.Replies;

/// <summary>A number's customer, where there is one.</summary>
/// <param name="SupplyPointId">The first of theirs.</param>
internal sealed record KnownSender(string Language, long OrganisationId, long? SupplyPointId);

/// <summary>A message that went to a number.</summary>
/// <param name="AcceptedAt">Null where nobody knows yet whether it left.</param>
internal sealed record ToldMessage(long DeliveryId, string Language, long OrganisationId, long? OutageId, DateTimeOffset? AcceptedAt, DateTimeOffset ExpiresAt);

/// <summary>Who the numbers of a batch are and what was sent to them last: two statements, however many they are.</summary>
internal sealed class ReplySenders
{
    /// <summary>How far a provider's clock may be behind ours.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, KnownSender> _known = new(StringComparer.Ordinal);
    private ILookup<string, ToldMessage> _told = Enumerable.Empty<(string Key, ToldMessage Value)>().ToLookup(pair => pair.Key, pair => pair.Value);

    internal static async Task<ReplySenders> ReadAsync(DeliverySql sql, IReadOnlyCollection<string> numbers, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var senders = new ReplySenders();
        await senders.ReadCustomersAsync(sql, numbers, cancellationToken);
        await senders.ReadMessagesAsync(sql, numbers, since, cancellationToken);

        return senders;
    }

    internal KnownSender? Customer(string number) => _known.GetValueOrDefault(number);

    /// <summary>The newest message that had gone to the number when it replied and was still worth reading.</summary>
    internal ToldMessage? Newest(string number, DateTimeOffset at) =>
        _told[number].Where(told => told.ExpiresAt > at && (told.AcceptedAt ?? DateTimeOffset.MinValue) <= at + Apart).MaxBy(told => told.DeliveryId);

    internal string Language(string number, string? ofWord) => ofWord ?? Customer(number)?.Language ?? _told[number].MaxBy(told => told.DeliveryId)?.Language ?? Languages.Chinese;

    private async Task ReadCustomersAsync(DeliverySql sql, IReadOnlyCollection<string> numbers, CancellationToken cancellationToken)
    {
        await using var find = sql.Command($"""
            SELECT k.address, c.language, c.organisation_id, (SELECT MIN(p.id) FROM supply_points p WHERE p.customer_id = c.id)
            FROM contacts k JOIN customers c ON c.id = k.customer_id WHERE k.address {sql.Among("@numbers")} ORDER BY k.id DESC
            """);
        await using var rows = await find.With("@numbers", sql.Texts(numbers)).ExecuteReaderAsync(cancellationToken);
        // The oldest contact is read last and stays.
        while (await rows.ReadAsync(cancellationToken)) _known[rows.GetString(0)] = new KnownSender(rows.GetString(1), rows.GetInt64(2), rows.IsDBNull(3) ? null : rows.GetInt64(3));
    }

    /// <summary>By way of the rounds that are not over, which are few, and the key (round, medium, address): no index on millions of addresses is needed for it.</summary>
    private async Task ReadMessagesAsync(DeliverySql sql, IReadOnlyCollection<string> numbers, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var find = sql.Command($"""
            SELECT d.address, d.id, t.language, n.organisation_id, n.outage_id, d.accepted_at, d.expires_at
            FROM rounds r JOIN deliveries d ON d.round_id = r.id AND d.medium = '{Medium.Sms}' AND d.address {sql.Among("@numbers")}
              JOIN notices n ON n.id = r.notice_id JOIN round_texts t ON t.id = d.text_id
            WHERE r.expires_at > @since AND (d.accepted_at IS NOT NULL OR d.state IN ({(int)DeliveryState.Claimed}, {(int)DeliveryState.Unconfirmed}))
            """);
        await using var rows = await find.With("@numbers", sql.Texts(numbers)).With("@since", sql.At(since)).ExecuteReaderAsync(cancellationToken);
        var found = new List<(string, ToldMessage)>();
        while (await rows.ReadAsync(cancellationToken))
        {
            found.Add((rows.GetString(0), new ToldMessage(
                rows.GetInt64(1), rows.GetString(2), rows.GetInt64(3), rows.IsDBNull(4) ? null : rows.GetInt64(4), rows.IsDBNull(5) ? null : sql.ReadAt(rows, 5), sql.ReadAt(rows, 6))));
        }

        _told = found.ToLookup(pair => pair.Item1, pair => pair.Item2, StringComparer.Ordinal);
    }
}
