using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Notices.Access;
using Notices.Announcements;
using Notices.Audience;
using Notices.Audit;
using Notices.Customers;
using Notices.Deliveries;
using Notices.Evidence;
using Notices.Feeds;
using Notices.Network;
using Notices.Operation;
using Notices.Outages;
using Notices.Policy;
using Notices.Publishing;
using Notices.Replies;
using Notices.Retention;
using Notices.Ringing;
using Notices.Storage;
using Notices.Subscriptions;
using Notices.Words;

namespace Notices;

/// <summary>What Core offers, in the order data flows.</summary>
public static class CoreServices
{
    public const string Machine = "machine";

    private const string ApplicationName = "notices";

    public static IServiceCollection AddCore(this IServiceCollection services, NoticesOptions options, IConfiguration configuration)
    {
        services.AddSingleton(options).AddSingleton(options.Database).AddSingleton(options.Audit).AddSingleton(options.Public).AddSingleton(options.Customers).AddSingleton(options.Watch).AddSingleton(options.Operation);
        services.TryAddSingleton(TimeProvider.System);
        services.AddKeyedSingleton(Machine, TimeProvider.System);

        AddStorage(services, options.Database);
        services.AddScoped<AuditTrail>();
        services.AddScoped<KeyRing>();
        services.AddScoped<UserDesk>();
        services.AddScoped<UserEditing>();
        services.AddSingleton(options.SignIn);
        services.AddSingleton(_ => BreachedPasswords.Load(options.Home, options.SignIn.BreachedPasswords));
        services.AddSingleton<PasswordRules>();
        services.AddSingleton<SecretBox>();
        services.AddScoped<SignInDesk>();
        services.AddScoped<AccountDesk>();
        services.AddScoped<OrganisationDirectory>();
        services.AddScoped<Idempotency>();

        services.AddSingleton(_ => ReasonBook.Load(options.Home));
        services.AddScoped<OutagePlanning>();
        services.AddScoped<OutageChecks>();
        services.AddScoped<OutageDesk>();
        services.AddScoped<OutageChanges>();
        services.AddScoped<OutageProgress>();
        services.AddScoped<LegalHold>();
        services.AddScoped<EmergencyDesk>();
        services.AddScoped<StaffRinging>();
        services.AddScoped<OutboxParts>();
        services.AddScoped<RingDispatcher>();
        services.AddScoped<MomentKeeper>();
        services.AddScoped<OutageInsight>();
        services.AddSingleton<OverviewMemory>();
        services.AddScoped<OutageOverview>();
        services.AddScoped<OutageAgenda>();
        services.AddScoped<GridBrowser>();
        services.AddScoped<GridRegistry>();
        services.AddScoped<AnnouncementChecks>();
        services.AddScoped<AnnouncementDrafts>();
        services.AddScoped<AnnouncementDesk>();
        services.AddScoped<OutageLog>();
        services.AddScoped<OutageImport>();
        services.AddScoped<OrganisationImport>();
        services.AddScoped<AreaImport>();
        services.AddScoped<NetworkImport>();
        services.AddScoped<AlternateFeedImport>();
        services.AddScoped<CustomerImport>();
        services.AddScoped<ContactImport>();
        services.AddScoped<RelayImport>();
        services.AddScoped<LedgerImport>();
        services.AddScoped<IdImport>();

        services.AddSingleton(_ => new PolicyBook(LoadPolicy(options)));
        services.AddScoped<PolicyOrganisations>();
        services.AddSingleton<DueAlarm>();

        services.AddSingleton<TemplateFiles>(_ => new TemplateFiles(options.Home));
        services.AddSingleton<EditedTemplates>();
        services.AddSingleton<ITemplateSource>(provider => provider.GetRequiredService<EditedTemplates>());
        services.AddSingleton(provider => new RegisteredCheck(provider.GetRequiredService<ProviderDirectory>));
        services.AddSingleton(provider => new NoticeRenderer(provider.GetRequiredService<ITemplateSource>(), provider.GetRequiredService<RegisteredCheck>(), drill: options.Operation.IsDrill));
        services.AddSingleton<TemplateTrial>();
        services.AddScoped<TemplateCatalog>();
        services.AddScoped<TemplateDesk>();
        services.AddScoped<NoticeFactsBuilder>();
        services.AddSingleton<PublishingTurn>();
        services.AddScoped<NoticePublisher>();
        services.AddScoped<NoticeArchive>();

        services.AddSingleton<DrawingTurn>();
        services.AddScoped<RoundExpansion>();

        services.AddSingleton<Func<NoticesDb>>(provider => () => Open(provider, options.Database));
        services.AddSingleton<IUnconfirmedPolicy>(provider => provider.GetRequiredService<PolicyBook>());
        services.AddSingleton<PersonalFill>(_ => new PersonalTexts().Fill);
        services.AddDeliveries(configuration, options.Database.IsPostgreSql);
        services.AddReplies(options);
        services.AddSubscriptions(options);
        services.AddSingleton(provider => new DeliveryArchive(
            provider.GetRequiredService<Func<NoticesDb>>(), options.Retention, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredKeyedService<TimeProvider>(Machine)));
        services.AddSingleton(provider => new TimedErasure(
            provider.GetRequiredService<Func<NoticesDb>>(), provider.GetRequiredService<PolicyBook>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredKeyedService<TimeProvider>(Machine)));

        services.AddSingleton<CheckpointSigner>();
        services.AddScoped<Checkpoints>();
        services.AddScoped<Certificates>();
        services.AddScoped<ComplianceReports>();
        services.AddScoped<AuditVerifier>();
        services.AddScoped<AuditExport>();
        services.AddScoped<AuditSearch>();
        services.AddScoped<AuditState>();
        services.AddSingleton<AuditVerification>();
        services.AddScoped<PersonErasure>();
        services.AddScoped<CustomerRegistry>();
        services.AddScoped<ContactWork>();
        services.AddScoped<OptingOut>();

        services.AddSingleton<OutageCalendar>();
        services.AddSingleton<DeliveryMarks>();
        services.AddSingleton<AtomFeed>().AddSingleton<CapAlerts>();
        services.AddSingleton<IFeedFormat>(provider => provider.GetRequiredService<AtomFeed>()).AddSingleton<IFeedFormat>(provider => provider.GetRequiredService<CapAlerts>());
        services.AddSingleton<IFeedFormat, CalendarFeed>().AddSingleton<IFeedFormat, GeoJsonFeed>();
        services.AddScoped<PublicFeed>();
        services.AddScoped<AccountLookup>();

        return services;
    }

    private static void AddStorage(IServiceCollection services, StorageOptions storage)
    {
        if (storage.IsPostgreSql)
        {
            services.AddDbContext<NoticesDb, PostgreSqlNoticesDb>(o => o.UseNpgsql(storage.PostgreSqlConnection), optionsLifetime: ServiceLifetime.Singleton);
        }
        else
        {
            Directory.CreateDirectory(Path.GetDirectoryName(storage.SqliteFile)!);
            services.AddDbContext<NoticesDb, SqliteNoticesDb>(o => o.UseSqlite($"Data Source={storage.SqliteFile}").AddInterceptors(new SqliteWaiting()), optionsLifetime: ServiceLifetime.Singleton);
        }

        services.AddScoped<StorageStartup>();
        services.AddScoped<DatabaseMode>();
        services.AddScoped<DrillPreparation>();
        services.AddScoped(provider => new ShadowReports(
            provider.GetRequiredService<NoticesDb>(), provider.GetRequiredService<AuditTrail>(), provider.GetRequiredService<OperationOptions>(), provider.GetRequiredService<PolicyBook>(),
            new ShadowCounting(provider.GetRequiredService<Func<NoticesDb>>(), provider.GetRequiredService<PersonalFill>()), provider.GetRequiredService<TimeProvider>()));
        // In the database, so that every process reads what another one signed or sealed.
        services.AddDataProtection().SetApplicationName(ApplicationName).PersistKeysToDbContext<NoticesDb>();
    }

    /// <summary>A context of the caller's own, outside any scope.</summary>
    private static NoticesDb Open(IServiceProvider services, StorageOptions storage) => storage.IsPostgreSql
        ? new PostgreSqlNoticesDb(services.GetRequiredService<DbContextOptions<PostgreSqlNoticesDb>>())
        : new SqliteNoticesDb(services.GetRequiredService<DbContextOptions<SqliteNoticesDb>>());

    private static PolicyOptions LoadPolicy(NoticesOptions options)
    {
        var loaded = PolicyFile.Load(Path.Combine(options.Home, "config"), options.Policy.Jurisdiction);

        return loaded.Value ?? throw new SettingsException([.. loaded.Problems.Select(p => $"{p.Field}: {Sentences.Of(p, Languages.English)}")]);
    }
}
