using Notices.Audit;
using Notices.Deliveries;
using Notices.Storage;

namespace Notices.Subscriptions;

/// <summary>What replies do to subscriptions, in the transaction in which they are applied: a code confirms, a stop ends.</summary>
internal sealed class SubscriptionReplies(AuditOptions digests, SubscriptionOptions options)
{
    /// <param name="numbers">E.164, each with the six digits it sent; it is theirs, so wrong ones are not counted.</param>
    /// <returns>Which of them confirmed one.</returns>
    internal async Task<HashSet<(string Number, string Code)>> ConfirmAsync(DeliverySql sql, IReadOnlyCollection<(string Number, string Code)> numbers, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var confirmed = new HashSet<(string, string)>();
        foreach (var one in numbers.Distinct().OrderBy(one => one.Number, StringComparer.Ordinal))
        {
            await using var confirm = sql.Command($"""
                UPDATE subscriptions SET confirmed_at = @now, code_digest = NULL
                WHERE address = @number AND medium = '{Medium.Sms}' AND code_digest = @code AND confirmed_at IS NULL AND withdrawn_at IS NULL AND requested_at > @lapsed RETURNING id
                """);
            confirm.With("@now", sql.At(now)).With("@number", one.Number).With("@code", SubscriptionSecrets.OfCode(digests, one.Number, one.Code)).With("@lapsed", sql.At(now - options.ConfirmWithin));
            if (await confirm.ExecuteScalarAsync(cancellationToken) is not long id) continue;

            confirmed.Add(one);
            await sql.RecordAsync(now, "subscription.confirmed", SubscriptionAsking.Subject(id), new { to = digests.Digest(one.Number), source = "sms" }, cancellationToken);
        }

        return confirmed;
    }

    /// <returns>Those of the numbers that had any.</returns>
    internal static async Task<HashSet<string>> EndAsync(DeliverySql sql, IReadOnlyCollection<string> numbers, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var had = new HashSet<string>(StringComparer.Ordinal);
        foreach (var number in numbers.Order(StringComparer.Ordinal))
        {
            var ended = await SubscriptionEnding.EndAsync(sql, $"s.address = @these AND s.medium = '{Medium.Sms}'", number, now, cancellationToken);
            foreach (var id in ended) await sql.RecordAsync(now, "subscription.ended", SubscriptionAsking.Subject(id), new { source = "sms" }, cancellationToken);
            if (ended.Count > 0) had.Add(number);
        }

        return had;
    }
}
