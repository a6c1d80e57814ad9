using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Notices.Network;
using Notices.Outages;
using Notices.Policy;
using Notices.Publishing;
using Notices.Storage;
using Notices.Testing;
using Xunit;

namespace Notices.Deliveries;

/// <summary>A database with rounds to deliver, a clock that stands at 2026-11-23 08:00 UTC, and the parts under test around it.</summary>
internal sealed class DeliveryDesk : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private long _organisation;
    private int _notices;

    private DeliveryDesk(TestDatabase database)
    {
        _database = database;
        Queue = NewQueue();
        Receipts = new DeliveryReceipts(Open, Clock);
    }

    internal static readonly IReadOnlySet<Medium> AllMedia = new HashSet<Medium> { Medium.Sms, Medium.Voice, Medium.Email };

    internal FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 23, 8, 0, 0, TimeSpan.Zero));

    internal FakeTimeProvider Machine { get; } = new(new DateTimeOffset(2026, 11, 23, 8, 0, 0, TimeSpan.Zero));

    internal IDeliveryQueue Queue { get; }

    internal DeliveryReceipts Receipts { get; }

    internal CallPlaces Places => field ??= new CallPlaces(Open, TimeProvider.System, NullLogger<CallPlaces>.Instance);

    /// <summary>With a provider that is set to take one message a second.</summary>
    internal Evidence.ForesightReading Foresight => new(
        Open,
        new ProviderDirectory([new Provider("main", new AnsweringChannel(_ => SendOutcome.Accepted(null)), AllMedia, 1) { Limits = ProviderLimits.None with { MessagesPerSecond = 1 } }], TimeProvider.System),
        Clock);

    internal DateTimeOffset Now => Clock.GetUtcNow();

    internal static async Task<DeliveryDesk> OpenAsync(DatabaseKind kind)
    {
        var desk = new DeliveryDesk(await TestDatabase.CreateAsync(kind));
        await using var db = desk.Open();
        var organisation = new Organisation { Code = "JX", Name = "井陉县供电公司", TimeZone = "Asia/Shanghai", Level = OrganisationLevel.County, Path = "/1/" };
        db.Add(organisation);
        await db.SaveChangesAsync();
        desk._organisation = organisation.Id;

        return desk;
    }

    internal NoticesDb Open() => _database.Open();

    /// <summary>Another worker's queue on the same rows.</summary>
    internal IDeliveryQueue NewQueue() => _database.Kind == DatabaseKind.PostgreSql ? new PostgreSqlDeliveryQueue(Open, Clock) : new SqliteDeliveryQueue(Open, Clock, Machine);

    internal DeliveryDispatcher Dispatcher(
        IChannel channel, IUnconfirmedPolicy? policy = null, Action<DeliveryOptions>? options = null, IDeliveryQueue? queue = null, TimeProvider? clock = null, TimeProvider? machine = null,
        IReadOnlySet<Medium>? media = null)
    {
        Provider provider = new("main", channel, media ?? channel.Media, 1);

        return Dispatcher(new ProviderDirectory([provider], TimeProvider.System), options, policy, queue, clock, machine);
    }

    internal DeliveryDispatcher Dispatcher(Provider provider) => Dispatcher(new ProviderDirectory([provider], TimeProvider.System));

    internal DeliveryDispatcher Dispatcher(
        ProviderDirectory providers, Action<DeliveryOptions>? options = null, IUnconfirmedPolicy? policy = null, IDeliveryQueue? queue = null, TimeProvider? clock = null, TimeProvider? machine = null)
    {
        var set = new DeliveryOptions { SendTimeout = TimeSpan.FromSeconds(2), StopTimeout = TimeSpan.FromSeconds(2) };
        options?.Invoke(set);

        return new DeliveryDispatcher(
            queue ?? Queue, providers, new LocalAllowance(TimeProvider.System), new RoundTexts(Open), (body, place, accounts, _) => $"{body}|{place}|{accounts}", policy ?? new Never(), set, Places, clock ?? Clock,
            machine ?? TimeProvider.System, NullLogger<DeliveryDispatcher>.Instance);
    }

    internal ClaimRequest Request(string worker = "w", int size = 1000, TimeSpan? lease = null) => new(worker, size, Now, lease ?? TimeSpan.FromSeconds(20), AllMedia);

    /// <summary>A running round of so many recipients, each with one delivery.</summary>
    internal async Task<Round> RoundAsync(int recipients, short tier = 2, Medium medium = Medium.Sms, OutageKind kind = OutageKind.Planned, Action<Delivery>? shape = null, RoundState state = RoundState.Running)
    {
        await using var db = Open();
        var number = $"JX-2026-{++_notices:0000}";
        var due = new ScheduledNotice { Type = NoticeType.Initial, Key = number, DueAt = Now, Rule = "r", Source = "s", ExpiresAt = Now.AddHours(6), State = ScheduledState.Published };
        db.Add(due);
        await db.SaveChangesAsync();
        var notice = new Notice
        {
            OrganisationId = _organisation,
            ScheduledNoticeId = due.Id,
            Number = number,
            Version = 1,
            Identifier = number + ".1",
            Type = NoticeType.Initial,
            Kind = kind,
            PublishedAt = Now,
            DueAt = Now,
            ExpiresAt = Now.AddHours(6),
            Facts = "{}",
        };
        var round = new Round { Notice = notice, State = state, Audience = "affected", Batch = number, NextTier = 3, CreatedAt = Now, SnapshotAt = Now, ExpiresAt = Now.AddHours(6) };
        db.Add(round);
        await db.SaveChangesAsync();
        var text = new RoundText { RoundId = round.Id, Language = "zh-CN", Medium = medium, Body = "停电通知" };
        db.Add(text);
        await db.SaveChangesAsync();
        await AddAsync(db, round.Id, text.Id, recipients, tier, medium, shape);

        return round;
    }

    /// <summary>More recipients of a round, each with one delivery.</summary>
    internal async Task AddAsync(Round round, int recipients, short tier, Medium medium)
    {
        await using var db = Open();
        var text = new RoundText { RoundId = round.Id, Language = "zh-CN", Medium = medium, Variant = $"{tier}", Body = "停电通知" };
        db.Add(text);
        await db.SaveChangesAsync();
        await AddAsync(db, round.Id, text.Id, recipients, tier, medium, delivery => delivery.Address = delivery.Address!.Replace("+86138", "+86139", StringComparison.Ordinal));
    }

    internal async Task<List<Delivery>> DeliveriesAsync(long roundId)
    {
        await using var db = Open();

        return await db.Deliveries.AsNoTracking().Where(delivery => delivery.RoundId == roundId).OrderBy(delivery => delivery.Id).ToListAsync();
    }

    internal async Task<List<Attempt>> AttemptsAsync()
    {
        await using var db = Open();

        return await db.Attempts.AsNoTracking().OrderBy(attempt => attempt.Id).ToListAsync();
    }

    internal async Task<List<string>> ActionsAsync()
    {
        await using var db = Open();

        return await db.AuditEntries.AsNoTracking().OrderBy(entry => entry.Sequence).Select(entry => entry.Action).ToListAsync();
    }

    internal async Task<T> ReadAsync<T>(Func<NoticesDb, Task<T>> read)
    {
        await using var db = Open();

        return await read(db);
    }

    internal DeliveryOutcome Outcome(ClaimedDelivery claimed, SendOutcome outcome, OutageKind? kind = null, IUnconfirmedPolicy? policy = null) =>
        OutcomeRules.After(claimed, new Try("main", Now, Now, outcome), kind, policy ?? new Never(), new DeliveryOptions());

    /// <summary>The sum holds, and every recipient is what the best of its deliveries is (as far as outcomes have been written).</summary>
    internal async Task SumHoldsAsync(long roundId, int snapshot)
    {
        var counts = await Queue.RoundCountsAsync(roundId, CancellationToken.None);
        Assert.Equal(snapshot, counts.Snapshot);
        Assert.Equal(snapshot, counts.Waiting + counts.InFlight + counts.Acknowledged + counts.Delivered + counts.Sent + counts.Failed + counts.Suppressed + counts.Unconfirmed);
        await using var db = Open();
        var apart = await db.Recipients.Where(recipient => recipient.RoundId == roundId).CountAsync(recipient =>
            recipient.State != db.DeliveryRecipients.Where(link => link.RecipientId == recipient.Id)
                .Join(db.Deliveries, link => link.DeliveryId, delivery => delivery.Id, (_, delivery) => delivery.State == DeliveryState.Claimed ? DeliveryState.Waiting : delivery.State).Max());
        Assert.Equal(0, apart);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task AddAsync(NoticesDb db, long roundId, long textId, int count, short tier, Medium medium, Action<Delivery>? shape)
    {
        var recipients = Enumerable.Range(1, count).Select(i => new Recipient
        {
            RoundId = roundId,
            SupplyPointId = (tier * 1_000_000) + i,
            CustomerId = (tier * 1_000_000) + i,
            Tier = tier,
            Language = "zh-CN",
            AccountTail = $"{i:0000}",
            State = DeliveryState.Waiting,
        }).ToList();
        var deliveries = Enumerable.Range(1, count).Select(i => new Delivery
        {
            RoundId = roundId,
            TextId = textId,
            Medium = medium,
            Address = $"+86138{i:00000000}",
            Tier = tier,
            PlaceName = "东街",
            Accounts = $"{i:0000}",
            State = DeliveryState.Waiting,
            DueAt = Now,
            ExpiresAt = Now.AddHours(6),
        }).ToList();
        foreach (var delivery in deliveries) shape?.Invoke(delivery);
        db.AddRange(recipients);
        db.AddRange(deliveries);
        await db.SaveChangesAsync();
        db.AddRange(recipients.Zip(deliveries, (recipient, delivery) => new DeliveryRecipient { RecipientId = recipient.Id, DeliveryId = delivery.Id }));
        await db.SaveChangesAsync();
    }

    internal sealed class Never : IUnconfirmedPolicy
    {
        public bool SendAgain(OutageKind? kind) => false;
    }

    internal sealed class Emergencies : IUnconfirmedPolicy
    {
        public bool SendAgain(OutageKind? kind) => kind == OutageKind.Emergency;
    }
}

/// <summary>A channel that answers as the test says.</summary>
internal sealed class AnsweringChannel(Func<OutgoingMessage, CancellationToken, Task<SendOutcome>> answer) : IChannel
{
    public AnsweringChannel(Func<OutgoingMessage, SendOutcome> answer) : this((message, _) => Task.FromResult(answer(message)))
    {
    }

    public System.Collections.Concurrent.ConcurrentQueue<OutgoingMessage> Sent { get; } = new();

    public string Name => "answering";

    public IReadOnlySet<Medium> Media => DeliveryDesk.AllMedia;

    public Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        Sent.Enqueue(message);

        return answer(message, cancellationToken);
    }
}
