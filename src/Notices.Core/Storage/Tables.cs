using System.Text;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Announcements;
using Notices.Audit;
using Notices.Broadcasters;
using Notices.Customers;
using Notices.Emergencies;
using Notices.Hotline;
using Notices.Network;
using Notices.Operation;
using Notices.Outages;
using Notices.Policy;
using Notices.Publishing;
using Notices.Replies;
using Notices.Ringing;
using Notices.Subscriptions;

namespace Notices.Storage;

/// <summary>Keys, indexes and links. Names are snake_case, so raw SQL reads the same on both databases.</summary>
internal static class Tables
{
    internal static void Map(ModelBuilder model)
    {
        MapAccess(model);
        MapNetwork(model);
        MapCustomers(model);
        MapOutages(model);
        MapPublishing(model);
        DeliveryTables.Map(model);
        ArchiveTables.Map(model);
        MapAround(model);
        MapAudit(model);
        NameInSnakeCase(model);
    }

    private static void MapAccess(ModelBuilder model)
    {
        model.Entity<UserRole>(role =>
        {
            role.HasKey(r => new { r.UserId, r.Role });
            role.HasOne<User>().WithMany(u => u.Roles).HasForeignKey(r => r.UserId);
        });
        model.Entity<User>().HasOne(u => u.Organisation).WithMany().HasForeignKey(u => u.OrganisationId).OnDelete(DeleteBehavior.Restrict);
        model.Entity<FormerPassword>().HasOne<User>().WithMany().HasForeignKey(p => p.UserId);
        model.Entity<ApiKey>(key =>
        {
            key.HasIndex(k => k.Hash).IsUnique();
            key.HasOne(k => k.Organisation).WithMany().HasForeignKey(k => k.OrganisationId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<IdempotentAnswer>().HasIndex(a => new { a.Holder, a.Route, a.Key }).IsUnique();
    }

    private static void MapNetwork(ModelBuilder model)
    {
        model.Entity<Organisation>(organisation =>
        {
            organisation.HasIndex(o => o.Code).IsUnique();
            organisation.HasIndex(o => o.Path);
            organisation.HasOne(o => o.Parent).WithMany().HasForeignKey(o => o.ParentId).OnDelete(DeleteBehavior.Restrict);
            organisation.Ignore(o => o.LocalName).Ignore(o => o.LocalSignature);
        });
        model.Entity<Substation>().HasIndex(s => new { s.OrganisationId, s.Name }).IsUnique();
        model.Entity<Feeder>().HasIndex(f => f.Code).IsUnique();
        model.Entity<Feeder>().Property(f => f.VoltageKv).HasPrecision(6, 2);
        model.Entity<Section>().HasIndex(s => new { s.FeederId, s.Name }).IsUnique();
        model.Entity<Transformer>().HasIndex(t => t.Code).IsUnique();
        model.Entity<AlternateFeed>(feed =>
        {
            feed.HasOne(f => f.Transformer).WithMany(t => t.AlternateFeeds).HasForeignKey(f => f.TransformerId);
            feed.HasIndex(f => f.FeederId);
        });
        model.Entity<Place>().HasIndex(p => new { p.OrganisationId, p.Code }).IsUnique();
        model.Entity<Place>().HasIndex(p => new { p.OrganisationId, p.Name });
        model.Entity<Area>().HasIndex(a => a.Code).IsUnique();
        model.Entity<ExternalId>(id =>
        {
            id.HasIndex(e => new { e.Subject, e.System, e.Value }).IsUnique();
            id.HasIndex(e => new { e.Subject, e.SubjectId });
        });
    }

    private static void MapCustomers(ModelBuilder model)
    {
        model.Entity<Customer>(customer =>
        {
            customer.HasIndex(c => new { c.OrganisationId, c.CustomerNo }).IsUnique();
            customer.HasOne(c => c.Organisation).WithMany().HasForeignKey(c => c.OrganisationId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<SupplyPoint>(point =>
        {
            point.HasIndex(p => p.AccountNo).IsUnique();
            point.HasIndex(p => p.TransformerId);
            point.HasOne(p => p.Transformer).WithMany().HasForeignKey(p => p.TransformerId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<Contact>(contact =>
        {
            contact.HasIndex(c => new { c.CustomerId, c.Kind, c.Address }).IsUnique();
            contact.HasIndex(c => c.Address);
            contact.HasIndex(c => c.CustomerId, "ix_contacts_suspended").HasFilter("suspended_at IS NOT NULL");
        });
        model.Entity<LiaisonOfficer>().HasIndex(l => new { l.OrganisationId, l.Phone }).IsUnique();
        model.Entity<RelayPerson>().HasIndex(r => new { r.OrganisationId, r.Phone }).IsUnique();
        model.Entity<RelayPerson>().HasMany(r => r.Places).WithOne().HasForeignKey(p => p.RelayPersonId);
        model.Entity<RelayPlace>().HasKey(p => new { p.RelayPersonId, p.PlaceId });
        model.Entity<OptOut>().HasIndex(o => o.Address).IsUnique();
    }

    private static void MapOutages(ModelBuilder model)
    {
        model.Entity<Outage>(outage =>
        {
            outage.HasIndex(o => o.Number).IsUnique();
            outage.HasIndex(o => new { o.ReferenceSystem, o.Reference }).IsUnique();
            outage.HasIndex(o => o.Status);
            outage.Property(o => o.Version).IsConcurrencyToken();
            outage.Property(o => o.TraceParent).HasMaxLength(64);
            outage.HasOne(o => o.Organisation).WithMany().HasForeignKey(o => o.OrganisationId).OnDelete(DeleteBehavior.Restrict);
            outage.HasOne(o => o.Replaces).WithMany().HasForeignKey(o => o.ReplacesId).OnDelete(DeleteBehavior.Restrict);
            outage.HasOne<Outage>().WithMany().HasForeignKey(o => o.JoinedToId).OnDelete(DeleteBehavior.Restrict);
            outage.HasOne<Incident>().WithMany().HasForeignKey(o => o.IncidentId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<OutageWindow>().HasIndex(w => new { w.StartsAt, w.EndsAt });
        model.Entity<OutageScope>(scope =>
        {
            scope.HasOne(s => s.Feeder).WithMany().HasForeignKey(s => s.FeederId).OnDelete(DeleteBehavior.Restrict);
            scope.HasOne(s => s.Section).WithMany().HasForeignKey(s => s.SectionId).OnDelete(DeleteBehavior.Restrict);
            scope.HasOne(s => s.Transformer).WithMany().HasForeignKey(s => s.TransformerId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<OutageTransformer>(cut =>
        {
            cut.HasKey(c => new { c.OutageId, c.TransformerId });
            cut.HasOne<Outage>().WithMany().HasForeignKey(c => c.OutageId);
            cut.HasOne<Transformer>().WithMany().HasForeignKey(c => c.TransformerId).OnDelete(DeleteBehavior.Restrict);
            cut.HasIndex(c => c.TransformerId);
        });
        model.Entity<CutConsent>().HasIndex(c => new { c.OutageId, c.CustomerId }).IsUnique();
        model.Entity<Announcement>().HasIndex(a => a.Number).IsUnique();
        model.Entity<Announcement>().Property(a => a.Version).IsConcurrencyToken();
        model.Entity<Announcement>().Property(a => a.TraceParent).HasMaxLength(64);
    }

    private static void MapPublishing(ModelBuilder model)
    {
        model.Entity<ScheduledNotice>(due =>
        {
            due.HasOne<Outage>().WithMany().HasForeignKey(d => d.OutageId);
            due.HasOne<Announcement>().WithMany().HasForeignKey(d => d.AnnouncementId);
            due.HasIndex(d => new { d.OutageId, d.Key }).IsUnique();
            due.HasIndex(d => d.DueAt).HasFilter("state = 'Waiting'");
        });
        model.Entity<ScheduledMoment>(moment =>
        {
            moment.HasOne<Outage>().WithMany().HasForeignKey(m => m.OutageId);
            moment.HasIndex(m => new { m.OutageId, m.Key }).IsUnique();
            moment.HasIndex(m => m.DueAt).HasFilter("state = 'Waiting'");
            moment.Property(m => m.State).IsConcurrencyToken();
        });
        model.Entity<StaffRing>(ring =>
        {
            ring.HasOne<ScheduledMoment>().WithMany().HasForeignKey(r => r.MomentId);
            ring.HasOne<User>().WithMany().HasForeignKey(r => r.UserId).OnDelete(DeleteBehavior.Restrict);
            ring.HasIndex(r => r.OutageId);
            ring.HasIndex(r => r.DueAt).HasFilter("state = 'Waiting'");
            ring.HasIndex(r => r.LeaseUntil).HasFilter("state = 'Claimed'");
            ring.Property(r => r.State).IsConcurrencyToken();
        });
        model.Entity<Notice>(notice =>
        {
            notice.HasIndex(n => n.ScheduledNoticeId).IsUnique();
            notice.HasIndex(n => n.Identifier).IsUnique();
            notice.HasIndex(n => n.PublishedAt);
            notice.HasIndex(n => n.ExpiresAt);
            notice.HasIndex(n => n.OutageId);
            notice.HasOne<Outage>().WithMany().HasForeignKey(n => n.OutageId).OnDelete(DeleteBehavior.Restrict);
            notice.HasOne<Announcement>().WithMany().HasForeignKey(n => n.AnnouncementId).OnDelete(DeleteBehavior.Restrict);
            notice.HasOne(n => n.Organisation).WithMany().HasForeignKey(n => n.OrganisationId).OnDelete(DeleteBehavior.Restrict);
            notice.HasOne<ScheduledNotice>().WithOne().HasForeignKey<Notice>(n => n.ScheduledNoticeId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<NoticeText>().HasIndex(t => new { t.NoticeId, t.Language, t.Medium }).IsUnique();
        model.Entity<TemplateOverride>().HasIndex(t => new { t.Path, t.Version }).IsUnique();
    }

    private static void MapAround(ModelBuilder model)
    {
        model.Entity<Incident>().HasIndex(i => i.Number).IsUnique();
        model.Entity<ManualCall>().HasIndex(c => c.RoundId);
        model.Entity<SwitchCheck>().HasIndex(s => s.OutageId);
        model.Entity<Broadcaster>().HasIndex(b => b.ApiKeyId).IsUnique();
        model.Entity<PullReceipt>().HasIndex(p => new { p.BroadcasterId, p.At });
        model.Entity<Airing>().HasIndex(a => a.NoticeId);
        model.Entity<Enquiry>(enquiry =>
        {
            enquiry.HasIndex(e => e.At);
            enquiry.HasIndex(e => e.Phone).HasFilter("phone IS NOT NULL");
            enquiry.HasOne(e => e.Organisation).WithMany().HasForeignKey(e => e.OrganisationId).OnDelete(DeleteBehavior.Restrict);
            enquiry.Property(e => e.ClosedAt).IsConcurrencyToken();
            enquiry.HasIndex(e => e.ReplyId).IsUnique();
        });
        model.Entity<Reply>(reply =>
        {
            reply.HasIndex(r => new { r.Provider, r.MessageKey }).IsUnique();
            reply.HasIndex(r => r.Id, "ix_replies_waiting").HasFilter("batch IS NULL");
            reply.HasIndex(r => r.Batch);
            reply.HasIndex(r => r.Sender).HasFilter("sender IS NOT NULL");
            reply.HasIndex(r => r.ReceivedAt);
        });
        model.Entity<ReplyAnswer>(answer =>
        {
            answer.HasIndex(a => a.ReplyId).IsUnique();
            answer.HasIndex(a => new { a.Address, a.CreatedAt });
            answer.HasIndex(a => a.DueAt).HasFilter("state = 'Waiting'");
            answer.HasIndex(a => a.LeaseUntil).HasFilter("state = 'Claimed'");
            answer.Property(a => a.State).IsConcurrencyToken();
        });
        model.Entity<Subscription>(subscription =>
        {
            subscription.HasIndex(s => s.Address);
            subscription.HasIndex(s => s.TokenDigest).IsUnique();
            subscription.HasIndex(s => s.RequestedAt).HasFilter("confirmed_at IS NULL");
            subscription.Property(s => s.TokenDigest).HasMaxLength(64);
            subscription.Property(s => s.CodeDigest).HasMaxLength(64);
        });
        model.Entity<SubscriptionMessage>(message =>
        {
            message.Property(m => m.AddressDigest).HasMaxLength(64);
            message.HasIndex(m => new { m.AddressDigest, m.CreatedAt });
            message.HasIndex(m => m.DueAt).HasFilter("state = 'Waiting'");
            message.HasIndex(m => m.LeaseUntil).HasFilter("state = 'Claimed'");
            message.Property(m => m.State).IsConcurrencyToken();
        });
        model.Entity<Peer>(peer =>
        {
            peer.Property(p => p.Id).HasMaxLength(200);
            peer.Property(p => p.Role).HasMaxLength(16);
            peer.Property(p => p.Version).HasMaxLength(32);
        });
        model.Entity<ShadowDay>().HasKey(d => d.Day);
        model.Entity<Reading>(reading =>
        {
            reading.HasKey(r => r.Name);
            reading.Property(r => r.Name).HasMaxLength(32);
        });
    }

    private static void MapAudit(ModelBuilder model)
    {
        model.Entity<AuditEntry>(entry =>
        {
            entry.HasKey(e => e.Sequence);
            entry.Property(e => e.Sequence).ValueGeneratedNever();
            entry.HasIndex(e => e.At);
            entry.HasIndex(e => e.Subject);
        });
        model.Entity<AuditHead>(head =>
        {
            head.Property(h => h.Id).ValueGeneratedNever();
            head.HasData(new AuditHead());
        });
    }

    private static void NameInSnakeCase(ModelBuilder model)
    {
        foreach (var entity in model.Model.GetEntityTypes())
        {
            entity.SetTableName(Snake(entity.GetTableName()!));
            foreach (var property in entity.GetProperties()) property.SetColumnName(Snake(property.GetColumnName()));
            foreach (var key in entity.GetKeys()) key.SetName(Snake(key.GetName()!));
            foreach (var link in entity.GetForeignKeys()) link.SetConstraintName(Snake(link.GetConstraintName()!));
            foreach (var index in entity.GetIndexes()) index.SetDatabaseName(Snake(index.GetDatabaseName()!));
        }
    }

    private static string Snake(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0 && name[i - 1] != '_' && !char.IsUpper(name[i - 1])) text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }
}
