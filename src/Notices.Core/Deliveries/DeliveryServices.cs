using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Notices.Audit;
using Notices.Evidence;
using Notices.Feeds;
using Notices.Operation;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>The section <c>Delivery</c>.</summary>
public sealed class DeliveryOptions
{
    /// <summary>Messages a worker takes at once, at most.</summary>
    public int BatchSize { get; set; } = 1000;

    /// <summary>Messages a worker has under way at once.</summary>
    public int Concurrency { get; set; } = 64;

    /// <summary>Machine time after which a silent worker's messages are taken over; renewed at a third of it.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Machine time a channel has for one message; afterwards nobody knows whether it left.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Machine time that sends under way have to end when the service stops.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Domain time before the second try, the third …; after the last the message has failed. Empty means <see cref="DefaultRetries"/>.</summary>
    public IReadOnlyList<TimeSpan> Retries { get; set; } = DefaultRetries;

    /// <summary>How long a call rings before it counts as not answered.</summary>
    public TimeSpan RingTime { get; set; } = TimeSpan.FromSeconds(40);

    public static readonly IReadOnlyList<TimeSpan> DefaultRetries =
        [TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(2)];

    internal static DeliveryOptions Read(IConfiguration section)
    {
        var options = new DeliveryOptions();
        options.BatchSize = section.GetValue(nameof(BatchSize), options.BatchSize);
        options.Concurrency = section.GetValue(nameof(Concurrency), options.Concurrency);
        options.Lease = section.GetValue(nameof(Lease), options.Lease);
        options.SendTimeout = section.GetValue(nameof(SendTimeout), options.SendTimeout);
        options.RingTime = section.GetValue(nameof(RingTime), options.RingTime);
        options.StopTimeout = section.GetValue(nameof(StopTimeout), options.StopTimeout);
        if (section.GetSection(nameof(Retries)).Get<TimeSpan[]>() is { Length: > 0 } retries) options.Retries = retries;
        var faults = options.Faults().ToList();

        return faults.Count == 0 ? options : throw new OptionsValidationException("Delivery", typeof(DeliveryOptions), faults);
    }

    private IEnumerable<string> Faults()
    {
        if (BatchSize is < 1 or > 5000) yield return $"Delivery:BatchSize is {BatchSize}; it must be from 1 to 5000.";
        if (Concurrency is < 1 or > 1000) yield return $"Delivery:Concurrency is {Concurrency}; it must be from 1 to 1000.";
        if (Lease < TimeSpan.FromSeconds(3) || Lease > TimeSpan.FromMinutes(10)) yield return $"Delivery:Lease is {Lease}; it must be from 00:00:03 to 00:10:00.";
        if (SendTimeout <= TimeSpan.Zero || SendTimeout > TimeSpan.FromMinutes(10)) yield return $"Delivery:SendTimeout is {SendTimeout}; it must be above 0 and at most 00:10:00.";
        if (StopTimeout < TimeSpan.Zero || StopTimeout > TimeSpan.FromMinutes(10)) yield return $"Delivery:StopTimeout is {StopTimeout}; it must be from 0 to 00:10:00.";
        if (RingTime < TimeSpan.FromSeconds(5) || RingTime > TimeSpan.FromMinutes(2)) yield return $"Delivery:RingTime is {RingTime}; it must be from 00:00:05 to 00:02:00.";
        if (Retries.Any(pause => pause <= TimeSpan.Zero)) yield return "Delivery:Retries has a pause of zero or less; each must be above 0, e.g. 00:00:30.";
    }
}

/// <summary>What delivers.</summary>
public static class DeliveryServices
{
    /// <summary>Needs a <c>Func&lt;NoticesDb&gt;</c> that opens a context of its own, both clocks, <see cref="PersonalFill"/>, <see cref="IUnconfirmedPolicy"/>
    /// and the channels.</summary>
    /// <param name="postgreSql">Which database the context speaks to.</param>
    public static IServiceCollection AddDeliveries(this IServiceCollection services, IConfiguration configuration, bool postgreSql)
    {
        services.AddSingleton(_ => DeliveryOptions.Read(configuration.GetSection("Delivery")));
        services.AddSingleton(provider => Providers(provider, configuration.GetSection("Providers")));
        services.AddSingleton(provider => Queue(provider, postgreSql));
        services.AddSingleton<IAllowance>(provider =>
            postgreSql ? new SharedAllowance(provider.GetRequiredService<Func<NoticesDb>>()) : new LocalAllowance(provider.GetRequiredKeyedService<TimeProvider>("machine")));
        services.AddSingleton(provider => new ProviderGates(
            provider.GetRequiredService<IAllowance>(), provider.GetRequiredService<DeliveryOptions>(), provider.GetRequiredKeyedService<TimeProvider>("machine"), provider.GetRequiredService<ILogger<ProviderGates>>()));
        services.AddSingleton(provider => new RoundTexts(provider.GetRequiredService<Func<NoticesDb>>(), provider.GetService<OutageCalendar>()));
        services.AddSingleton(DeliveryDispatcher.Make);
        services.AddSingleton(provider => new DeliveryReceipts(provider.GetRequiredService<Func<NoticesDb>>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(UnconfirmedCheck.Make);
        services.AddSingleton(provider => new CallLedger(
            provider.GetRequiredService<Func<NoticesDb>>(), provider.GetRequiredService<ProviderDirectory>(), provider.GetRequiredService<DeliveryOptions>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(CallWatch.Make);
        services.AddSingleton(provider => new ManualCallDesk(
            provider.GetRequiredService<Func<NoticesDb>>(), provider.GetRequiredService<RoundTexts>(), provider.GetRequiredService<PersonalFill>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredKeyedService<TimeProvider>("machine"), provider.GetService<OperationOptions>()?.IsDrill == true ? provider.GetRequiredService<AuditOptions>() : null));
        services.AddSingleton(provider => new LetterLedger(provider.GetRequiredService<Policy.PolicyBook>(), provider.GetRequiredService<AuditOptions>()));
        services.AddSingleton(Letters);
        services.AddScoped(provider => new LetterImport(
            provider.GetRequiredService<NoticesDb>(), provider.GetRequiredService<AuditTrail>(), provider.GetRequiredService<LetterLedger>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new CallTexts(provider.GetRequiredService<Func<NoticesDb>>(), provider.GetRequiredService<RoundTexts>(), provider.GetRequiredService<PersonalFill>()));
        services.AddSingleton(provider => new CallRecords(provider.GetRequiredService<Func<NoticesDb>>()));
        services.AddSingleton<CallPlaces>().AddHostedService(provider => provider.GetRequiredService<CallPlaces>());
        services.AddSingleton<CallInbox>().AddHostedService(provider => provider.GetRequiredService<CallInbox>());
        services.AddSingleton<ICallSink>(provider => provider.GetRequiredService<CallInbox>());
        services.AddSingleton<ReceiptInbox>();
        services.AddSingleton<IReceiptSink>(provider => provider.GetRequiredService<ReceiptInbox>());
        services.AddHostedService(provider => provider.GetRequiredService<ReceiptInbox>());
        services.AddSingleton(provider => new PollRecording(
            provider.GetRequiredService<Func<NoticesDb>>(), provider.GetRequiredService<IReceiptSink>(), provider.GetRequiredService<IServiceScopeFactory>(), provider.GetRequiredKeyedService<TimeProvider>("machine")));
        services.AddSingleton(ProviderPolling.Make);
        services.AddSingleton(CheckReceipts.Make);
        services.AddScoped<ChannelCheck>();
        services.AddScoped(provider => new RoundDesk(
            provider.GetRequiredService<NoticesDb>(), provider.GetRequiredService<AuditTrail>(), provider.GetRequiredService<IDeliveryQueue>(), provider.GetRequiredService<TimeProvider>()));
        services.AddScoped(provider => new RoundChoices(
            provider.GetRequiredService<NoticesDb>(), provider.GetRequiredService<Func<NoticesDb>>(), provider.GetRequiredService<AuditTrail>(),
            provider.GetRequiredService<Publishing.NoticeRenderer>(), provider.GetRequiredService<TimeProvider>()));
        services.AddScoped(provider => new RoundView(provider.GetRequiredService<NoticesDb>(), provider.GetRequiredService<Func<NoticesDb>>(), provider.GetRequiredService<ForesightReading>()));
        services.AddScoped(provider => new ForesightReading(
            provider.GetRequiredService<Func<NoticesDb>>(), provider.GetRequiredService<ProviderDirectory>(), provider.GetRequiredService<TimeProvider>()));

        return services;
    }

    private static ProviderDirectory Providers(IServiceProvider services, IConfigurationSection section)
    {
        var (channels, machine) = (services.GetServices<ChannelKind>().ToList(), services.GetRequiredKeyedService<TimeProvider>("machine"));

        return services.GetService<OperationOptions>() switch
        {
            { IsDrill: true } => ProviderDirectory.Create(DrillProviders.Section(section, channels), DrillProviders.Channels(channels, services.GetRequiredService<AuditOptions>()), services, machine),
            { IsShadow: true } => ProviderDirectory.Create(ShadowProviders.Section(section, channels), ShadowProviders.Channels(channels), services, machine),
            _ => ProviderDirectory.Create(section, channels, services, machine),
        };
    }

    private static LetterDesk Letters(IServiceProvider services)
    {
        var (open, clock) = (services.GetRequiredService<Func<NoticesDb>>(), services.GetRequiredService<TimeProvider>());
        var reading = new LetterReading(
            open, services.GetRequiredService<RoundTexts>(), services.GetRequiredService<PersonalFill>(), services.GetRequiredService<Policy.PolicyBook>(), clock,
            services.GetService<OperationOptions>()?.IsDrill == true ? services.GetRequiredService<AuditOptions>() : null);

        return new LetterDesk(open, reading, services.GetRequiredService<LetterLedger>(), clock, services.GetService<OperationOptions>()?.IsShadow == true);
    }

    private static IDeliveryQueue Queue(IServiceProvider services, bool postgreSql)
    {
        var (open, clock) = (services.GetRequiredService<Func<NoticesDb>>(), services.GetRequiredService<TimeProvider>());

        return postgreSql ? new PostgreSqlDeliveryQueue(open, clock) : new SqliteDeliveryQueue(open, clock, services.GetRequiredKeyedService<TimeProvider>("machine"));
    }
}
