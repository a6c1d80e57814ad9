using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Notices.Access;
using Notices.Audit;
using Notices.Outages;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>The calls people make, where there is no exchange or it did not get through: the list, who is calling, and what became of it. A call stands on it until a person was reached,
/// the number is wrong or the notice expires.</summary>
public sealed class ManualCallDesk
{
    /// <summary>Machine time a call is somebody's: long enough for a call and its entry; who takes it again has it anew.</summary>
    private static readonly TimeSpan Taken = TimeSpan.FromMinutes(10);

    /// <summary>No call is longer, seconds.</summary>
    private const int LongestCall = 7200;

    private readonly Func<NoticesDb> _open;
    private readonly RoundTexts _texts;
    private readonly PersonalFill _fill;
    private readonly TimeProvider _clock;
    private readonly TimeProvider _machine;

    /// <summary>In a drill: nobody is shown a number that rings.</summary>
    private readonly Audit.AuditOptions? _pretends;

    internal ManualCallDesk(Func<NoticesDb> open, RoundTexts texts, PersonalFill fill, TimeProvider clock, TimeProvider machine, Audit.AuditOptions? pretends = null) =>
        (_open, _texts, _fill, _clock, _machine, _pretends) = (open, texts, fill, clock, machine, pretends);

    private const string OpenRound = "r.state IN ('Running', 'Expanding')";

    private static readonly string Listed = $"""
        FROM deliveries d JOIN rounds r ON r.id = d.round_id JOIN notices n ON n.id = r.notice_id JOIN organisations o ON o.id = n.organisation_id
        WHERE {CallSql.ByHand} AND d.expires_at > @now AND d.address IS NOT NULL AND {OpenRound} AND o.path LIKE @path
        """;

    /// <summary>What is to be called now; that it was read goes on record, since it shows whole numbers.</summary>
    /// <param name="round">Of one round alone; null for all.</param>
    /// <param name="after"><see cref="ManualCallPage.Next"/> of the page before.</param>
    public async Task<Result<ManualCallPage>> ListAsync(long? round, string? after, int limit, Actor actor, CancellationToken cancellationToken)
    {
        if (!TryRead(after, out var tier, out var id)) return new Problem("cursor-unknown", "after", null, ProblemKind.Unreadable);

        var (rows, total) = await DeliverySql.ReadAsync(_open, async sql => (await RowsAsync(sql, round, tier, id, limit, actor, cancellationToken), await CountAsync(sql, round, actor, cancellationToken)), cancellationToken);
        var texts = await _texts.LoadAsync(rows.Select(row => row.TextId), cancellationToken);
        var items = rows.ConvertAll(row => View(row, texts.GetValueOrDefault(row.TextId)));
        if (items.Count > 0)
        {
            await DeliverySql.RunAsync(
                _open,
                async sql =>
                {
                    await RecordAsync(sql, actor, "manual-calls.read", round is { } one ? Round.Subject(one) : "manual-calls", new { count = items.Count, first = items[0].Id, last = items[^1].Id }, cancellationToken);

                    return true;
                },
                cancellationToken);
        }

        return new ManualCallPage(items, total, items.Count < limit ? null : string.Create(CultureInfo.InvariantCulture, $"{items[^1].Tier}.{items[^1].Id}"));
    }

    /// <summary>Says who is calling, so that nobody else dials the same number; again within the time, it is prolonged.</summary>
    public Task<Result<DateTimeOffset>> TakeAsync(long id, Actor actor, CancellationToken cancellationToken) => DeliverySql.RunAsync<Result<DateTimeOffset>>(
        _open,
        async sql =>
        {
            if (await FindAsync(sql, id, actor, cancellationToken) is not { } found) return Missing(id);
            if (Refusal(found, actor) is { } refused) return refused;

            var until = _machine.GetUtcNow() + Taken;
            await using var take = sql.Command("UPDATE deliveries SET lease_owner = @who, lease_until = @until WHERE id = @id");
            await take.With("@who", actor.Name).With("@until", sql.At(until)).With("@id", id).ExecuteNonQueryAsync(cancellationToken);
            await RecordAsync(sql, actor, "manual-call.taken", Subject(id), null, cancellationToken);

            return until;
        },
        cancellationToken);

    /// <summary>Writes down a call made by hand: an attempt like the machine's, in the caller's name.</summary>
    public async Task<Result<ManualCallEntered>> EnterAsync(long id, EnterCallResult entered, Actor actor, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        if (Problems(entered, now) is { Count: > 0 } problems) return problems;

        return await DeliverySql.RunAsync<Result<ManualCallEntered>>(
            _open,
            async sql =>
            {
                if (await FindAsync(sql, id, actor, cancellationToken) is not { } found) return Missing(id);
                if (Refusal(found, actor) is { } refused) return refused;

                return await WriteAsync(sql, found, entered, now, actor, cancellationToken);
            },
            cancellationToken);
    }

    private static async Task<ManualCallEntered> WriteAsync(DeliverySql sql, Found found, EnterCallResult entered, DateTimeOffset now, Actor actor, CancellationToken cancellationToken)
    {
        var (result, number) = (entered.Result!, (short)(found.Number + 1));
        var state = result switch
        {
            CallWords.Person => entered.Acknowledged ? DeliveryState.Acknowledged : DeliveryState.Delivered,
            CallWords.WrongNumber or CallWords.Refused => DeliveryState.Failed,
            _ => DeliveryState.Accepted,
        };
        var attempt = new Attempt
        {
            DeliveryId = found.Id,
            Batch = OutcomeBatch.NewId(),
            Number = number,
            StartedAt = entered.StartedAt ?? now.AddSeconds(-(entered.Seconds ?? 0)),
            EndedAt = now,
            Provider = found.Provider,
            Outcome = (short)SendOutcomeKind.Accepted,
            Detail = $"by {actor.Name}",
            CallResult = result,
            KeysPressed = entered.Acknowledged ? CallPlan.Confirm.ToString() : null,
            Seconds = entered.Seconds,
        };
        var reason = state >= DeliveryState.Delivered ? null : result;
        await using (var update = sql.Command($"""
            UPDATE deliveries SET state = @state, reason = @reason, attempts = @number, accepted_at = COALESCE(accepted_at, @told), delivered_at = COALESCE(delivered_at, @told), lease_owner = NULL, lease_until = NULL
            WHERE id = @id
            """))
        {
            await update.With("@state", (short)state).With("@reason", reason ?? (object)DBNull.Value).With("@number", number).With("@told", state >= DeliveryState.Delivered ? sql.At(now) : DBNull.Value).With("@id", found.Id)
                .ExecuteNonQueryAsync(cancellationToken);
        }

        await sql.InsertAsync([attempt], cancellationToken);
        if (found.IsRelay && result == CallWords.Person) await CallSql.AnswerRelayAsync(sql, found.Id, entered.Acknowledged, now, cancellationToken);
        await sql.SettleRecipientsAsync([found.Id], cancellationToken);
        using var hash = new RowsHash();
        hash.Add(attempt);
        await RecordAsync(
            sql, now, actor, BatchedRows.Attempts.Action, BatchedRows.Attempts.Subject(attempt.Batch), new { count = hash.Count, sha256 = hash.Finish(), byHand = Subject(found.Id), result }, cancellationToken);

        return new ManualCallEntered(found.Id, state, reason, state == DeliveryState.Accepted);
    }

    private static List<Problem> Problems(EnterCallResult entered, DateTimeOffset now)
    {
        var problems = new List<Problem>();
        if (entered.Result is null || !CallWords.Results.Contains(entered.Result))
            problems.Add(new Problem("call-result-unknown", "result", new { result = entered.Result ?? "", allowed = string.Join(", ", CallWords.Results) }));
        if (entered.Acknowledged && entered.Result != CallWords.Person) problems.Add(new Problem("call-acknowledged-by-nobody", "acknowledged"));
        if (entered.Seconds is < 0 or > LongestCall) problems.Add(new Problem("call-seconds-wrong", "seconds", new { most = LongestCall }));
        if (entered.StartedAt is { } at && (at > now.AddMinutes(1) || at < now.AddDays(-7))) problems.Add(new Problem("call-time-wrong", "startedAt", new { at }));

        return problems;
    }

    private Problem? Refusal(Found found, Actor actor) =>
        !found.Listed ? new Problem("call-not-listed", null, new { id = found.Id, state = found.State.ToString().ToLowerInvariant() }, ProblemKind.State)
        : found.TakenBy is { } other && other != actor.Name && found.TakenUntil > _machine.GetUtcNow() ? new Problem("call-taken", null, new { id = found.Id, by = other }, ProblemKind.State)
        : null;

    private static Problem Missing(long id) => Problem.NotFound("manual-call", id.ToString(CultureInfo.InvariantCulture));

    private static string Subject(long id) => $"manual-call/{id.ToString(CultureInfo.InvariantCulture)}";

    private Task RecordAsync(DeliverySql sql, Actor actor, string action, string subject, object? after, CancellationToken cancellationToken) =>
        RecordAsync(sql, _clock.GetUtcNow(), actor, action, subject, after, cancellationToken);

    private static Task RecordAsync(DeliverySql sql, DateTimeOffset at, Actor actor, string action, string subject, object? after, CancellationToken cancellationToken) => AuditTrail.AppendAsync(
        sql.Db, sql.Connection, sql.Transaction!, at, [new AuditTrail.Pending(actor.Name, action, subject, null, after is null ? null : JsonSerializer.Serialize(after, Json.Stored))], cancellationToken);

    private static async Task<Found?> FindAsync(DeliverySql sql, long id, Actor actor, CancellationToken cancellationToken)
    {
        await using var find = sql.Command($"""
            SELECT d.id, d.state, d.attempts, d.provider, d.purpose, d.lease_owner, d.lease_until, CASE WHEN {CallSql.ByHand} AND {OpenRound} THEN 1 ELSE 0 END, o.path
            FROM deliveries d JOIN rounds r ON r.id = d.round_id JOIN notices n ON n.id = r.notice_id JOIN organisations o ON o.id = n.organisation_id
            WHERE d.id = @id AND d.medium = 'Voice'{sql.Locked}
            """);
        await using var row = await find.With("@id", id).ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken) || !actor.Sees(row.GetString(8))) return null;

        return new Found(
            row.GetInt64(0), (DeliveryState)row.GetInt16(1), row.GetInt16(2), row.IsDBNull(3) ? "-" : row.GetString(3), row.GetInt16(4) == (short)DeliveryPurpose.Relay,
            row.IsDBNull(5) ? null : row.GetString(5), row.IsDBNull(6) ? null : sql.ReadAt(row, 6), row.GetInt32(7) == 1);
    }

    private async Task<List<Row>> RowsAsync(DeliverySql sql, long? round, short tier, long id, int limit, Actor actor, CancellationToken cancellationToken)
    {
        var rows = new List<Row>();
        await using var find = sql.Command($"""
            SELECT d.id, d.round_id, n.number, n.kind, d.tier, d.address, d.text_id, d.place_name, d.accounts, d.expires_at, d.purpose, d.lease_owner, d.lease_until,
              (SELECT COUNT(*) FROM attempts a WHERE a.delivery_id = d.id AND (a.detail IS NULL OR a.detail <> 'listed')),
              (SELECT MAX(a.ended_at) FROM attempts a WHERE a.delivery_id = d.id AND (a.detail IS NULL OR a.detail <> 'listed')), d.reason, o.time_zone
            {Listed}{(round is null ? "" : " AND d.round_id = @round")} AND (d.tier > @tier OR (d.tier = @tier AND d.id > @id))
            ORDER BY d.tier, d.id LIMIT @limit
            """);
        if (round is not null) find.With("@round", round.Value);
        find.With("@now", sql.At(_clock.GetUtcNow())).With("@path", actor.OrganisationPath + "%").With("@tier", tier).With("@id", id).With("@limit", limit);
        await using var reader = await find.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) rows.Add(Read(sql, reader));

        return rows;
    }

    private async Task<int> CountAsync(DeliverySql sql, long? round, Actor actor, CancellationToken cancellationToken)
    {
        await using var count = sql.Command($"SELECT COUNT(*) {Listed}{(round is null ? "" : " AND d.round_id = @round")}");
        if (round is not null) count.With("@round", round.Value);

        return Convert.ToInt32(await count.With("@now", sql.At(_clock.GetUtcNow())).With("@path", actor.OrganisationPath + "%").ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
    }

    private static Row Read(DeliverySql sql, DbDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.IsDBNull(3) ? null : Enum.Parse<OutageKind>(row.GetString(3), true), row.GetInt16(4), row.GetString(5), row.GetInt64(6),
        row.IsDBNull(7) ? null : row.GetString(7), row.GetString(8), sql.ReadAt(row, 9), row.GetInt16(10) == (short)DeliveryPurpose.Relay, row.IsDBNull(11) ? null : row.GetString(11),
        row.IsDBNull(12) ? null : sql.ReadAt(row, 12), (int)row.GetInt64(13), row.IsDBNull(14) ? null : sql.ReadAt(row, 14), row.GetString(15), row.GetString(16));

    private ManualCallView View(Row row, SendableText? text)
    {
        var taken = row.TakenUntil > _machine.GetUtcNow();

        return new ManualCallView(
            row.Id, row.RoundId, row.Outage, row.Kind, row.Tier, _pretends is null ? row.Phone : Operation.DrillAddresses.Of(Medium.Voice, row.Phone, _pretends), text?.Language ?? "", text is null ? "" : SpokenText.Of(_fill(text.Body, row.PlaceName, row.Accounts, false)).Mailbox, row.PlaceName,
            row.Accounts, row.ExpiresAt, row.Calls, row.Reason == DeliveryReasons.ByHand ? null : row.Reason, row.LastAt, taken ? row.TakenBy : null, taken ? row.TakenUntil : null, row.IsRelay, row.TimeZone);
    }

    private static bool TryRead(string? after, out short tier, out long id)
    {
        (tier, id) = (-1, 0);
        if (string.IsNullOrEmpty(after)) return true;

        var dot = after.IndexOf('.', StringComparison.Ordinal);

        return dot > 0 && short.TryParse(after.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out tier) && long.TryParse(after.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out id);
    }

    private sealed record Found(long Id, DeliveryState State, short Number, string Provider, bool IsRelay, string? TakenBy, DateTimeOffset? TakenUntil, bool Listed);

    private sealed record Row(
        long Id, long RoundId, string Outage, OutageKind? Kind, short Tier, string Phone, long TextId, string? PlaceName, string Accounts, DateTimeOffset ExpiresAt, bool IsRelay, string? TakenBy,
        DateTimeOffset? TakenUntil, int Calls, DateTimeOffset? LastAt, string Reason, string TimeZone);
}
