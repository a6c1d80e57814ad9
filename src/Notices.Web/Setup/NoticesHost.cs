using System.Threading.RateLimiting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Notices.Access;
using Notices.Channels;
using Notices.Deliveries;
using Notices.Jobs;
using Notices.Operation;
using Notices.Public;
using Notices.Storage;
using Notices.Webhooks;

namespace Notices.Setup;

/// <summary>What one process does.</summary>
internal enum HostRole
{
    All,
    Web,
    Worker,
}

/// <summary>How to build a host.</summary>
/// <param name="Settings">Over files and environment; the demonstration and tests use it.</param>
/// <param name="Clock">The domain's clock; null for the system's.</param>
/// <param name="Sandbox">Serves the outbox of the sandbox carriers.</param>
internal sealed record HostRequest(
    string? Urls = null, HostRole Role = HostRole.All, IReadOnlyDictionary<string, string?>? Settings = null, TimeProvider? Clock = null, bool Sandbox = false, bool Quiet = false);

/// <summary>Puts the service together.</summary>
internal static class NoticesHost
{
    /// <summary>Machine time to write back what was sent, once the last send has ended, before the process goes.</summary>
    private static readonly TimeSpan AfterSending = TimeSpan.FromSeconds(20);

    /// <exception cref="SettingsException">A setting is wrong.</exception>
    internal static WebApplication Create(HostRequest request)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, ApplicationName = "notices" });
        // Also where it runs from its build and not as published.
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.UseKestrelHttpsConfiguration();
        var options = Settings(builder.Configuration, request);

        builder.WebHost.UseUrls(request.Urls ?? builder.Configuration["Urls"] ?? "http://localhost:5080");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 1 << 20);
        builder.AddLogs();
        builder.AddTraces();
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Hangfire", LogLevel.Warning).AddFilter("System.Net.Http", LogLevel.Warning)
            .AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Error).AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        if (request.Quiet) builder.Logging.SetMinimumLevel(LogLevel.Warning);

        builder.Services.AddSingleton(request);
        if (request.Clock is not null) builder.Services.AddSingleton(request.Clock);
        builder.Services.AddCore(options, builder.Configuration);
        builder.Services.AddChannels();
        builder.Services.AddAccess(options.SignIn);
        builder.Services.AddConsole();
        builder.Services.AddAntiforgery(forgery => (forgery.Cookie.Name, forgery.Cookie.SameSite, forgery.FormFieldName, forgery.SuppressXFrameOptionsHeader) = ("notices-form", SameSiteMode.Strict, "form", true));
        builder.Services.AddSingleton<Feeds.FeedCache>().AddSingleton<Public.BoardCache>().AddSingleton<Webhooks.WebhookRefusals>().AddSingleton<Webhooks.WebhookReceipts>().AddSingleton<Webhooks.WebhookReplies>().AddSingleton<Webhooks.TwilioProof>().AddSingleton<Webhooks.CallNewsDesk>().AddSingleton<Webhooks.GatewayCalls>();
        builder.Services.ConfigureHttpJsonOptions(json => StrictJson.Configure(json.SerializerOptions));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddOpenApi();
        builder.Services.AddRateLimiter(limits => LimitRates(limits));
        builder.Services.AddHealth(request.Role);
        builder.Services.AddOptions<HostOptions>().Configure<DeliveryOptions>((host, delivery) => host.ShutdownTimeout = delivery.StopTimeout + AfterSending);
        builder.Services.AddScoped<Audit.AuditDownload>();
        builder.Services.AddSingleton(ServiceReadings.Make).AddSingleton<MetricsPage>();
        if (request.Role != HostRole.Web)
        {
            builder.Services.AddJobs(options.Database);
            builder.Services.AddHostedService<PublishingLoop>().AddHostedService<MomentLoop>().AddHostedService<RingLoop>().AddHostedService<ReplyLoop>().AddHostedService<AnswerLoop>().AddHostedService<SubscriptionLoop>().AddHostedService<UrgentDrawingLoop>().AddHostedService<OrdinaryDrawingLoop>()
                .AddHostedService<UrgentSendingLoop>().AddHostedService<OrdinarySendingLoop>()
                .AddHostedService<UpkeepLoop>().AddHostedService<PollLoop>();
        }

        builder.Services.AddSingleton<PostgreSqlBell>().AddHostedService<BellLoop>().AddHostedService<Heartbeat>();

        var app = builder.Build();
        Map(app, request);

        return app;
    }

    /// <summary>Brings the schema up (SQLite) or checks it (PostgreSQL), and starts the jobs.</summary>
    /// <exception cref="SettingsException">The schema is older than the program.</exception>
    internal static async Task PrepareAsync(WebApplication app, HostRole role, CancellationToken cancellationToken)
    {
        // The addresses' handlers and the database's model are the two long pieces of a start and need nothing of each other.
        var addresses = Task.Run(() => app.Services.GetRequiredService<EndpointDataSource>().Endpoints.Count, cancellationToken);
        await using var scope = app.Services.CreateAsyncScope();
        var storage = scope.ServiceProvider.GetRequiredService<StorageStartup>();
        if (!app.Services.GetRequiredService<StorageOptions>().IsPostgreSql) await storage.MigrateAsync(cancellationToken);
        else if (!await DatabaseWait.ForAsync(() => storage.IsCurrentAsync(cancellationToken), app.Services, cancellationToken)) throw new SettingsException(["The database has an older schema; run `notices migrate` first."]);

        await scope.ServiceProvider.GetRequiredService<DatabaseMode>().CheckAsync(cancellationToken);
        if (app.Services.GetRequiredService<OperationOptions>().IsShadow)
            app.Services.GetRequiredService<ILogger<OperationOptions>>().LogWarning("【试运行】SHADOW: nothing is sent and nothing is shown to the public; see /api/v1/reports/shadow.");
        if (app.Services.GetRequiredService<OperationOptions>().IsDrill)
            app.Services.GetRequiredService<ILogger<OperationOptions>>().LogWarning("【演练】DRILL: every message goes to the sandbox, under a pretended address; nobody is told anything.");

        var faults = app.Services.GetRequiredService<Publishing.TemplateFiles>().Check();
        if (faults.Count > 0) throw new SettingsException([.. faults.Select(f => Words.Sentences.Of(f, Words.Languages.English))]);

        // Asked for once, so that a wrong setting stops the start and not the first message.
        var policy = app.Services.GetRequiredService<Policy.PolicyBook>().Options;
        _ = app.Services.GetRequiredService<DeliveryOptions>();
        _ = app.Services.GetRequiredService<Replies.KeywordBook>();
        _ = app.Services.GetRequiredService<Speech.ISpeech>();
        var abroad = Policy.ProcessingPolicy.Faults(policy, app.Services.GetRequiredService<ProviderDirectory>()).ToList();
        if (abroad.Count > 0) throw new SettingsException(abroad);
        if (role != HostRole.Web) app.Services.UseJobs();
        await addresses;
    }

    internal static NoticesOptions Settings(ConfigurationManager configuration, HostRequest request)
    {
        var home = Environment.GetEnvironmentVariable("Home") ?? AppContext.BaseDirectory;
        if (!Directory.Exists(Path.Combine(home, "templates"))) home = AppContext.BaseDirectory;
        configuration.Sources.Clear();
        configuration.AddJsonFile(Path.Combine(home, "config", "notices.json"), optional: true);
        // Files that came after a build are nobody's: an address that names none is answered as any other.
        configuration.AddInMemoryCollection([new("Home", home), new("DisableStaticAssetNotFoundRuntimeFallback", "true")]);
        configuration.AddEnvironmentVariables();
        configuration["Home"] = home;
        if (request.Settings is not null) configuration.AddInMemoryCollection(request.Settings);

        return NoticesOptions.From(configuration);
    }

    private static void Map(WebApplication app, HostRequest request)
    {
        // Named here, with UseEndpoints below, so that PrepareAsync can ask for the finished addresses before the service listens.
        app.UseRouting();
        app.UseCallsInLifeAlone();
        app.UseProblems();
        app.UseReadableAddresses();
        app.UseMissingPages();
        app.UseAuthentication();
        // Before anything is answered, so that keys cannot be tried without limit.
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseMiddleware<IdempotencyKeys>();
        app.UseConsole();

        app.MapHealth();
        app.MapGet("/metrics", MetricsPage.WriteAsync).RequireAuthorization(Access.Metrics).ExcludeFromDescription();
        // From the start: what is counted before the first look counts too.
        _ = app.Services.GetRequiredService<MetricsPage>();
        app.MapDocs();
        Endpoints.Map(app, request);
        app.UseEndpoints(_ => { });
    }

    private static void LimitRates(Microsoft.AspNetCore.RateLimiting.RateLimiterOptions limits)
    {
        limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        // A shift that signs in behind one proxy passes, a list of passwords does not; a household tries its few account numbers, nobody tries them all;
        // a family subscribes for each of its members.
        limits.AddPerAddress(SignInPages.Limit, 60, TimeSpan.FromSeconds(2));
        limits.AddPerAddress(Subscriptions.SubscribePages.Limit, 20, TimeSpan.FromSeconds(30), Subscriptions.SubscribePages.Counts);
        limits.AddPerAddress(Public.StatusPage.AccountLimit, 20, TimeSpan.FromSeconds(3), Public.StatusPage.AsksAccount);
        limits.OnRejected = (rejected, _) =>
        {
            rejected.HttpContext.Response.Headers.RetryAfter = "1";

            return ValueTask.CompletedTask;
        };
        // Per key, or per address without one; feeds are answered from a cache and may be pulled far more often.
        limits.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)
            ? RateLimitPartition.GetTokenBucketLimiter(
                context.User.Holder() ?? context.Connection.RemoteIpAddress?.ToString() ?? "?",
                _ => new TokenBucketRateLimiterOptions { TokenLimit = 1000, TokensPerPeriod = 200, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0 })
            : RateLimitPartition.GetNoLimiter("open"));
    }
}
