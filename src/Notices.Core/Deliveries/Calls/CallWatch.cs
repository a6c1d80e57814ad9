using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Notices.Outages;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>Asks about calls whose end nobody told in time, so that a lost callback delays the next try and loses nothing. A call of which nobody can say how it ended becomes
/// unconfirmed; the policy of its kind says whether it is made again, marked.</summary>
public sealed class CallWatch
{
    private const int Chunk = 200;

    private const int AtOnce = 16;

    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(20);

    /// <summary>After this, counted from its start, a call cannot be under way any more and counts as not to be known.</summary>
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromMinutes(15);

    private readonly Func<NoticesDb> _open;
    private readonly ProviderDirectory _providers;
    private readonly CallLedger _ledger;
    private readonly RoundTexts _texts;
    private readonly PersonalFill _fill;
    private readonly IUnconfirmedPolicy _policy;
    private readonly DeliveryOptions _options;
    private readonly TimeProvider _clock;
    private readonly TimeProvider _machine;

    internal CallWatch(
        Func<NoticesDb> open, ProviderDirectory providers, CallLedger ledger, RoundTexts texts, PersonalFill fill, IUnconfirmedPolicy policy, DeliveryOptions options, TimeProvider clock, TimeProvider machine) =>
        (_open, _providers, _ledger, _texts, _fill, _policy, _options, _clock, _machine) = (open, providers, ledger, texts, fill, policy, options, clock, machine);

    internal static CallWatch Make(IServiceProvider services) => new(
        services.GetRequiredService<Func<NoticesDb>>(), services.GetRequiredService<ProviderDirectory>(), services.GetRequiredService<CallLedger>(), services.GetRequiredService<RoundTexts>(),
        services.GetRequiredService<PersonalFill>(), services.GetRequiredService<IUnconfirmedPolicy>(), services.GetRequiredService<DeliveryOptions>(),
        services.GetRequiredService<TimeProvider>(), services.GetRequiredKeyedService<TimeProvider>("machine"));

    /// <summary>Settles what is due, as far as it can be.</summary>
    /// <returns>How many deliveries moved on or were asked about.</returns>
    public async Task<int> AskDueAsync(CancellationToken cancellationToken)
    {
        var done = await _ledger.SettleAsync(cancellationToken);
        while (true)
        {
            var open = await TakeUpAsync(cancellationToken);
            if (open.Count == 0) return done;

            done += open.Count;
            var texts = await _texts.LoadAsync(open.Select(one => one.TextId), cancellationToken);
            var answers = new IReadOnlyList<CallNews>?[open.Count];
            await Parallel.ForEachAsync(
                Enumerable.Range(0, open.Count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                async (i, stopping) => answers[i] = await AskAsync(open[i], texts.GetValueOrDefault(open[i].TextId), stopping));
            var news = answers.SelectMany(answer => answer ?? []).ToList();
            if (news.Count > 0) await _ledger.ApplyAsync(news, cancellationToken);
            await GiveUpAsync([.. open.Where((one, i) => answers[i]?.Any(told => told.Kind == CallEventKind.Ended) != true && _clock.GetUtcNow() - one.StartedAt >= GiveUpAfter)], cancellationToken);
            if (open.Count < Chunk) return done;
        }
    }

    /// <summary>Moved on before anybody is asked: another process then leaves them alone, and should this one die, they come up again.</summary>
    private Task<List<Open>> TakeUpAsync(CancellationToken cancellationToken) => DeliverySql.RunAsync(
        _open,
        async sql =>
        {
            var (open, now) = (new List<Open>(), _clock.GetUtcNow());
            await using var take = sql.Command($"""
                UPDATE deliveries SET due_at = @again
                WHERE id {sql.Picked($"SELECT d.id FROM deliveries d WHERE {CallSql.ByMachine} AND d.due_at <= @now AND d.expires_at > @now ORDER BY d.due_at LIMIT {Chunk}")}
                RETURNING id, provider, provider_message_id, attempts, expires_at, text_id, place_name, accounts, {DeliveryQueue.BackupStays},
                  (SELECT n.kind FROM rounds r JOIN notices n ON n.id = r.notice_id WHERE r.id = deliveries.round_id),
                  (SELECT MAX(a.started_at) FROM attempts a WHERE a.delivery_id = deliveries.id)
                """);
            take.With("@again", sql.At(now + AskAgainAfter)).With("@now", sql.At(now));
            await using var rows = await take.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken)) open.Add(Read(sql, rows, now));

            return open;
        },
        cancellationToken);

    private static Open Read(DeliverySql sql, DbDataReader row, DateTimeOffset now) => new(
        row.GetInt64(0), row.IsDBNull(1) ? "" : row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), row.GetInt16(3), sql.ReadAt(row, 4), row.GetInt64(5), row.IsDBNull(6) ? null : row.GetString(6),
        row.GetString(7), !row.IsDBNull(8) && row.GetInt32(8) == 1, row.IsDBNull(9) ? null : Enum.Parse<OutageKind>(row.GetString(9), true), row.IsDBNull(10) ? now : sql.ReadAt(row, 10));

    private async Task<IReadOnlyList<CallNews>?> AskAsync(Open open, SendableText? text, CancellationToken cancellationToken)
    {
        if (open.CallId is null || _providers.Find(open.Provider)?.Channel is not ICallChannel channel) return null;

        var spoken = text is null ? null : SpokenText.Of(_fill(text.Body, open.PlaceName, open.Accounts, open.BackupStays));
        using var limit = new CancellationTokenSource(_options.SendTimeout, _machine);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await channel.AskAsync(new CallQuestion(open.Provider, open.Id, open.Number, open.CallId, text?.Language ?? "", spoken), both.Token)
                .WaitAsync(_options.SendTimeout, _machine, cancellationToken);
        }
        catch (Exception fault) when (fault is TimeoutException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private async Task GiveUpAsync(List<Open> lost, CancellationToken cancellationToken)
    {
        if (lost.Count == 0) return;

        var now = _clock.GetUtcNow();
        await DeliverySql.RunAsync(
            _open,
            async sql =>
            {
                await sql.ForEachAsync(
                    $"""
                    UPDATE deliveries SET state = @state, due_at = @due, reason = @reason
                    WHERE id = @id AND attempts = @number AND state = {(int)DeliveryState.Accepted}
                    """,
                    lost,
                    (one, set) =>
                    {
                        var again = OutcomeRules.MaySendAgain(_policy, one.Kind, one.Number, now, one.ExpiresAt);
                        set("@id", one.Id);
                        set("@number", one.Number);
                        set("@state", (short)(again ? DeliveryState.Waiting : DeliveryState.Unconfirmed));
                        set("@due", sql.At(again ? now : one.ExpiresAt));
                        set("@reason", again ? DeliveryReasons.SentAgain : DeliveryReasons.OutcomeUnknown);
                    },
                    cancellationToken);
                await sql.SettleRecipientsAsync(lost.ConvertAll(one => one.Id), cancellationToken);
                await sql.RecordAsync(now, "deliveries.calls-lost", "deliveries", new { count = lost.Count }, cancellationToken);

                return true;
            },
            cancellationToken);
    }

    private sealed record Open(
        long Id, string Provider, string? CallId, short Number, DateTimeOffset ExpiresAt, long TextId, string? PlaceName, string Accounts, bool BackupStays, OutageKind? Kind, DateTimeOffset StartedAt);
}
