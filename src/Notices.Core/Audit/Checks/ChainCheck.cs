using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Notices.Storage;

namespace Notices.Audit;

/// <summary>Holds each entry against the one before; the head tells what follows the last. Where something is wrong, what stands around it tells what was done.</summary>
internal sealed class ChainCheck(NoticesDb db, AuditHead? head)
{
    /// <summary>The last entry that was in order.</summary>
    internal AuditEntry? Last { get; private set; }

    /// <summary>True where each entry is in order and follows the one before, which takes no question to the database; otherwise <see cref="NextAsync"/> finds what is wrong.</summary>
    /// <param name="before">The last entry in order before the page; null at the beginning.</param>
    internal static bool InOrder(List<AuditEntry> page, AuditEntry? before)
    {
        foreach (var row in page)
        {
            if (row.Sequence != (before?.Sequence ?? 0) + 1 || !HashAgrees(row) || !ColumnsAgree(row) || !Follows(row, before?.Hash ?? AuditChain.Genesis)) return false;
            before = row;
        }

        return true;
    }

    /// <summary>Goes on behind an entry of a page that <see cref="InOrder"/> found good.</summary>
    internal void Pass(AuditEntry row) => Last = row;

    /// <returns>Null where the entry is in order and follows the last.</returns>
    internal async Task<AuditFault?> NextAsync(AuditEntry row, CancellationToken cancellationToken)
    {
        var expected = (Last?.Sequence ?? 0) + 1;
        var fault = row.Sequence < expected ? await OutsideAsync(row, cancellationToken)
            : row.Sequence > expected ? await GapAsync(expected, cancellationToken)
            : !HashAgrees(row) ? await HashAsync(row, cancellationToken)
            : !ColumnsAgree(row) ? await ColumnsAsync(row, cancellationToken)
            : !Follows(row, Last?.Hash ?? AuditChain.Genesis) ? await LinkAsync(row, cancellationToken)
            : null;
        if (fault is null) Last = row;

        return fault;
    }

    /// <summary>The end of the chain against its head.</summary>
    /// <param name="signed">True where a signature vouches for the last entry.</param>
    internal async Task<AuditFault?> EndAsync(bool signed, CancellationToken cancellationToken)
    {
        var (last, hash) = (Last?.Sequence ?? 0, Last?.Hash ?? AuditChain.Genesis);
        if (head is null) return AuditFault.Of(AuditFaultKind.Head, last);
        if (head.Sequence > last) return AuditFault.Of(AuditFaultKind.Removed, last + 1);
        if (head.Sequence == last) return head.Hash == hash ? null : AuditFault.Of(signed || last == 0 ? AuditFaultKind.Head : AuditFaultKind.Changed, last);

        var at = await FindAsync(head.Sequence, cancellationToken);

        return (at?.Hash ?? AuditChain.Genesis) == head.Hash ? AuditFault.Of(AuditFaultKind.Inserted, head.Sequence + 1) : AuditFault.Of(AuditFaultKind.Head, last);
    }

    /// <summary>True where what comes after the entry, another or the head, names its hash.</summary>
    internal async Task<bool> IsConfirmedAsync(AuditEntry row, CancellationToken cancellationToken) =>
        await FindAsync(row.Sequence + 1, cancellationToken) is { } next ? Follows(next, row.Hash) : head?.Hash == row.Hash;

    /// <summary>Before the first: put there, or moved there from its own place.</summary>
    private async Task<AuditFault> OutsideAsync(AuditEntry row, CancellationToken cancellationToken)
    {
        var own = AuditLine.Of(row)?.Sequence ?? 0;

        return own > 0 && await FindAsync(own, cancellationToken) is null ? AuditFault.Of(AuditFaultKind.Reordered, own) : AuditFault.Of(AuditFaultKind.Inserted, row.Sequence);
    }

    private async Task<AuditFault> GapAsync(long expected, CancellationToken cancellationToken) =>
        AuditFault.Of(await ElsewhereAsync(expected, cancellationToken) is null ? AuditFaultKind.Removed : AuditFaultKind.Reordered, expected);

    private async Task<AuditFault> HashAsync(AuditEntry row, CancellationToken cancellationToken)
    {
        var genuine = await ElsewhereAsync(row.Sequence, cancellationToken);
        var kind = genuine is null ? AuditFaultKind.Changed : genuine == row.Sequence + 1 ? AuditFaultKind.Inserted : AuditFaultKind.Reordered;

        return AuditFault.Of(kind, row.Sequence);
    }

    private async Task<AuditFault> ColumnsAsync(AuditEntry row, CancellationToken cancellationToken)
    {
        var own = AuditLine.Of(row)?.Sequence ?? row.Sequence;
        if (own == row.Sequence) return AuditFault.Of(AuditFaultKind.Changed, row.Sequence);
        if (own > row.Sequence) return await GapAsync(row.Sequence, cancellationToken);

        // It claims a place already taken: either that one was pushed in and the rest moved up, or this is a copy.
        var pushedIn = own == row.Sequence - 1 && Last?.Hash != row.Hash && await IsConfirmedAsync(row, cancellationToken);

        return AuditFault.Of(AuditFaultKind.Inserted, pushedIn ? own : row.Sequence);
    }

    private async Task<AuditFault> LinkAsync(AuditEntry row, CancellationToken cancellationToken)
    {
        var next = await FindAsync(row.Sequence + 1, cancellationToken);
        if (next is not null && AuditLine.Of(next)?.Sequence == row.Sequence) return AuditFault.Of(AuditFaultKind.Inserted, row.Sequence);
        // What follows vouches for this entry, so it is the one before that was changed and hashed anew.
        var before = Last is not null && await IsConfirmedAsync(row, cancellationToken);

        return AuditFault.Of(AuditFaultKind.Changed, before ? Last!.Sequence : row.Sequence);
    }

    private Task<AuditEntry?> FindAsync(long sequence, CancellationToken cancellationToken) =>
        db.AuditEntries.AsNoTracking().FirstOrDefaultAsync(e => e.Sequence == sequence, cancellationToken);

    /// <summary>Where else the entry that was written under the number stands now.</summary>
    private Task<long?> ElsewhereAsync(long sequence, CancellationToken cancellationToken)
    {
        var start = string.Create(CultureInfo.InvariantCulture, $"{{\"seq\":{sequence},");

        return db.AuditEntries.Where(e => e.Sequence != sequence && e.Line.StartsWith(start)).OrderBy(e => e.Sequence).Select(e => (long?)e.Sequence).FirstOrDefaultAsync(cancellationToken);
    }

    private static bool HashAgrees(AuditEntry row)
    {
        if (row.Hash.Length != SHA256.HashSizeInBytes * 2) return false;
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(row.Line.Length));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<char> text = stackalloc char[SHA256.HashSizeInBytes * 2];
        SHA256.HashData(bytes.AsSpan(0, Encoding.UTF8.GetBytes(row.Line, bytes)), hash);
        ArrayPool<byte>.Shared.Return(bytes);
        Convert.TryToHexStringLower(hash, text, out _);

        return text.SequenceEqual(row.Hash);
    }

    private static bool ColumnsAgree(AuditEntry row)
    {
        Span<char> plain = stackalloc char[512];
        if (plain.TryWrite(
                CultureInfo.InvariantCulture,
                $"{{\"seq\":{row.Sequence},\"at\":\"{row.At.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}\",\"actor\":\"{row.Actor}\",\"action\":\"{row.Action}\",\"subject\":\"{row.Subject}\",\"before\":",
                out var length)
            && row.Line.AsSpan().StartsWith(plain[..length]))
        {
            return true;
        }

        // A name with a quotation mark stands escaped in the line.
        return AuditLine.Of(row) is { } line && line.Sequence == row.Sequence && line.At == AuditChain.Time(row.At)
            && line.Actor == row.Actor && line.Action == row.Action && line.Subject == row.Subject;
    }

    /// <summary>The line ends with the hash of the one before.</summary>
    private static bool Follows(AuditEntry row, string previous)
    {
        const string Name = ",\"previous\":\"", End = "\"}";
        var line = row.Line.AsSpan();

        return line.EndsWith(End) && line[..^End.Length].EndsWith(previous) && line[..^(End.Length + previous.Length)].EndsWith(Name);
    }
}
