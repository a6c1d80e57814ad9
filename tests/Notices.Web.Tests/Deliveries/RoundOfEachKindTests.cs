using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Customers;
using Notices.Outages;
using Notices.Testing;
using Notices.Webhooks;

namespace Notices.Deliveries;

/// <summary>A round of each kind of outage on the real service, by a real Kannel and a real mail server, with what both tell of it afterwards.</summary>
public sealed class RoundOfEachKindTests
{
    /// <summary>Who has a mail address besides, or alone, and what becomes of a mail to it.</summary>
    private static readonly (string CustomerNo, string Address, bool Alone, DeliveryState End, string? Reason)[] Mailed =
    [
        ("C0000", "c0@example.net", false, DeliveryState.Accepted, null),
        ("C0003", "c3@example.net", true, DeliveryState.Accepted, null),
        ("C0004", "c4@example.net", false, DeliveryState.Accepted, null),
        ("C0005", "unknown@example.net", true, DeliveryState.Failed, "refused-by-carrier"),
        ("C0006", "c6@gone.example", true, DeliveryState.Failed, "not-delivered"),
    ];

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task It_reaches_everyone_and_reports_replies_and_bounces_come_back(DatabaseKind database)
    {
        var missing = KannelGateway.Missing ?? MailServers.Missing;
        Assert.SkipWhen(missing is not null && Environment.GetEnvironmentVariable("CI") != "true", missing ?? "");
        using var home = new HomeWithMail();
        await using var relay = new PortRelay();
        await using var gateway = await KannelGateway.StartAsync(replies: KannelService.Replies(relay.Address));
        await using var mail = await MailServers.StartAsync();
        await using var life = await Life.StartAsync(database, settings: Settings(home.Folder, gateway, mail, relay.Address));
        relay.PassTo(life.Host.Address);
        await AddMailAsync(life);

        var replier = 7;
        foreach (var (kind, tell) in Stories(life))
        {
            await tell();
            var round = await TheRoundAsync(life, kind);
            await TestHost.UntilAsync(async () => (await SmsAsync(life, round)).TrueForAll(row => row.State == DeliveryState.Delivered), $"every message of the {kind} round reported", 60);
            await EndsAsync(life, round, kind);

            // The message the customer can read is the one that is on record.
            var messages = await SmsAsync(life, round);
            Assert.Equal(9, messages.Count);
            await AsSentAsync(life, gateway, messages);

            // One answers, with the number the message centre knows: without a plus.
            var answer = messages.Single(row => row.Address == Life.Phone(replier));
            await gateway.SendInAsync(Life.Phone(replier++)[1..], "1");
            await TestHost.UntilAsync(async () => (await SmsAsync(life, round)).Single(row => row.Id == answer.Id).State == DeliveryState.Acknowledged, $"the {kind} round acknowledged", 30);
            await CountedAsync(life, round);
        }

        Assert.Equal(0, mail.Count()); // Each bounce was read, kept and taken away.
        await life.ProveAsync();
    }

    /// <summary>The kinds in an order in which none is in another's way, and how each comes to its round.</summary>
    private static IEnumerable<(string Kind, Func<Task> Tell)> Stories(Life life)
    {
        Task DeclareAsync(object emergency) => life.Host.PostAsync(Role.Dispatcher, "/api/v1/emergencies", emergency, 202);
        async Task PlannedAsync(JsonObject plan, string due)
        {
            await life.ApprovedAsync(plan, new { confirm = (string[])["repeated-outage", "longer-than-12-hours"] });
            await ToAsync(life, due);
        }

        yield return ("emergency", () => DeclareAsync(new { kind = "emergency", organisation = TestCounty.Code, feeders = (string[])[TestCounty.Feeder], minutesLeft = 30, estimatedRestoration = Life.At("2026-11-16T12:00:00") }));
        yield return ("fault", async () =>
        {
            await EndAsync(life, "2026-11-16T09:30:00");
            await ToAsync(life, "2026-11-16T14:00:00");
            await DeclareAsync(new { kind = "fault", organisation = TestCounty.Code, feeders = (string[])[TestCounty.Feeder], nextUpdateBy = Life.At("2026-11-16T16:00:00"), reason = "wind" });
            await ToAsync(life, "2026-11-16T14:05:00");
        }
        );
        yield return ("planned", async () =>
        {
            await EndAsync(life, "2026-11-16T15:00:00");
            await PlannedAsync(Life.Plan(TestCounty.Feeder, "2026-12-01T08:00:00", "2026-12-01T18:00:00"), "2026-11-23T09:00:00");
        }
        );
        yield return ("temporary", () => PlannedAsync(Life.Plan(TestCounty.Feeder, "2026-11-26T12:00:00", "2026-11-26T17:00:00").With("kind", "temporary"), "2026-11-25T10:00:00"));
        yield return ("rationing", () => PlannedAsync(
            Life.Plan(TestCounty.Feeder, "2026-12-05T12:00:00", "2026-12-05T17:00:00").With("kind", "rationing").With("announceAt", "2026-11-27T09:30:00+08:00"), "2026-11-27T09:30:00"));
    }

    private static Task ToAsync(Life life, string moment) => life.GoToAsync(Life.At(moment));

    /// <summary>What runs is over, and its people told so.</summary>
    private static async Task EndAsync(Life life, string moment)
    {
        await ToAsync(life, moment);
        await using var db = life.Host.Database.Open();
        foreach (var number in await db.Outages.Where(outage => outage.RestoredAt == null).Select(outage => outage.Number).ToListAsync()) await life.DoAsync(number, "restore");
        await life.SettleAsync();
    }

    private static async Task<long> TheRoundAsync(Life life, string kind)
    {
        var outageKind = Enum.Parse<OutageKind>(kind, true);
        long round = 0;
        await TestHost.UntilAsync(
            async () =>
            {
                await using var db = life.Host.Database.Open();
                round = await db.Rounds.Where(r => r.State == RoundState.Running && r.Notice!.Type == Publishing.NoticeType.Initial && r.Notice.Kind == outageKind).Select(r => r.Id).SingleOrDefaultAsync();

                return round != 0;
            },
            $"a round of the {kind} outage");

        return round;
    }

    /// <summary>Every text as the message centre got it is the one its round has.</summary>
    private static async Task AsSentAsync(Life life, KannelGateway gateway, List<Delivery> messages)
    {
        await using var db = life.Host.Database.Open();
        var texts = messages.Select(row => row.TextId).Distinct().ToList();
        var bodies = await db.RoundTexts.Where(text => texts.Contains(text.Id)).ToDictionaryAsync(text => text.Id, text => text.Body);
        foreach (var message in messages)
        {
            var sent = string.Concat(gateway.Parts.Where(part => part.To == message.Address).Select(part => part.Text));
            Assert.Contains(bodies[message.TextId][..20], sent, StringComparison.Ordinal);
        }
    }

    /// <summary>Whom a mail alone could reach and did not counts as failed, everybody else as told.</summary>
    private static async Task CountedAsync(Life life, long round)
    {
        var counts = (await life.Host.GetAsync(Role.Auditor, $"/api/v1/rounds/{round}"))["counts"]!;
        Assert.Equal((12, 1, 8, 1, 2), ((int)counts["snapshot"]!, (int)counts["acknowledged"]!, (int)counts["delivered"]!, (int)counts["inFlight"]!, (int)counts["failed"]!));
    }

    private static async Task<List<Delivery>> SmsAsync(Life life, long round)
    {
        await using var db = life.Host.Database.Open();

        return await db.Deliveries.AsNoTracking().Where(row => row.RoundId == round && row.Medium == Medium.Sms && row.State != DeliveryState.Suppressed).ToListAsync();
    }

    /// <summary>Every mail comes to the end its server gives it: at once, or by what it sends back.</summary>
    private static async Task EndsAsync(Life life, long round, string kind)
    {
        var expected = Mailed.Select(one => (one.Address, one.End, one.Reason)).Order().ToList();
        List<(string, DeliveryState, string?)> found = [];
        for (var left = 300; left > 0 && !found.SequenceEqual(expected); left--)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            await using var db = life.Host.Database.Open();
            var rows = await db.Deliveries.AsNoTracking().Where(row => row.RoundId == round && row.Medium == Medium.Email).ToListAsync();
            found = [.. rows.Select(row => (row.Address!, row.State, row.Reason)).Order()];
        }

        Assert.True(found.SequenceEqual(expected), $"{kind}: {string.Join("; ", found)}");
    }

    private static async Task AddMailAsync(Life life)
    {
        await using var db = life.Host.Database.Open();
        foreach (var (no, address, alone, _, _) in Mailed)
        {
            var customer = await db.Customers.Include(c => c.Contacts).SingleAsync(c => c.CustomerNo == no);
            if (alone) customer.Contacts.Clear();
            customer.Contacts.Add(new Contact { Kind = ContactKind.Email, Address = address, Ordinal = 2, Source = "import" });
        }

        await db.SaveChangesAsync();
    }

    private static Dictionary<string, string?> Settings(string home, KannelGateway gateway, MailServers mail, Uri reports) => new(KannelService.Settings(gateway.Address, reports))
    {
        ["Home"] = home,
        ["Providers:mail:Channel"] = "email",
        ["Providers:mail:Host"] = "localhost",
        ["Providers:mail:Port"] = mail.SmtpPort.ToString(CultureInfo.InvariantCulture),
        ["Providers:mail:From"] = "停电通知 <notices@example.org>",
        ["Providers:mail:User"] = MailServers.User,
        ["Providers:mail:Password"] = MailServers.Password,
        ["Providers:mail:AuthorityFile"] = mail.AuthorityFile,
        ["Providers:mail:Bounces:Host"] = "localhost",
        ["Providers:mail:Bounces:Port"] = mail.ImapsPort.ToString(CultureInfo.InvariantCulture),
        ["Providers:mail:Bounces:User"] = "bounces",
        ["Providers:mail:Bounces:Password"] = MailServers.Password,
        ["Providers:mail:Bounces:Every"] = "00:00:01",
    };

    /// <summary>The service's own files, with a policy that sends everyone a mail beside the SMS whatever the kind, as a company may decide.</summary>
    private sealed class HomeWithMail : IDisposable
    {
        internal HomeWithMail()
        {
            Folder = Directory.CreateTempSubdirectory("notices-home-").FullName;
            foreach (var part in (string[])["config", "templates"])
            {
                foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, part), "*", SearchOption.AllDirectories))
                {
                    var copy = Path.Combine(Folder, Path.GetRelativePath(AppContext.BaseDirectory, file));
                    Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                    File.Copy(file, copy);
                }
            }

            var path = Path.Combine(Folder, "config", "policy", "cn.json");
            var policy = JsonNode.Parse(File.ReadAllText(path))!;
            foreach (var (_, kind) in policy["kinds"]!.AsObject())
            {
                foreach (var tier in (string[])["tier0", "tier1", "tier2"]) kind!["contacts"]![tier] = new JsonObject { ["media"] = new JsonArray("sms", "email"), ["mode"] = "allAtOnce" };
            }

            File.WriteAllText(path, policy.ToJsonString());
        }

        internal string Folder { get; }

        public void Dispose() => Directory.Delete(Folder, true);
    }
}
