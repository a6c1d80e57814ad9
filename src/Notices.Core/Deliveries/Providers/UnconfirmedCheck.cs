using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Notices.Outages;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>Asks providers about messages of which nobody knows whether they left. Found, a message is on its way; surely not there, it is sent as if never tried;
/// where nobody can tell, the policy of its kind says whether it is sent again, marked. A round stays open until its last question is settled.</summary>
public sealed class UnconfirmedCheck
{
    private const int Unconfirmed = (int)DeliveryState.Unconfirmed;

    /// <summary>Questions taken up at once.</summary>
    private const int Chunk = 200;

    private const int AtOnce = 16;

    /// <summary>Domain time a provider has to file a message before it is asked about it.</summary>
    internal static readonly TimeSpan AskAfter = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(30);

    /// <summary>After this, counted from the try, it counts as not to be known.</summary>
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromMinutes(10);

    private readonly Func<NoticesDb> _open;
    private readonly ProviderDirectory _providers;
    private readonly DeliveryReceipts _receipts;
    private readonly RoundTexts _texts;
    private readonly PersonalFill _fill;
    private readonly IUnconfirmedPolicy _policy;
    private readonly DeliveryOptions _options;
    private readonly TimeProvider _clock;
    private readonly TimeProvider _machine;

    internal UnconfirmedCheck(
        Func<NoticesDb> open, ProviderDirectory providers, DeliveryReceipts receipts, RoundTexts texts, PersonalFill fill, IUnconfirmedPolicy policy, DeliveryOptions options,
        TimeProvider clock, TimeProvider machine) =>
        (_open, _providers, _receipts, _texts, _fill, _policy, _options, _clock, _machine) = (open, providers, receipts, texts, fill, policy, options, clock, machine);

    internal static UnconfirmedCheck Make(IServiceProvider services) => new(
        services.GetRequiredService<Func<NoticesDb>>(), services.GetRequiredService<ProviderDirectory>(), services.GetRequiredService<DeliveryReceipts>(),
        services.GetRequiredService<RoundTexts>(), services.GetRequiredService<PersonalFill>(), services.GetRequiredService<IUnconfirmedPolicy>(),
        services.GetRequiredService<DeliveryOptions>(), services.GetRequiredService<TimeProvider>(), services.GetRequiredKeyedService<TimeProvider>("machine"));

    /// <summary>Settles what is due, as far as it can be.</summary>
    /// <returns>How many were asked about.</returns>
    public async Task<int> AskDueAsync(CancellationToken cancellationToken)
    {
        var asked = 0;
        while (true)
        {
            var open = await TakeUpAsync(cancellationToken);
            if (open.Count == 0) return asked;

            asked += open.Count;
            var texts = await _texts.LoadAsync(open.Select(one => one.TextId), cancellationToken);
            var answers = new (LookupAnswer? Answer, string Provider)[open.Count];
            await Parallel.ForEachAsync(
                Enumerable.Range(0, open.Count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                async (i, stopping) => answers[i] = await AskAsync(open[i], texts.GetValueOrDefault(open[i].TextId), stopping));
            await SettleAsync(open, answers, cancellationToken);
            if (open.Count < Chunk) return asked;
        }
    }

    /// <summary>Moved on before anybody is asked: another process then leaves them alone, and should this one die, they come up again.</summary>
    private Task<List<Open>> TakeUpAsync(CancellationToken cancellationToken) => DeliverySql.RunAsync(
        _open,
        async sql =>
        {
            var open = new List<Open>();
            var now = _clock.GetUtcNow();
            await using var take = sql.Command($"""
                UPDATE deliveries SET due_at = @again
                WHERE id {sql.Picked($"SELECT d.id FROM deliveries d WHERE d.state = {Unconfirmed} AND d.due_at < d.expires_at AND d.due_at <= @now ORDER BY d.due_at LIMIT {Chunk}")}
                RETURNING id, medium, address, provider, attempts, expires_at,
                  (SELECT n.kind FROM rounds r JOIN notices n ON n.id = r.notice_id WHERE r.id = deliveries.round_id),
                  (SELECT MAX(a.started_at) FROM attempts a WHERE a.delivery_id = deliveries.id),
                  text_id, place_name, accounts, {DeliveryQueue.BackupStays}
                """);
            take.With("@again", sql.At(now + AskAgainAfter)).With("@now", sql.At(now));
            await using var rows = await take.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken)) open.Add(Read(sql, rows));

            return open;
        },
        cancellationToken);

    private static Open Read(DeliverySql sql, DbDataReader row) => new(
        row.GetInt64(0), Enum.Parse<Medium>(row.GetString(1)), row.IsDBNull(2) ? null : row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3), row.GetInt16(4), sql.ReadAt(row, 5),
        row.IsDBNull(6) ? null : Enum.Parse<OutageKind>(row.GetString(6), true), row.IsDBNull(7) ? sql.ReadAt(row, 5) : sql.ReadAt(row, 7),
        row.GetInt64(8), row.IsDBNull(9) ? null : row.GetString(9), row.GetString(10), !row.IsDBNull(11) && row.GetInt32(11) == 1);

    /// <summary>Where it is not known who had it, since a worker died, everybody who might have is asked.</summary>
    /// <returns>No answer where there is nobody to ask, or not everybody can be.</returns>
    private async Task<(LookupAnswer? Answer, string Provider)> AskAsync(Open open, SendableText? text, CancellationToken cancellationToken)
    {
        var named = open.Provider is null ? null : _providers.Find(open.Provider);
        Provider[] suspects = named is not null ? [named] : [.. _providers.Providers.Where(provider => provider.Media.Contains(open.Medium))];
        var body = text is null ? null : _fill(text.Body, open.PlaceName, open.Accounts, open.BackupStays);
        // Of what a dead worker held it is on record when it was missed, not when it left.
        var question = new LookupQuestion(open.Id, open.Medium, open.Address ?? "", named is null ? null : open.TriedAt, body);
        var all = (LookupAnswer?)LookupAnswer.NotThere;
        foreach (var suspect in suspects)
        {
            if (open.Address is null || suspect.Channel is not IOutcomeLookup lookup) all = null;
            else
            {
                var answer = await AskAsync(lookup, question, cancellationToken);
                if (answer.Kind == LookupKind.Found) return (answer, suspect.Name);
                if (answer.Kind == LookupKind.AskAgain) all = all is null ? null : answer;
            }
        }

        return (suspects.Length == 0 ? null : all, "");
    }

    private async Task<LookupAnswer> AskAsync(IOutcomeLookup lookup, LookupQuestion question, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.SendTimeout, _machine);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await lookup.LookUpAsync(question, both.Token).WaitAsync(_options.SendTimeout, _machine, cancellationToken);
        }
        catch (Exception fault) when (fault is TimeoutException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return LookupAnswer.AskAgain;
        }
    }

    private async Task SettleAsync(List<Open> open, (LookupAnswer? Answer, string Provider)[] answers, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        var found = open.Zip(answers).Where(pair => pair.Second.Answer is { Kind: LookupKind.Found })
            .Select(pair => new ReceiptNews(pair.Second.Provider, pair.Second.Answer!.ProviderMessageId, pair.First.Id, pair.Second.Answer.State, now, "asked")).ToList();
        await _receipts.ApplyAsync(found, cancellationToken);

        var settled = open.Zip(answers, (one, answer) => Settle(one, answer.Answer, now)).Where(one => one is not null).Select(one => one!).ToList();
        if (settled.Count > 0) await DeliverySql.RunAsync(_open, sql => WriteAsync(sql, settled, now, cancellationToken), cancellationToken);
    }

    /// <returns>Null for what is found, or asked about once more.</returns>
    private Settled? Settle(Open open, LookupAnswer? answer, DateTimeOffset now)
    {
        if (answer?.Kind == LookupKind.Found || (answer?.Kind == LookupKind.AskAgain && now - open.TriedAt < GiveUpAfter && now < open.ExpiresAt)) return null;

        var stays = new Settled(open.Id, DeliveryState.Unconfirmed, open.ExpiresAt, null);
        if (now >= open.ExpiresAt) return stays;
        if (answer?.Kind == LookupKind.NotThere)
            return open.Number > _options.Retries.Count ? new Settled(open.Id, DeliveryState.Failed, open.ExpiresAt, DeliveryReasons.RetriesExhausted) : new Settled(open.Id, DeliveryState.Waiting, now, null);

        return OutcomeRules.MaySendAgain(_policy, open.Kind, open.Number, now, open.ExpiresAt) ? new Settled(open.Id, DeliveryState.Waiting, now, DeliveryReasons.SentAgain) : stays;
    }

    private static async Task<bool> WriteAsync(DeliverySql sql, List<Settled> settled, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await sql.ForEachAsync(
            $"""
            UPDATE deliveries SET state = @state, due_at = @due,
              reason = CASE WHEN @state = {Unconfirmed} THEN reason ELSE COALESCE(@reason, CASE WHEN reason = '{DeliveryReasons.SentAgain}' THEN reason END) END
            WHERE id = @id AND state = {Unconfirmed}
            """,
            settled,
            (one, set) =>
            {
                set("@id", one.Id);
                set("@state", (short)one.State);
                set("@due", sql.At(one.DueAt));
                set("@reason", one.Reason);
            },
            cancellationToken);
        await sql.SettleRecipientsAsync(settled.ConvertAll(one => one.Id), cancellationToken);
        await sql.RecordAsync(
            now, "deliveries.asked-about", "deliveries",
            new
            {
                notThere = settled.Count(one => one.State != DeliveryState.Unconfirmed && one.Reason != DeliveryReasons.SentAgain),
                sentAgain = settled.Count(one => one.Reason == DeliveryReasons.SentAgain),
                unconfirmed = settled.Count(one => one.State == DeliveryState.Unconfirmed),
            },
            cancellationToken);

        return true;
    }

    private sealed record Open(
        long Id, Medium Medium, string? Address, string? Provider, short Number, DateTimeOffset ExpiresAt, OutageKind? Kind, DateTimeOffset TriedAt, long TextId, string? PlaceName,
        string Accounts, bool BackupStays);

    private sealed record Settled(long Id, DeliveryState State, DateTimeOffset DueAt, string? Reason);
}
