using Microsoft.EntityFrameworkCore;
using Notices.Storage;

namespace Notices.Audit;

/// <summary>Published notices against the entries of their publication.</summary>
internal sealed class NoticeCheck(NoticesDb db)
{
    private const int NoticesAtOnce = 200;

    internal static bool Concerns(AuditEntry entry) => entry.Action == NoticeHash.Action;

    /// <returns>The first fault among the entries, by sequence.</returns>
    internal async Task<AuditFault?> CheckAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        foreach (var chunk in entries.Chunk(NoticesAtOnce))
        {
            var identifiers = chunk.Select(IdentifierOf).ToList();
            var notices = await db.Notices.AsNoTracking().Include(n => n.Texts).Where(n => identifiers.Contains(n.Identifier)).ToDictionaryAsync(n => n.Identifier, cancellationToken);
            foreach (var entry in chunk)
            {
                var notice = notices.GetValueOrDefault(IdentifierOf(entry));
                if (notice is null) return Fault(entry.Sequence, "audit-notice-removed", IdentifierOf(entry));
                if (AuditLine.Of(entry)?.AfterText("sha256") != NoticeHash.Of(notice, notice.Texts)) return Fault(entry.Sequence, "audit-notice-changed", notice.Identifier);
            }
        }

        return null;
    }

    /// <summary>A notice nobody published.</summary>
    internal async Task<AuditFault?> UnspokenAsync(CancellationToken cancellationToken)
    {
        var identifier = await db.Notices
            .Where(n => !db.AuditEntries.Any(e => e.Subject == NoticeHash.Prefix + n.Identifier && e.Action == NoticeHash.Action))
            .OrderBy(n => n.Id).Select(n => n.Identifier).FirstOrDefaultAsync(cancellationToken);

        return identifier is null ? null : Fault(null, "audit-notice-unspoken", identifier);
    }

    private static string IdentifierOf(AuditEntry entry) => entry.Subject[(entry.Subject.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private static AuditFault Fault(long? sequence, string code, string identifier) =>
        new(sequence, AuditFaultKind.Notice, new Problem(code, null, new { sequence, identifier }, ProblemKind.State));
}
