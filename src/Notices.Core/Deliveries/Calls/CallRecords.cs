using System.Globalization;
using Notices.Access;
using Notices.Retention;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>电话记录: one call from dialling to its end.</summary>
/// <param name="Id">Of the attempt.</param>
/// <param name="Phone">Masked.</param>
/// <param name="Number">Which try of its delivery.</param>
/// <param name="DialledAt">When it was handed to the exchange, or dialled by hand.</param>
/// <param name="AnsweredBy"><c>person</c>, <c>machine</c> or <c>fax</c>; null where nobody answered or the exchange cannot tell.</param>
/// <param name="HeardAt">When the whole message had been said once.</param>
/// <param name="Keys">What was pressed, in order.</param>
/// <param name="Seconds">From answer to hang-up.</param>
/// <param name="Result">One of <see cref="CallWords.Results"/>; null while it is under way, and where no call came about.</param>
/// <param name="Detail">The exchange's own words where no call came about; who entered one made by hand.</param>
public sealed record CallRecordView(
    long Id, long DeliveryId, long RoundId, string Outage, short Tier, string? Phone, string Provider, short Number, DateTimeOffset DialledAt, DateTimeOffset? RingingAt, DateTimeOffset? AnsweredAt, string? AnsweredBy,
    DateTimeOffset? HeardAt, string? Keys, int? Seconds, DateTimeOffset? EndedAt, string? Result, string? Detail);

/// <summary>What to look for.</summary>
/// <param name="From">Dialled from then on.</param>
/// <param name="Outage">Number of an outage or announcement.</param>
/// <param name="After">Id of the last one of the page before.</param>
public sealed record CallRecordQuery(DateTimeOffset From, DateTimeOffset To, string? Outage, long? Round, long After, int Limit);

/// <summary>Reads call records: attempts by telephone with what happened in them, also those in the archive.</summary>
public sealed class CallRecords
{
    private readonly Func<NoticesDb> _open;

    internal CallRecords(Func<NoticesDb> open) => _open = open;

    /// <summary>In the order they were written down.</summary>
    public Task<IReadOnlyList<CallRecordView>> ListAsync(CallRecordQuery query, Actor actor, CancellationToken cancellationToken) => DeliverySql.ReadAsync<IReadOnlyList<CallRecordView>>(
        _open,
        async sql =>
        {
            // From the rounds of the time to their calls: text messages, of which there are many more, are never looked at.
            var calls = ArchiveSql.Over(true, at => $"""
                SELECT a.id, a.delivery_id, d.round_id, n.number AS outage, d.tier, d.address, a.provider, a.number, a.started_at, a.ended_at, a.call_result, a.keys_pressed, a.seconds, a.detail, a.outcome
                FROM rounds r JOIN notices n ON n.id = r.notice_id JOIN organisations o ON o.id = n.organisation_id JOIN deliveries{at} d ON d.round_id = r.id AND d.medium = 'Voice' JOIN attempts{at} a ON a.delivery_id = d.id
                WHERE r.created_at <= @to AND (r.closed_at IS NULL OR r.closed_at >= @from) AND a.started_at >= @from AND a.started_at <= @to AND a.id > @after AND o.path LIKE @path
                  AND (a.detail IS NULL OR a.detail <> 'listed'){(query.Round is null ? "" : " AND r.id = @round")}{(query.Outage is null ? "" : " AND n.number = @outage")}
                """);
            await using var find = sql.Command($"SELECT c.* FROM ({calls}) c ORDER BY c.id LIMIT @limit");
            find.With("@from", sql.At(query.From)).With("@to", sql.At(query.To)).With("@after", query.After).With("@path", actor.OrganisationPath + "%").With("@limit", query.Limit);
            if (query.Round is { } round) find.With("@round", round);
            if (query.Outage is { } outage) find.With("@outage", outage);
            var rows = new List<CallRecordView>();
            await using (var row = await find.ExecuteReaderAsync(cancellationToken))
            {
                string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
                while (await row.ReadAsync(cancellationToken))
                {
                    rows.Add(new CallRecordView(
                        row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetString(3), row.GetInt16(4), RoundView.Mask(Text(5)), row.GetString(6), row.GetInt16(7), sql.ReadAt(row, 8), null, null, null,
                        null, Text(11), row.IsDBNull(12) ? null : row.GetInt32(12), row.GetInt16(14) == (short)SendOutcomeKind.Accepted && Text(10) is null ? null : sql.ReadAt(row, 9), Text(10), Text(13)));
                }
            }

            var events = await EventsAsync(sql, [.. rows.Select(one => one.DeliveryId).Distinct()], cancellationToken);

            return rows.ConvertAll(one => With(one, events[(one.DeliveryId, one.Number)]));
        },
        cancellationToken);

    /// <summary>Of deliveries, wherever they lie, by try.</summary>
    internal static async Task<ILookup<(long Delivery, short Number), CallEvent>> EventsAsync(DeliverySql sql, List<long> deliveries, CancellationToken cancellationToken)
    {
        var events = new List<CallEvent>();
        foreach (var at in (string[])["", ArchiveSql.Suffix])
        {
            if (deliveries.Count > 0) events.AddRange(await CallSql.EventsAsync(sql, at, deliveries, cancellationToken));
        }

        return events.ToLookup(one => (one.DeliveryId, one.Number));
    }

    private static CallRecordView With(CallRecordView call, IEnumerable<CallEvent> events)
    {
        var told = events.ToList();
        if (told.Count == 0) return call;

        CallEvent? Of(CallEventKind kind) => told.FindLast(one => one.Kind == kind);
        var (result, by) = (CallRules.ResultOf(told), Of(CallEventKind.Answered)?.Value);

        return call with
        {
            RingingAt = Of(CallEventKind.Ringing)?.At,
            AnsweredAt = Of(CallEventKind.Answered)?.At,
            AnsweredBy = string.IsNullOrEmpty(by) ? null : by,
            HeardAt = Of(CallEventKind.Heard)?.At,
            Keys = CallRules.KeysOf(told) is { Length: > 0 } keys ? keys : null,
            Seconds = result?.Seconds,
            EndedAt = Of(CallEventKind.Ended)?.At,
            Result = result?.Result,
        };
    }
}
