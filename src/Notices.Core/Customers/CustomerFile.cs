using System.Threading.Channels;
using Notices.Imports;

namespace Notices.Customers;

/// <summary>Reads a customers file and checks each row by itself, from the moment it is made and some parts ahead of whoever takes them. Reading is one thread's work,
/// checking everybody's; parts keep the file's order, whichever is checked first.</summary>
internal sealed class CustomerFile : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping;
    private readonly Channel<Task<CustomerFilePart>> _parts;
    private readonly Task _reading;

    /// <param name="rowsOfPart">Few, so that they are gone before the garbage collector takes them for lasting.</param>
    /// <param name="partsAhead">Enough to be read while others are written.</param>
    internal CustomerFile(ImportSource source, RowSettings settings, int rowsOfPart, int partsAhead, CancellationToken cancellationToken)
    {
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _parts = Channel.CreateBounded<Task<CustomerFilePart>>(partsAhead);
        _reading = Task.Run(() => ReadAsync(source, settings, rowsOfPart, _stopping.Token), CancellationToken.None);
    }

    /// <summary>Looks at the first part and leaves it where it is.</summary>
    /// <returns>Null when the file has no rows.</returns>
    internal async Task<CustomerFilePart?> PeekAsync(CancellationToken cancellationToken) =>
        await _parts.Reader.WaitToReadAsync(cancellationToken) && _parts.Reader.TryPeek(out var first) ? await first : null;

    /// <summary>All parts, one after the other; what broke the reading is thrown after the last good one.</summary>
    internal async IAsyncEnumerable<CustomerFilePart> PartsAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var part in _parts.Reader.ReadAllAsync(cancellationToken)) yield return await part;
    }

    /// <summary>Stops reading; the source may be closed then.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _reading;
        // Those nobody took may still be checked.
        while (_parts.Reader.TryRead(out var part)) await part.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _stopping.Dispose();
    }

    private async Task ReadAsync(ImportSource source, RowSettings settings, int rowsOfPart, CancellationToken cancellationToken)
    {
        try
        {
            using var rows = source.Rows().GetEnumerator();
            var more = rows.MoveNext();
            while (more)
            {
                var part = new List<ImportRow>(rowsOfPart);
                for (; more && part.Count < rowsOfPart; more = rows.MoveNext()) part.Add(rows.Current);
                var (fraction, isLast) = (source.Fraction, !more);
                await _parts.Writer.WriteAsync(Task.Run(() => CustomerFilePart.Parse([.. part], settings, fraction, isLast), CancellationToken.None), cancellationToken);
            }

            _parts.Writer.Complete();
        }
        catch (Exception broken)
        {
            _parts.Writer.Complete(broken);
        }
    }
}

/// <summary>Rows read together; some of them make a batch.</summary>
internal sealed record CustomerFilePart(ImportRow[] Rows, Result<CustomerRow>[] Parsed, double Fraction, bool IsLast)
{
    internal static CustomerFilePart Parse(ImportRow[] rows, RowSettings settings, double fraction, bool isLast) =>
        new(rows, Array.ConvertAll(rows, row => CustomerRow.Parse(row, settings)), fraction, isLast);

    /// <summary>Of a row, on average, in characters; at least 1.</summary>
    internal double RowLength => Rows.Average(r => r.Original.Sum(text => text.Length + 1));

    internal IEnumerable<CustomerRow> Good => Parsed.Where(p => p.Ok).Select(p => p.Value!);
}
