using Microsoft.EntityFrameworkCore;
using Notices.Deliveries;
using Notices.Evidence;
using Notices.Subscriptions;

namespace Notices.Storage;

/// <summary>Rounds and what is sent of them: the tables that grow.</summary>
internal static class DeliveryTables
{
    internal static void Map(ModelBuilder model)
    {
        model.Entity<Round>(round =>
        {
            round.HasOne(r => r.Notice).WithMany().HasForeignKey(r => r.NoticeId).OnDelete(DeleteBehavior.Restrict);
            round.HasIndex(r => r.State);
            round.HasIndex(r => r.Batch);
            round.HasIndex(r => r.ClosedAt, "ix_rounds_unarchived").HasFilter("archived_at IS NULL AND closed_at IS NOT NULL");
            round.HasIndex(r => r.ClosedAt, "ix_rounds_unerased").HasFilter("erased_at IS NULL AND closed_at IS NOT NULL");
            round.Property(r => r.Shortened).HasDefaultValue(false);
            round.Property(r => r.LastTier).HasDefaultValue((short)2).HasSentinel((short)2);
            round.Property(r => r.TraceParent).HasMaxLength(64);
        });
        model.Entity<RoundText>().HasIndex(t => new { t.RoundId, t.Language, t.Medium, t.Variant }).IsUnique();
        model.Entity<Recipient>(recipient =>
        {
            recipient.HasIndex(r => new { r.RoundId, r.SupplyPointId }).IsUnique();
            // A round is counted from this index alone.
            recipient.HasIndex(r => new { r.RoundId, r.State, r.Tier, r.Reason });
            recipient.HasOne<Round>().WithMany().HasForeignKey(r => r.RoundId);
        });
        model.Entity<Delivery>(delivery =>
        {
            delivery.HasOne<Round>().WithMany().HasForeignKey(d => d.RoundId);
            delivery.HasIndex(d => new { d.RoundId, d.Medium, d.Address }).IsUnique();
            delivery.Property(d => d.Purpose).HasDefaultValue(DeliveryPurpose.Customers);
            delivery.HasIndex(d => new { d.Tier, d.RoundId, d.Medium, d.DueAt }).HasFilter($"state = {(int)DeliveryState.Waiting}").HasDatabaseName("ix_deliveries_waiting");
            delivery.HasIndex(d => d.LeaseUntil).HasFilter($"state = {(int)DeliveryState.Claimed}").HasDatabaseName("ix_deliveries_claimed");
            delivery.HasIndex(d => d.ExpiresAt, "ix_deliveries_accepted").HasFilter($"state = {(int)DeliveryState.Accepted}");
            // Receipts come again, and after a message counts as sent.
            delivery.HasIndex(d => new { d.ProviderMessageId, d.Provider }).HasFilter($"state >= {(int)DeliveryState.Accepted} AND provider_message_id IS NOT NULL").HasDatabaseName("ix_deliveries_message");
            delivery.HasIndex(d => d.ExpiresAt, "ix_deliveries_waiting_expiry").HasFilter($"state = {(int)DeliveryState.Waiting}");
            delivery.HasIndex(d => d.DueAt, "ix_deliveries_unconfirmed").HasFilter($"state = {(int)DeliveryState.Unconfirmed} AND due_at < expires_at");
            delivery.HasIndex(d => d.ExpiresAt, "ix_deliveries_calls").HasFilter($"medium = 'Voice' AND state IN ({(int)DeliveryState.Unconfirmed}, {(int)DeliveryState.Accepted})");
            delivery.HasIndex(d => d.StepDueAt).HasFilter("step_due_at IS NOT NULL").HasDatabaseName("ix_deliveries_step");
        });
        model.Entity<RoundCertificate>(certificate =>
        {
            certificate.HasKey(c => c.RoundId);
            certificate.HasOne<Round>().WithOne().HasForeignKey<RoundCertificate>(c => c.RoundId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<DeliveryRecipient>(link =>
        {
            link.HasKey(l => new { l.DeliveryId, l.RecipientId });
            link.HasIndex(l => new { l.RecipientId, l.DeliveryId });
        });
        model.Entity<RelayTelling>(telling =>
        {
            telling.HasIndex(t => new { t.RoundId, t.RelayPersonId }).IsUnique();
            telling.HasIndex(t => t.RelayPersonId);
            telling.HasOne<Round>().WithMany().HasForeignKey(t => t.RoundId);
        });
        model.Entity<RelayDelivery>(link =>
        {
            link.HasKey(l => new { l.DeliveryId, l.TellingId });
            link.HasIndex(l => l.TellingId);
        });
        model.Entity<SubscriptionTelling>(telling =>
        {
            telling.HasIndex(t => new { t.RoundId, t.SubscriptionId }).IsUnique();
            telling.HasIndex(t => t.SubscriptionId);
            telling.HasOne<Round>().WithMany().HasForeignKey(t => t.RoundId);
        });
        model.Entity<SubscriptionDelivery>(link =>
        {
            link.HasKey(l => new { l.DeliveryId, l.TellingId });
            link.HasIndex(l => l.TellingId);
        });
        model.Entity<Attempt>().HasIndex(a => a.DeliveryId);
        model.Entity<Attempt>().HasIndex(a => a.Batch);
        model.Entity<Receipt>().HasIndex(r => r.DeliveryId);
        model.Entity<Receipt>().HasIndex(r => r.Batch);
        model.Entity<CallEvent>(told =>
        {
            told.Property(e => e.Value).HasMaxLength(20);
            told.HasIndex(e => new { e.DeliveryId, e.Number, e.Kind, e.Part, e.Value }).IsUnique();
            told.HasIndex(e => e.Batch);
        });
        model.Entity<LetterNames>(names =>
        {
            names.HasKey(n => new { n.DeliveryId, n.Number });
            names.Property(n => n.CarriedBy).HasMaxLength(100);
            names.Property(n => n.HandedTo).HasMaxLength(100);
            names.Property(n => n.Witness).HasMaxLength(100);
            names.Property(n => n.Note).HasMaxLength(500);
        });
        model.Entity<ProviderAllowance>().HasKey(a => a.Key);
        model.Entity<ProviderPlace>().HasKey(p => new { p.Key, p.Worker });
        model.Entity<TestMessage>(test =>
        {
            test.HasIndex(t => new { t.ProviderMessageId, t.Provider });
            test.HasIndex(t => t.Batch);
            test.Property(t => t.Batch).HasMaxLength(64);
            test.Ignore(t => t.Number);
        });
    }
}
