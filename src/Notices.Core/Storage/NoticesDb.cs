using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Announcements;
using Notices.Audit;
using Notices.Broadcasters;
using Notices.Customers;
using Notices.Deliveries;
using Notices.Emergencies;
using Notices.Evidence;
using Notices.Hotline;
using Notices.Network;
using Notices.Operation;
using Notices.Outages;
using Notices.Policy;
using Notices.Publishing;
using Notices.Replies;
using Notices.Retention;
using Notices.Ringing;
using Notices.Subscriptions;

namespace Notices.Storage;

/// <summary>Every table, in one context: what is written and its audit record share a transaction. How it maps stands in <see cref="Tables"/>.</summary>
public abstract class NoticesDb(DbContextOptions options) : IdentityUserContext<User>(options), IDataProtectionKeyContext
{
    public DbSet<UserRole> Roles => Set<UserRole>();
    public DbSet<FormerPassword> FormerPasswords => Set<FormerPassword>();
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();
    public DbSet<IdempotentAnswer> IdempotentAnswers => Set<IdempotentAnswer>();
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    public DbSet<Organisation> Organisations => Set<Organisation>();
    public DbSet<Substation> Substations => Set<Substation>();
    public DbSet<Feeder> Feeders => Set<Feeder>();
    public DbSet<Section> Sections => Set<Section>();
    public DbSet<Transformer> Transformers => Set<Transformer>();
    public DbSet<AlternateFeed> AlternateFeeds => Set<AlternateFeed>();
    public DbSet<Place> Places => Set<Place>();
    public DbSet<Area> Areas => Set<Area>();
    public DbSet<ExternalId> ExternalIds => Set<ExternalId>();

    public DbSet<Customer> Customers => Set<Customer>();
    public DbSet<SupplyPoint> SupplyPoints => Set<SupplyPoint>();
    public DbSet<Contact> Contacts => Set<Contact>();
    public DbSet<LiaisonOfficer> LiaisonOfficers => Set<LiaisonOfficer>();
    public DbSet<RelayPerson> RelayPersons => Set<RelayPerson>();
    public DbSet<OptOut> OptOuts => Set<OptOut>();

    public DbSet<Outage> Outages => Set<Outage>();
    public DbSet<OutageWindow> OutageWindows => Set<OutageWindow>();
    public DbSet<OutageScope> OutageScopes => Set<OutageScope>();
    public DbSet<OutagePlace> OutagePlaces => Set<OutagePlace>();
    public DbSet<OutageTransformer> OutageTransformers => Set<OutageTransformer>();
    public DbSet<CutConsent> CutConsents => Set<CutConsent>();
    public DbSet<Announcement> Announcements => Set<Announcement>();
    public DbSet<Incident> Incidents => Set<Incident>();
    public DbSet<ManualCall> ManualCalls => Set<ManualCall>();
    public DbSet<SwitchCheck> SwitchChecks => Set<SwitchCheck>();

    public DbSet<ScheduledNotice> ScheduledNotices => Set<ScheduledNotice>();
    public DbSet<ScheduledMoment> ScheduledMoments => Set<ScheduledMoment>();
    public DbSet<StaffRing> StaffRings => Set<StaffRing>();
    public DbSet<Notice> Notices => Set<Notice>();
    public DbSet<NoticeText> NoticeTexts => Set<NoticeText>();
    public DbSet<TemplateOverride> TemplateOverrides => Set<TemplateOverride>();

    public DbSet<Round> Rounds => Set<Round>();
    public DbSet<RoundText> RoundTexts => Set<RoundText>();
    public DbSet<Recipient> Recipients => Set<Recipient>();
    public DbSet<Delivery> Deliveries => Set<Delivery>();
    public DbSet<DeliveryRecipient> DeliveryRecipients => Set<DeliveryRecipient>();
    public DbSet<RelayTelling> RelayTellings => Set<RelayTelling>();
    public DbSet<RelayDelivery> RelayDeliveries => Set<RelayDelivery>();
    public DbSet<Attempt> Attempts => Set<Attempt>();
    public DbSet<Receipt> Receipts => Set<Receipt>();
    public DbSet<CallEvent> CallEvents => Set<CallEvent>();
    public DbSet<LetterNames> LetterNames => Set<LetterNames>();
    public DbSet<ArchivedDelivery> DeliveriesArchive => Set<ArchivedDelivery>();
    public DbSet<ArchivedLink> DeliveryRecipientsArchive => Set<ArchivedLink>();
    public DbSet<ArchivedAttempt> AttemptsArchive => Set<ArchivedAttempt>();
    public DbSet<ArchivedReceipt> ReceiptsArchive => Set<ArchivedReceipt>();
    public DbSet<ArchivedCallEvent> CallEventsArchive => Set<ArchivedCallEvent>();
    public DbSet<ArchivedReply> RepliesArchive => Set<ArchivedReply>();
    public DbSet<ProviderAllowance> ProviderAllowances => Set<ProviderAllowance>();
    public DbSet<ProviderPlace> ProviderPlaces => Set<ProviderPlace>();
    public DbSet<ShadowDay> ShadowDays => Set<ShadowDay>();
    public DbSet<TestMessage> TestMessages => Set<TestMessage>();

    public DbSet<Broadcaster> Broadcasters => Set<Broadcaster>();
    public DbSet<PullReceipt> PullReceipts => Set<PullReceipt>();
    public DbSet<Airing> Airings => Set<Airing>();
    public DbSet<Reply> Replies => Set<Reply>();
    public DbSet<ReplyAnswer> ReplyAnswers => Set<ReplyAnswer>();
    public DbSet<Enquiry> Enquiries => Set<Enquiry>();
    public DbSet<Subscription> Subscriptions => Set<Subscription>();
    public DbSet<SubscriptionMessage> SubscriptionMessages => Set<SubscriptionMessage>();
    public DbSet<SubscriptionTelling> SubscriptionTellings => Set<SubscriptionTelling>();
    public DbSet<SubscriptionDelivery> SubscriptionDeliveries => Set<SubscriptionDelivery>();

    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();
    public DbSet<AuditHead> AuditHeads => Set<AuditHead>();
    public DbSet<Checkpoint> Checkpoints => Set<Checkpoint>();
    public DbSet<RoundCertificate> Certificates => Set<RoundCertificate>();

    public DbSet<Peer> Peers => Set<Peer>();
    public DbSet<Reading> Readings => Set<Reading>();

    /// <summary>How this database takes an instant in raw SQL.</summary>
    internal abstract object Instant(DateTimeOffset value);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<OutageKind>().HaveConversion<LowerCaseEnum<OutageKind>>().HaveMaxLength(16);
        configurationBuilder.Properties<OutageStatus>().HaveConversion<string>().HaveMaxLength(16);
        configurationBuilder.Properties<NoticeType>().HaveConversion<string>().HaveMaxLength(16);
        configurationBuilder.Properties<TemplateState>().HaveConversion<string>().HaveMaxLength(16);
        configurationBuilder.Properties<ScheduledState>().HaveConversion<string>().HaveMaxLength(16);
        configurationBuilder.Properties<MomentKind>().HaveConversion<string>().HaveMaxLength(20);
        configurationBuilder.Properties<MomentState>().HaveConversion<string>().HaveMaxLength(16);
        configurationBuilder.Properties<OutboxState>().HaveConversion<string>().HaveMaxLength(16);
        configurationBuilder.Properties<StaffPost>().HaveConversion<string>().HaveMaxLength(16);
        configurationBuilder.Properties<RoundState>().HaveConversion<string>().HaveMaxLength(16);
        configurationBuilder.Properties<AnnouncementStatus>().HaveConversion<string>().HaveMaxLength(16);
        configurationBuilder.Properties<OrganisationLevel>().HaveConversion<string>().HaveMaxLength(16);
        configurationBuilder.Properties<Role>().HaveConversion<string>().HaveMaxLength(16);
        configurationBuilder.Properties<Medium>().HaveConversion<string>().HaveMaxLength(16);
        configurationBuilder.Properties<SupplyClass>().HaveConversion<string>().HaveMaxLength(16);
        configurationBuilder.Properties<SupplyRole>().HaveConversion<string>().HaveMaxLength(16);
        configurationBuilder.Properties<ContactKind>().HaveConversion<string>().HaveMaxLength(16);
        configurationBuilder.Properties<KeyGrade>().HaveConversion<string>().HaveMaxLength(16);
        configurationBuilder.Properties<Vulnerability>().HaveConversion<string>().HaveMaxLength(16);
        configurationBuilder.Properties<LossProne>().HaveConversion<string>().HaveMaxLength(16);
        configurationBuilder.Properties<Dependency>().HaveConversion<string>().HaveMaxLength(16);
        configurationBuilder.Properties<Words.LocalText>().HaveConversion<LocalTextColumn>();
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        Tables.Map(builder);
    }
}
