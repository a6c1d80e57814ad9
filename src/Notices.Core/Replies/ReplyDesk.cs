using Notices.Audit;
using Notices.Deliveries;
using Notices.Hotline;
using Notices.Policy;
using Notices.Ringing;
using Notices.Storage;
using Notices.Subscriptions;

namespace Notices.Replies;

/// <summary>Applies replies, many in one transaction with one audit entry: a kill leaves them all waiting or all done, with their answers in the outbox.</summary>
public sealed class ReplyDesk
{
    /// <summary>In one transaction: on SQLite well under 200 ms of the one writer.</summary>
    private const int Part = 200;

    /// <summary>Of the lock that lets one process apply at a time, so that a stop and the start after it keep their order.</summary>
    private const long ApplyLock = 0x5265706C69;

    /// <summary>Rounds over for longer are acknowledged by nobody.</summary>
    private static readonly TimeSpan Back = TimeSpan.FromDays(2);

    /// <summary>How long an answer is worth having.</summary>
    private static readonly TimeSpan Worth = TimeSpan.FromHours(1);

    private readonly Func<NoticesDb> _open;
    private readonly KeywordBook _keywords;
    private readonly DeliveryReceipts _receipts;
    private readonly ReplyOptions _options;
    private readonly SubscriptionReplies _subscriptions;
    private readonly DueAlarm _alarm;
    private readonly TimeProvider _clock;

    internal ReplyDesk(Func<NoticesDb> open, KeywordBook keywords, DeliveryReceipts receipts, ReplyOptions options, SubscriptionReplies subscriptions, DueAlarm alarm, TimeProvider clock) =>
        (_open, _keywords, _receipts, _options, _subscriptions, _alarm, _clock) = (open, keywords, receipts, options, subscriptions, alarm, clock);

    /// <summary>Applies what waits.</summary>
    /// <returns>How many.</returns>
    public async Task<int> ApplyDueAsync(CancellationToken cancellationToken)
    {
        var all = 0;
        for (var part = Part; part == Part && !cancellationToken.IsCancellationRequested; all += part)
        {
            if (!await DeliverySql.ReadAsync(_open, sql => AnyAsync(sql, cancellationToken), cancellationToken)) break;

            var (applied, answers) = await DeliverySql.RunAsync(_open, sql => ApplyAsync(sql, cancellationToken), cancellationToken);
            if (answers > 0) _alarm.Ring();
            part = applied;
        }

        return all;
    }

    private static async Task<bool> AnyAsync(DeliverySql sql, CancellationToken cancellationToken)
    {
        await using var find = sql.Command("SELECT 1 FROM replies WHERE batch IS NULL LIMIT 1");

        return await find.ExecuteScalarAsync(cancellationToken) is not null;
    }

    private async Task<(int Applied, int Answers)> ApplyAsync(DeliverySql sql, CancellationToken cancellationToken)
    {
        var waiting = await WaitingAsync(sql, cancellationToken);
        if (waiting.Count == 0) return (0, 0);

        var (now, batch) = (_clock.GetUtcNow(), OutcomeBatch.NewId());
        var read = waiting.ConvertAll(reply => new ReadReply(reply) { Meaning = _keywords.Read(reply.Body) });
        var senders = await ReplySenders.ReadAsync(sql, read.Select(one => one.Number).ToHashSet(StringComparer.Ordinal), now - Back, cancellationToken);
        foreach (var one in read)
        {
            one.Told = senders.Newest(one.Number, one.Reply.At);
            one.Customer = senders.Customer(one.Number);
            one.Reply.DeliveryId = one.Meaning.Kind == ReplyKind.Acknowledge ? one.Told?.DeliveryId : null;
        }

        // Deliveries first, as everywhere: whoever else changes them locks them before anything else.
        var acknowledged = read.Where(one => one.Reply.DeliveryId is not null).ToList();
        if (acknowledged.Count > 0)
            await _receipts.ApplyAsync(sql, acknowledged.ConvertAll(one => new ReceiptNews(one.Reply.Provider, null, one.Reply.DeliveryId, DeliveryState.Acknowledged, one.Reply.At, "reply")), null, cancellationToken);

        await ChangeSubscriptionsAsync(sql, read, now, cancellationToken);
        await ChangeOptOutsAsync(sql, read, cancellationToken);
        read.ForEach(one => one.Reply.Kind = one.Meaning.Kind);
        var suspended = await SuspendAsync(sql, read, now, cancellationToken);
        var enquiries = await OpenEnquiriesAsync(sql, read, cancellationToken);
        var answers = await AnswerAsync(sql, read, senders, now, cancellationToken);
        await WriteAsync(sql, batch, read, cancellationToken);
        using var hash = new RowsHash();
        foreach (var one in read) hash.AddReply(one.Reply.Id, one.Reply.Provider, one.Reply.MessageKey, UtcTicks.Of(one.Reply.At), (short)one.Reply.Kind, one.Reply.DeliveryId);
        await sql.RecordAsync(
            now, BatchedRows.Replies.Action, BatchedRows.Replies.Subject(batch),
            new
            {
                count = hash.Count,
                sha256 = hash.Finish(),
                kinds = read.GroupBy(one => one.Meaning.Kind).OrderBy(kind => kind.Key).ToDictionary(kind => kind.Key.ToString(), kind => kind.Count()),
                contactsSuspended = suspended,
                enquiries,
                answers,
            },
            cancellationToken);

        return (read.Count, answers);
    }

    private static async Task<List<Reply>> WaitingAsync(DeliverySql sql, CancellationToken cancellationToken)
    {
        if (sql.Db is PostgreSqlNoticesDb)
        {
            await using var turn = sql.Command($"SELECT pg_advisory_xact_lock({ApplyLock})");
            await turn.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var find = sql.Command($"SELECT d.id, d.provider, d.message_key, d.sender, d.body, d.at FROM replies d WHERE d.batch IS NULL ORDER BY d.id LIMIT {Part}{sql.Locked}");
        await using var rows = await find.ExecuteReaderAsync(cancellationToken);
        var waiting = new List<Reply>();
        while (await rows.ReadAsync(cancellationToken))
        {
            waiting.Add(new Reply
            {
                Id = rows.GetInt64(0),
                Provider = rows.GetString(1),
                MessageKey = rows.GetString(2),
                Sender = rows.IsDBNull(3) ? null : rows.GetString(3),
                Body = rows.IsDBNull(4) ? null : rows.GetString(4),
                At = sql.ReadAt(rows, 5),
            });
        }

        return waiting;
    }

    /// <summary>Six digits that nobody waited for are words like others.</summary>
    private async Task ChangeSubscriptionsAsync(DeliverySql sql, List<ReadReply> read, DateTimeOffset now, CancellationToken cancellationToken)
    {
        (string Number, string Code)? CodeOf(ReadReply one) => one.Meaning.Kind == ReplyKind.Other && SubscriptionSecrets.CodeOf(one.Reply.Body) is { } code ? (one.Number, code) : null;

        var codes = read.Select(CodeOf).OfType<(string, string)>().ToList();
        var confirmed = codes.Count == 0 ? [] : await _subscriptions.ConfirmAsync(sql, codes, now, cancellationToken);
        foreach (var one in read.Where(one => CodeOf(one) is { } code && confirmed.Contains(code))) one.Meaning = new Meaning(ReplyKind.Subscribe);

        // After its code a stop counts, whichever came first: that nothing is sent is the safer of the two.
        var stops = read.Where(one => one.Meaning.Kind == ReplyKind.Stop && one.Number.Length > 0).Select(one => one.Number).ToHashSet(StringComparer.Ordinal);
        var had = stops.Count == 0 ? [] : await SubscriptionReplies.EndAsync(sql, stops, now, cancellationToken);
        foreach (var one in read.Where(one => one.Meaning.Kind == ReplyKind.Stop && one.Customer is null && had.Contains(one.Number))) one.Meaning = one.Meaning with { OfSubscription = true };
    }

    /// <summary>The last word of each number counts.</summary>
    private static async Task ChangeOptOutsAsync(DeliverySql sql, List<ReadReply> read, CancellationToken cancellationToken)
    {
        var last = read.Where(one => one.Meaning.Kind is ReplyKind.Stop or ReplyKind.Start && one.Number.Length > 0).GroupBy(one => one.Number, StringComparer.Ordinal)
            .OrderBy(number => number.Key, StringComparer.Ordinal).Select(number => number.Last()).ToList();
        await sql.ForEachAsync(
            "INSERT INTO opt_outs (address, at, source) VALUES (@address, @at, 'sms') ON CONFLICT (address) DO NOTHING",
            last.Where(one => one.Meaning.Kind == ReplyKind.Stop),
            (one, set) =>
            {
                set("@address", one.Number);
                set("@at", sql.At(one.Reply.At));
            },
            cancellationToken);
        await sql.ForEachAsync("DELETE FROM opt_outs WHERE address = @address", last.Where(one => one.Meaning.Kind == ReplyKind.Start), (one, set) => set("@address", one.Number), cancellationToken);
    }

    private static async Task<int> SuspendAsync(DeliverySql sql, List<ReadReply> read, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var numbers = read.Where(one => one.Meaning.Kind == ReplyKind.NotMe).Select(one => one.Number).Distinct(StringComparer.Ordinal).ToList();
        if (numbers.Count == 0) return 0;

        await using var suspend = sql.Command($"UPDATE contacts SET suspended_at = @now, suspended_reason = 'not-me' WHERE address {sql.Among("@numbers")} AND suspended_at IS NULL");

        return await suspend.With("@now", sql.At(now)).With("@numbers", sql.Texts(numbers)).ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<int> OpenEnquiriesAsync(DeliverySql sql, List<ReadReply> read, CancellationToken cancellationToken)
    {
        var asked = read.FindAll(one => one.Meaning.Kind is ReplyKind.StillOut or ReplyKind.Other);
        await sql.ForEachAsync(
            "INSERT INTO enquiries (organisation_id, outage_id, supply_point_id, reply_id, topic, phone, text, at) VALUES (@organisation, @outage, @point, @reply, @topic, @phone, @text, @at)",
            asked,
            (one, set) =>
            {
                set("@organisation", one.OrganisationId);
                set("@outage", one.Told?.OutageId);
                set("@point", one.Customer?.SupplyPointId);
                set("@reply", one.Reply.Id);
                set("@topic", one.Meaning.Kind == ReplyKind.StillOut ? Enquiry.StillOut : Enquiry.Reply);
                set("@phone", one.Reply.Sender);
                set("@text", one.Reply.Body);
                set("@at", sql.At(one.Reply.At));
            },
            cancellationToken);

        return asked.Count;
    }

    private async Task<int> AnswerAsync(DeliverySql sql, List<ReadReply> read, ReplySenders senders, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Only a whole number can be answered; what calls itself by a name or a short code is a machine.
        var asking = read.FindAll(one => one.Meaning.Kind is not (ReplyKind.Acknowledge or ReplyKind.Other) && one.Number.StartsWith('+'));
        if (asking.Count == 0) return 0;

        var given = await GivenAsync(sql, asking, now, cancellationToken);
        var words = await AnswerWords.ReadAsync(sql.Db, asking.Select(one => one.Meaning.Account).OfType<string>().ToHashSet(StringComparer.Ordinal), now, cancellationToken);
        var answers = new List<(ReadReply To, string Language, string Body)>();
        foreach (var one in asking)
        {
            var (language, count) = (senders.Language(one.Number, one.Meaning.Language), given.GetValueOrDefault(one.Number));
            if (count >= _options.AnswersPerHour || words.Of(one.Meaning, one.OrganisationId, language) is not { } body) continue;

            given[one.Number] = count + 1;
            answers.Add((one, language, body));
        }

        await sql.ForEachAsync(
            $"""
            INSERT INTO reply_answers (reply_id, address, via, created_at, medium, language, subject, body, state, due_at, expires_at, attempts)
            VALUES (@reply, @address, @via, @now, '{Medium.Sms}', @language, '', @body, '{OutboxState.Waiting}', @now, @expires, 0)
            """,
            answers,
            (answer, set) =>
            {
                set("@reply", answer.To.Reply.Id);
                set("@address", answer.To.Number);
                set("@via", answer.To.Reply.Provider);
                set("@now", sql.At(now));
                set("@language", answer.Language);
                set("@body", answer.Body);
                set("@expires", sql.At(now + Worth));
            },
            cancellationToken);

        return answers.Count;
    }

    private static async Task<Dictionary<string, int>> GivenAsync(DeliverySql sql, List<ReadReply> asking, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var given = new Dictionary<string, int>(StringComparer.Ordinal);
        await using var count = sql.Command($"SELECT address, CAST(COUNT(*) AS INTEGER) FROM reply_answers WHERE address {sql.Among("@numbers")} AND created_at > @since GROUP BY address");
        count.With("@numbers", sql.Texts(asking.Select(one => one.Number).Distinct(StringComparer.Ordinal))).With("@since", sql.At(now.AddHours(-1)));
        await using var rows = await count.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken)) given[rows.GetString(0)] = rows.GetInt32(1);

        return given;
    }

    private static Task WriteAsync(DeliverySql sql, string batch, List<ReadReply> read, CancellationToken cancellationToken) => sql.ForEachAsync(
        "UPDATE replies SET batch = @batch, kind = @kind, delivery_id = @delivery WHERE id = @id",
        read,
        (one, set) =>
        {
            set("@id", one.Reply.Id);
            set("@batch", batch);
            set("@kind", (short)one.Reply.Kind);
            set("@delivery", one.Reply.DeliveryId);
        },
        cancellationToken);

    /// <summary>A reply and what is known about it.</summary>
    private sealed record ReadReply(Reply Reply)
    {
        internal Meaning Meaning { get; set; }

        internal string Number => Reply.Sender ?? "";

        internal ToldMessage? Told { get; set; }

        internal KnownSender? Customer { get; set; }

        internal long? OrganisationId => Customer?.OrganisationId ?? Told?.OrganisationId;
    }
}
