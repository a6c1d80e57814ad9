using Notices.Access;
using Notices.Audit;
using Notices.Policy;
using Notices.Retention;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>Writes down what became of letters: an attempt each in the name of whoever enters it, the delivery and its recipients, one entry of the record for all.</summary>
internal sealed class LetterLedger(PolicyBook policy, AuditOptions keys)
{
    /// <summary>In the caller's transaction; outcomes with a problem are left out.</summary>
    /// <param name="write">Whether the others are written, once it is known what is to be said of each.</param>
    internal async Task<LettersEntered> ApplyAsync(
        DeliverySql sql, IReadOnlyList<LetterOutcome> outcomes, Actor actor, DateTimeOffset now, Func<IReadOnlyList<Fate>, bool> write, CancellationToken cancellationToken)
    {
        var letters = await LetterSql.LockAsync(sql, [.. outcomes.Select(outcome => outcome.Delivery).Distinct()], now, cancellationToken);
        var (fates, changes, said) = (new Fate[outcomes.Count], new List<Change>(), new HashSet<long>());
        var batch = OutcomeBatch.NewId();
        for (var i = 0; i < outcomes.Count; i++)
        {
            var outcome = outcomes[i];
            if (!letters.TryGetValue(outcome.Delivery, out var letter) || !actor.Sees(letter.Path))
            {
                fates[i] = new Fate([new Problem("letter-unknown", "receipt", new { receipt = LetterNumber.Of(outcome.Delivery) })]);
                continue;
            }

            var zone = TimeZoneInfo.FindSystemTimeZoneById(letter.TimeZone);
            var at = outcome.At?.Invoke(zone) ?? now;
            var problems = Problems(letter, outcome, at, now, said);
            var repeated = problems.Count == 0 && IsRepeated(letter, outcome);
            fates[i] = new Fate(problems, repeated);
            if (problems.Count > 0 || repeated) continue;

            changes.Add(Becomes(letter, outcome, at, now, batch, zone));
        }

        var entry = changes.Count > 0 && write(fates) ? await WriteAsync(sql, batch, changes, cancellationToken) : null;

        return new LettersEntered(fates, changes.Count, entry);
    }

    private static List<Problem> Problems(LetterSql.Printed letter, LetterOutcome outcome, DateTimeOffset at, DateTimeOffset now, HashSet<long> said)
    {
        var problems = new List<Problem>();
        var receipt = LetterNumber.Of(letter.Id);
        if (!said.Add(letter.Id)) problems.Add(new Problem("letter-twice", "receipt", new { receipt }));
        if (letter.PrintedAt is not { } printed)
        {
            problems.Add(new Problem("letter-not-printed", "receipt", new { receipt }, ProblemKind.State));
        }
        else
        {
            // A clock that is a little off is no mistake.
            if (at > now.AddMinutes(1) || at < printed.AddMinutes(-1)) problems.Add(new Problem("letter-time-wrong", "at", new { at, printed }));
            if (!MayBecome(letter, outcome.Result)) problems.Add(new Problem("letter-has-outcome", "result", new { receipt, outcome = LetterWords.OfReason(letter.Reason) ?? "" }, ProblemKind.State));
        }

        return problems;
    }

    /// <summary>What is not settled may become anything; what is posted may still be handed over or come back; of what is told only the entry can be withdrawn.</summary>
    private static bool MayBecome(LetterSql.Printed letter, string result) =>
        result == LetterWords.Withdrawn || result == LetterWords.OfReason(letter.Reason)
        || letter.State is DeliveryState.Claimed or DeliveryState.Unconfirmed or DeliveryState.Failed or DeliveryState.Sent or DeliveryState.Accepted;

    private static bool IsRepeated(LetterSql.Printed letter, LetterOutcome outcome) => outcome.Result == LetterWords.Withdrawn
        ? letter.State is DeliveryState.Claimed or DeliveryState.Unconfirmed
        : outcome.Result == LetterWords.OfReason(letter.Reason) && outcome.SignedFor == (letter.State == DeliveryState.Acknowledged);

    private Change Becomes(LetterSql.Printed letter, LetterOutcome outcome, DateTimeOffset at, DateTimeOffset now, string batch, TimeZoneInfo zone)
    {
        var (state, told) = outcome.Result switch
        {
            LetterWords.HandedOver => (outcome.SignedFor ? DeliveryState.Acknowledged : DeliveryState.Delivered, (DateTimeOffset?)at),
            LetterWords.Left or LetterWords.Refused => (DeliveryState.Delivered, at),
            LetterWords.Posted => (DeliveryState.Sent, policy.Options.CalendarIn(zone).Forward(at, policy.Options.Paper.Deemed).ToUniversalTime()),
            LetterWords.Undeliverable => (DeliveryState.Failed, null),
            _ => (letter.ExpiresAt > now ? DeliveryState.Claimed : DeliveryState.Unconfirmed, null),
        };
        var attempt = new Attempt
        {
            DeliveryId = letter.Id,
            Batch = batch,
            Number = (short)(letter.Number + 1),
            StartedAt = at,
            EndedAt = now,
            Provider = LetterSql.Provider,
            Outcome = (short)(outcome.Result switch { LetterWords.Undeliverable => SendOutcomeKind.Refused, LetterWords.Withdrawn => SendOutcomeKind.TryLater, _ => SendOutcomeKind.Accepted }),
            Detail = outcome.HasNames ? $"{outcome.Result} {keys.Digest(outcome.Names)}" : outcome.Result,
        };
        var reason = outcome.Result == LetterWords.Withdrawn ? state == DeliveryState.Claimed ? DeliveryReasons.LetterPrinted : DeliveryReasons.LetterNoOutcome : LetterWords.Reason(outcome.Result);

        return new Change(letter, outcome, attempt, state, reason, told);
    }

    private static async Task<LetterEntry> WriteAsync(DeliverySql sql, string batch, List<Change> changes, CancellationToken cancellationToken)
    {
        foreach (var place in changes.GroupBy(change => change.Letter.At, StringComparer.Ordinal)) await UpdateAsync(sql, place.Key, place, cancellationToken);
        await sql.InsertAsync(changes.Select(change => change.Attempt), cancellationToken);
        await sql.ForEachAsync(
            "INSERT INTO letter_names (delivery_id, number, carried_by, handed_to, witness, note) VALUES (@delivery, @number, @by, @to, @witness, @note)",
            changes.Where(change => change.Outcome.HasNames),
            (change, set) =>
            {
                set("@delivery", change.Letter.Id);
                set("@number", change.Attempt.Number);
                set("@by", change.Outcome.By);
                set("@to", change.Outcome.To);
                set("@witness", change.Outcome.Witness);
                set("@note", change.Outcome.Note);
            },
            cancellationToken);
        await sql.SettleRecipientsAsync([.. changes.Where(change => !change.Letter.IsSettled).Select(change => change.Letter.Id)], cancellationToken);
        await ArchiveSql.SettleRecipientsAsync(sql, [.. changes.Where(change => change.Letter.IsSettled).Select(change => change.Letter.Id)], cancellationToken);
        // Ids are given by the working table alone; from there they go to their delivery.
        var archived = changes.Where(change => change.Letter.At.Length > 0).Select(change => change.Letter.Id).ToList();
        if (archived.Count > 0) await ArchiveSql.MoveAsync<Attempt>(sql, "delivery_id", archived, cancellationToken);
        using var hash = new RowsHash();
        foreach (var change in changes) hash.Add(change.Attempt);

        return new LetterEntry(batch, hash.Count, hash.Finish(), changes.CountBy(change => change.Outcome.Result).OrderBy(count => count.Key, StringComparer.Ordinal).ToDictionary(count => count.Key, count => count.Value));
    }

    private static Task UpdateAsync(DeliverySql sql, string at, IEnumerable<Change> changes, CancellationToken cancellationToken) => sql.ForEachAsync(
        $"""
        UPDATE deliveries{at} SET state = @state, reason = @reason, attempts = @number, due_at = CASE WHEN @state = {(int)DeliveryState.Unconfirmed} THEN expires_at ELSE due_at END,
          accepted_at = @told, delivered_at = @delivered
        WHERE id = @id
        """,
        changes,
        (change, set) =>
        {
            set("@id", change.Letter.Id);
            set("@state", (short)change.State);
            set("@reason", change.Reason);
            set("@number", change.Attempt.Number);
            set("@told", sql.At(change.ToldAt));
            set("@delivered", change.State >= DeliveryState.Delivered ? sql.At(change.ToldAt) : null);
        },
        cancellationToken);

    private sealed record Change(LetterSql.Printed Letter, LetterOutcome Outcome, Attempt Attempt, DeliveryState State, string Reason, DateTimeOffset? ToldAt);
}

/// <summary>What is to be said of one outcome.</summary>
/// <param name="Repeated">Said before.</param>
internal sealed record Fate(IReadOnlyList<Problem> Problems, bool Repeated = false);

/// <summary>What came of outcomes, in their order.</summary>
/// <param name="Entry">What the record is to say; null where nothing was written.</param>
internal sealed record LettersEntered(IReadOnlyList<Fate> Fates, int Entered, LetterEntry? Entry);

/// <summary>The entry of the record that speaks for the attempts of a batch.</summary>
internal sealed record LetterEntry(string Batch, int Count, string Sha256, IReadOnlyDictionary<string, int> Letters)
{
    internal string Subject => BatchedRows.Attempts.Subject(Batch);
}
