using Microsoft.EntityFrameworkCore;
using Notices.Retention;

namespace Notices.Storage;

/// <summary>Tables of the same columns as those of <see cref="DeliveryTables"/>, with the indexes alone that reading old rows needs: by id, by round, by the carrier's id of a late receipt,
/// by recipient, and by batch for the verifier. Ids are those the working tables gave; rounds are never deleted, so no link guards them.</summary>
internal static class ArchiveTables
{
    internal static void Map(ModelBuilder model)
    {
        model.Entity<ArchivedDelivery>(delivery =>
        {
            delivery.HasBaseType((Type?)null);
            delivery.Property(d => d.Id).ValueGeneratedNever();
            delivery.HasIndex(d => new { d.RoundId, d.Id });
            delivery.HasIndex(d => d.ProviderMessageId).HasFilter("provider_message_id IS NOT NULL");
        });
        model.Entity<ArchivedLink>(link =>
        {
            link.HasBaseType((Type?)null);
            link.HasKey(l => new { l.DeliveryId, l.RecipientId });
            link.HasIndex(l => new { l.RecipientId, l.DeliveryId });
        });
        model.Entity<ArchivedAttempt>(attempt =>
        {
            attempt.HasBaseType((Type?)null);
            attempt.Property(a => a.Id).ValueGeneratedNever();
            attempt.HasIndex(a => a.DeliveryId);
            attempt.HasIndex(a => a.Batch);
        });
        model.Entity<ArchivedReceipt>(receipt =>
        {
            receipt.HasBaseType((Type?)null);
            receipt.Property(r => r.Id).ValueGeneratedNever();
            receipt.HasIndex(r => r.DeliveryId);
            receipt.HasIndex(r => r.Batch);
        });
        model.Entity<ArchivedCallEvent>(told =>
        {
            told.HasBaseType((Type?)null);
            told.Property(e => e.Id).ValueGeneratedNever();
            told.HasIndex(e => e.DeliveryId);
            told.HasIndex(e => e.Batch);
        });
        model.Entity<ArchivedReply>(reply =>
        {
            reply.HasBaseType((Type?)null);
            reply.Property(r => r.Id).ValueGeneratedNever();
            reply.HasIndex(r => r.Batch);
            reply.HasIndex(r => r.Sender).HasFilter("sender IS NOT NULL");
        });
    }
}
