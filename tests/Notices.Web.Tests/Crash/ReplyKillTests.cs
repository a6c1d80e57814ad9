using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Notices.Audit;
using Notices.Replies;
using Notices.Ringing;
using Notices.Testing;

namespace Notices.Crash;

/// <summary><c>kill -9</c> while replies come in, are applied and answered: what was answered to the provider is kept, each has effect once and is answered once at most.</summary>
public class ReplyKillTests
{
    private const int Replies = 120;
    private const string Key = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=";

    private static readonly string Check = Convert.ToHexStringLower(HMACSHA256.HashData(Convert.FromBase64String(Key), "kannel-inbound\ngate"u8).AsSpan(0, 16));

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Killed_amid_replies_it_loses_none_and_answers_each_once_at_most(DatabaseKind kind)
    {
        var got = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        await using var gate = new HttpSink();
        gate.AnswerLater = async body =>
        {
            got.AddOrUpdate(body, 1, (_, times) => times + 1);
            await Task.Delay(20);

            return HttpSink.Ok("0: Accepted for delivery");
        };
        await using var county = await CrashCounty.SeedAsync(kind);
        foreach (var (name, value) in (IEnumerable<(string, string)>)[("Channel", "kannel"), ("Address", gate.Address.ToString()), ("User", "u"), ("Password", "p"), ("ReportKey", Key)])
            county.Settings["Providers:gate:" + name] = value;
        var kept = new ConcurrentDictionary<int, bool>();

        // Killed while half are told, and once more while they are answered.
        for (var (round, enough) = (0, Replies / 4); round < 2; round++, enough = Replies / 2)
        {
            await using var service = await ServiceProcess.StartAsync(county.Settings);
            var telling = TellAsync(service.Address, kept);
            await TestHost.UntilAsync(() => Task.FromResult(kept.Count >= enough && got.Count > round * 10), "told and answered in part");
            await service.KillAsync();
            await telling;
        }

        await using var db = county.Database.Open();
        var there = (await db.Replies.Select(reply => reply.MessageKey).ToListAsync()).ToHashSet(StringComparer.Ordinal);
        Assert.All(kept.Keys, i => Assert.Contains($"id:{i}", there));

        await using var last = await ServiceProcess.StartAsync(county.Settings);
        await TellAsync(last.Address, kept);
        Assert.Equal(Replies, kept.Count);
        // What a killed worker held is taken for lost after its lease, which is a minute.
        await TestHost.UntilAsync(
            async () => !await db.Replies.AnyAsync(reply => reply.Batch == null) && await db.ReplyAnswers.CountAsync(answer => answer.State == OutboxState.Sent || answer.State == OutboxState.Unconfirmed) == Replies,
            "all applied and answered", 120);

        Assert.Equal(Replies, await db.Replies.CountAsync());
        var answers = await db.ReplyAnswers.AsNoTracking().ToListAsync();
        Assert.All(got, text => Assert.Equal(1, text.Value));
        Assert.All(answers.Where(answer => answer.State == OutboxState.Sent), answer => Assert.True(got.ContainsKey(answer.Body), answer.Body));
        await last.KillAsync();
        var actor = new Access.Actor("auditor", new HashSet<Access.Role> { Access.Role.Auditor }, "/");
        var verdict = await new AuditVerifier(db, new Evidence.CheckpointSigner(new AuditOptions { PersonalDataKey = county.Settings["Audit:PersonalDataKey"]!, SigningKey = county.Settings["Audit:SigningKey"]! }))
            .VerifyAsync(actor, null, null, default);
        Assert.True(verdict.Value!.Ok, verdict.Value.Fault?.Problem.Code);
    }

    /// <summary>Tells those that are not known to be kept, some at once, as a gateway does; each asks for an account of its own, so that its answer is its own.</summary>
    private static async Task TellAsync(Uri address, ConcurrentDictionary<int, bool> kept)
    {
        using var client = new HttpClient { BaseAddress = address };
        await Parallel.ForEachAsync(Enumerable.Range(1000, Replies).Where(i => !kept.ContainsKey(i)).ToList(), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, stopping) =>
        {
            try
            {
                using var answer = await client.GetAsync(new Uri($"webhooks/kannel/inbound?provider=gate&check={Check}&id={i}&from=%2B861380001{i}&to=95598&text=STATUS+{i}", UriKind.Relative), stopping);
                if (answer.StatusCode == HttpStatusCode.OK) kept[i] = true;
            }
            catch (HttpRequestException)
            {
                // Killed meanwhile: told again.
            }
        });
    }
}
