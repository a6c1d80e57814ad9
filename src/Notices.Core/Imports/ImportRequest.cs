namespace Notices.Imports;

/// <summary>What is asked of an import.</summary>
public sealed record ImportRequest
{
    /// <summary>As the record and messages name the file; no folder.</summary>
    public required string FileName { get; init; }

    /// <summary>Null for our own column names.</summary>
    public ImportProfile? Profile { get; init; }

    /// <summary>Code of the organisation for rows that name none; before the profile's.</summary>
    public string? Organisation { get; init; }

    /// <summary>Checks everything, changes nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Default region of phone numbers written without a country, e.g. <c>CN</c>.</summary>
    public string Region { get; init; } = "CN";

    /// <summary>Year and month a plan is for, when no title in the file says so.</summary>
    public (int Year, int Month)? PlanMonth { get; init; }

    /// <summary>Gets every rejected row as it is met, e.g. <see cref="RejectedRows.Add"/>.</summary>
    public Action<RejectedRow>? Rejected { get; init; }

    public TableLimits Limits { get; init; } = TableLimits.Default;
}

/// <summary>How far an import is.</summary>
/// <param name="Rows">Rows dealt with.</param>
/// <param name="Rejected">Of these.</param>
/// <param name="Fraction">Of the file, 0 to 1.</param>
public sealed record ImportProgress(long Rows, long Rejected, double Fraction);

/// <summary>A row that was not taken, and all that is wrong with it.</summary>
/// <param name="Columns">The file's header.</param>
/// <param name="Titles">What stood above it.</param>
/// <param name="Line">In the file.</param>
/// <param name="Fields">As read.</param>
public sealed record RejectedRow(IReadOnlyList<string> Columns, IReadOnlyList<string> Titles, long Line, IReadOnlyList<string> Fields, IReadOnlyList<Problem> Problems);

/// <summary>What an import did; for a dry run, what it would have done.</summary>
public sealed record ImportReport
{
    /// <summary>Rejected rows kept here; all of them go to <see cref="ImportRequest.Rejected"/>.</summary>
    public const int KeptRejections = 100;

    public required string FileName { get; init; }

    public required string Sha256 { get; init; }

    public bool DryRun { get; init; }

    public long Rows { get; internal set; }

    public long Added { get; internal set; }

    public long Changed { get; internal set; }

    public long Unchanged { get; internal set; }

    public long Rejected { get; internal set; }

    public List<RejectedRow> Rejections { get; } = [];

    /// <summary>Columns of the file nothing was made of; a misspelt name shows up here.</summary>
    public IReadOnlyList<string> IgnoredColumns { get; internal set; } = [];

    /// <summary>Why the rest of the file could not be read; what stood before it is saved. Null when it was read to its end.</summary>
    public Problem? Fault { get; internal set; }

    /// <summary>Counts a rejected row and hands it on.</summary>
    public void Reject(RejectedRow row, ImportRequest request)
    {
        Rejected++;
        if (Rejections.Count < KeptRejections) Rejections.Add(row);
        request.Rejected?.Invoke(row);
    }
}
