namespace Notices.Imports;

/// <summary>What a file may cost before it is refused.</summary>
public sealed record TableLimits
{
    public static readonly TableLimits Default = new();

    public int Columns { get; init; } = 500;

    /// <summary>Characters in one field.</summary>
    public int FieldLength { get; init; } = 64 * 1024;

    /// <summary>Characters in one row.</summary>
    public int RowLength { get; init; } = 1024 * 1024;

    /// <summary>Bytes taken from a stream that cannot seek (an upload).</summary>
    public long FileLength { get; init; } = 2L * 1024 * 1024 * 1024;

    /// <summary>Bytes one part of a workbook may unpack to.</summary>
    public long UnpackedLength { get; init; } = 1024L * 1024 * 1024;

    /// <summary>How many times its packed size a part may unpack to, once it is over 16 MiB; honest sheets stay under 100.</summary>
    public int UnpackedRatio { get; init; } = 250;

    /// <summary>Characters of a workbook's shared texts, which have to be held in memory.</summary>
    public int SharedTextLength { get; init; } = 32 * 1024 * 1024;

    /// <summary>Rows above the header that may hold titles.</summary>
    public int TitleRows { get; init; } = 20;
}

/// <summary>How to find the table in the file.</summary>
public sealed record TableOptions
{
    /// <summary>The header is the first row that holds one of each of these sets of names; null when it is simply the first row.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? HeaderHas { get; init; }

    /// <summary>Columns that will be used; a formula or a double name elsewhere does no harm. Null: all of them.</summary>
    public IReadOnlySet<string>? Uses { get; init; }

    /// <summary>The name of a workbook's sheet; null for the first visible one.</summary>
    public string? Sheet { get; init; }

    public TableLimits Limits { get; init; } = TableLimits.Default;
}

/// <summary>One row as the file has it.</summary>
/// <param name="Line">1 is the first line of a text file, the first row of a sheet, the first object of a JSON array.</param>
/// <param name="Fields">Trimmed, as many as the table has columns.</param>
/// <param name="Problem">Why the row itself cannot be used (ragged, damaged characters, a formula); otherwise null.</param>
public sealed record TableRow(long Line, string[] Fields, Problem? Problem);

/// <summary>Rows one after the other, before anybody knows which is the header.</summary>
internal interface IRawRows : IDisposable
{
    /// <summary>False at the end, or when the rest cannot be read: then <see cref="Fault"/> says why.</summary>
    bool Read();

    long Line { get; }

    /// <summary>Fields of the current row.</summary>
    int Count { get; }

    /// <summary>The field, trimmed.</summary>
    string Field(int index);

    /// <summary>Why the current row cannot be used; null when it is sound.</summary>
    Problem? Damage { get; }

    /// <summary>Once the header is known: the fields whose damage matters.</summary>
    bool[]? Used { get; set; }

    Problem? Fault { get; }
}
