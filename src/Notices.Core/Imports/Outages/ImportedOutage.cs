using Notices.Outages;

namespace Notices.Imports;

/// <summary>One outage of a file, put together from all its rows; what outage planning takes.</summary>
/// <param name="Organisation">Code; null where neither the file, the profile nor the request names one.</param>
/// <param name="ReferenceSystem">The profile's system; null for our own columns.</param>
/// <param name="Feeders">Codes or names, as the file has them.</param>
/// <param name="Places">As the notice should name them, in the file's order.</param>
/// <param name="Reason">A code of the reasons file or a text.</param>
/// <param name="PublishedAt">For history: when the public was told.</param>
/// <param name="Customers">For history: affected by the other system's count.</param>
/// <param name="Lines">The rows it came from.</param>
public sealed record ImportedOutage(
    string? Organisation, string? ReferenceSystem, string? Reference, OutageKind Kind, IReadOnlyList<string> Feeders, IReadOnlyList<SectionName> Sections,
    IReadOnlyList<string> Transformers, IReadOnlyList<string> Places, IReadOnlyList<ImportedWindow> Windows, string? Reason, string? Work,
    DateTimeOffset? PublishedAt, DateTimeOffset? RestoredAt, int? Customers, string? Remark, IReadOnlyList<long> Lines);

/// <summary>An outage whose rows could be read; when planning refuses it, <see cref="Reject"/> says so row by row.</summary>
public sealed class OutageGroup
{
    internal OutageGroup(ImportedOutage outage, IReadOnlyList<ImportRow> rows, ImportSource source) => (Outage, _rows, _source) = (outage, rows, source);

    private readonly IReadOnlyList<ImportRow> _rows;
    private readonly ImportSource _source;

    public ImportedOutage Outage { get; }

    /// <summary>The rows as rejected, each with these problems.</summary>
    public IEnumerable<RejectedRow> Reject(IReadOnlyList<Problem> problems) => _rows.Select(row => _source.Reject(row, problems));
}
