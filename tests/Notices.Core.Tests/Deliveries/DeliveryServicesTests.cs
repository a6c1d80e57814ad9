using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Notices.Audit;
using Notices.Storage;
using Notices.Testing;
using Xunit;

namespace Notices.Deliveries;

public class DeliveryServicesTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Registered_as_a_host_does_it_messages_leave_and_their_receipts_come_home(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(20);
        await using var services = Services(desk, kind, ("Providers:main:Channel", "answering"), ("Delivery:Concurrency", "4"));

        Assert.Equal(20, await services.GetRequiredService<DeliveryDispatcher>().DispatchDueAsync(CancellationToken.None));
        foreach (var delivery in await desk.DeliveriesAsync(round.Id))
            await services.GetRequiredService<IReceiptSink>().PostAsync(new ReceiptNews("main", null, delivery.Id, DeliveryState.Delivered, desk.Now), CancellationToken.None);
        await services.GetRequiredService<ReceiptInbox>().FlushAsync(CancellationToken.None);

        await using var scope = services.CreateAsyncScope();
        Assert.NotNull(scope.ServiceProvider.GetRequiredService<RoundDesk>());
        Assert.Equal(20, (await scope.ServiceProvider.GetRequiredService<RoundView>().FindAsync(round.Id, Access.Actor.System, CancellationToken.None))!.Counts.Delivered);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task What_is_recorded_for_a_web_hook_is_in_the_database_before_it_answers_and_an_earlier_status_never_overwrites_a_later_one(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(2);
        await using var services = Services(desk, kind, ("Providers:main:Channel", "answering"));
        await services.GetRequiredService<DeliveryDispatcher>().DispatchDueAsync(CancellationToken.None);
        var ids = (await desk.DeliveriesAsync(round.Id)).ConvertAll(row => row.Id);
        var (sink, inbox) = (services.GetRequiredService<IReceiptSink>(), services.GetRequiredService<ReceiptInbox>());
        Task RecordAsync(long id, DeliveryState state) => sink.RecordAsync(new ReceiptNews("main", "SM1", id, state, desk.Now), CancellationToken.None);

        // Within one batch, then in later ones; the second message's end is bad.
        Task[] first = [RecordAsync(ids[0], DeliveryState.Delivered), RecordAsync(ids[0], DeliveryState.Accepted), RecordAsync(ids[1], DeliveryState.Failed), RecordAsync(999_999, DeliveryState.Delivered)];
        Assert.All(first, task => Assert.False(task.IsCompleted));
        await inbox.FlushAsync(CancellationToken.None);
        await Task.WhenAll(first);
        Assert.Equal([DeliveryState.Delivered, DeliveryState.Failed], (await desk.DeliveriesAsync(round.Id)).Select(row => row.State));

        await inbox.StartAsync(CancellationToken.None);
        foreach (var (id, state) in new[] { (ids[0], DeliveryState.Failed), (ids[0], DeliveryState.Accepted), (ids[1], DeliveryState.Accepted) }) await RecordAsync(id, state);
        await inbox.StopAsync(CancellationToken.None);

        Assert.Equal([DeliveryState.Delivered, DeliveryState.Failed], (await desk.DeliveriesAsync(round.Id)).Select(row => row.State));
        await desk.SumHoldsAsync(round.Id, 2);
    }

    [Fact]
    public async Task A_wrong_setting_is_named_in_a_sentence()
    {
        await using var desk = await DeliveryDesk.OpenAsync(DatabaseKind.Sqlite);
        await using var services = Services(desk, DatabaseKind.Sqlite, ("Delivery:Concurrency", "0"), ("Delivery:Lease", "00:00:01"), ("Delivery:Retries:0", "00:00:00"));

        var fault = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<DeliveryDispatcher>());

        Assert.Equal(3, fault.Failures.Count());
        Assert.Contains("Delivery:Concurrency is 0; it must be from 1 to 1000.", fault.Failures);
    }

    private static ServiceProvider Services(DeliveryDesk desk, DatabaseKind kind, params IEnumerable<(string Key, string Value)> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))).Build();

        return new ServiceCollection().AddLogging()
            .AddSingleton<TimeProvider>(desk.Clock).AddKeyedSingleton("machine", TimeProvider.System)
            .AddSingleton<Func<NoticesDb>>(desk.Open).AddScoped(_ => desk.Open()).AddScoped<AuditTrail>()
            .AddSingleton<PersonalFill>((body, _, _, _) => body).AddSingleton<IUnconfirmedPolicy, DeliveryDesk.Never>()
            .AddSingleton(new ChannelKind("answering", typeof(AnsweringChannel), (_, _) => new AnsweringChannel(message => SendOutcome.Accepted($"m{message.DeliveryId}", true))))
            .AddDeliveries(configuration, kind == DatabaseKind.PostgreSql)
            .BuildServiceProvider();
    }
}
