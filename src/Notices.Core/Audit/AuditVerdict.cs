namespace Notices.Audit;

/// <summary>How far a verification has come.</summary>
public sealed record AuditProgress(long Done, long Total);

/// <summary>What was done to the record.</summary>
public enum AuditFaultKind
{
    /// <summary>An entry does not say any more what it said.</summary>
    Changed,

    /// <summary>An entry is gone.</summary>
    Removed,

    /// <summary>An entry stands where none was written.</summary>
    Inserted,

    /// <summary>An entry stands in another's place.</summary>
    Reordered,

    /// <summary>The row that says where the chain ends is wrong or missing.</summary>
    Head,

    /// <summary>Attempts or receipts are not those the entry spoke for.</summary>
    Attempts,

    /// <summary>The chain is not the one that was signed.</summary>
    Checkpoint,

    /// <summary>A notice does not say any more what was published.</summary>
    Notice,
}

/// <summary>The first thing found wrong.</summary>
/// <param name="Sequence">The entry it concerns; null for rows no entry speaks for.</param>
/// <param name="Problem">Code and values of the sentence that says it.</param>
public sealed record AuditFault(long? Sequence, AuditFaultKind Kind, Problem Problem)
{
    internal static AuditFault Of(AuditFaultKind kind, long sequence) =>
        new(sequence, kind, new Problem(Code(kind), null, new { sequence }, ProblemKind.State));

    private static string Code(AuditFaultKind kind) => kind switch
    {
        AuditFaultKind.Removed => "audit-removed",
        AuditFaultKind.Inserted => "audit-inserted",
        AuditFaultKind.Reordered => "audit-reordered",
        AuditFaultKind.Head => "audit-head",
        _ => "audit-changed",
    };
}

/// <summary>What verifying found.</summary>
/// <param name="Ok">True when nothing is wrong.</param>
/// <param name="Entries">How many entries were read; where one is wrong, up to it.</param>
/// <param name="HeadSequence">Where the chain says it ends.</param>
/// <param name="Fault">The first fault in the order of the chain.</param>
public sealed record AuditVerdict(bool Ok, long Entries, long HeadSequence, string HeadHash, AuditFault? Fault)
{
    /// <summary>Nothing is wrong because nothing has been recorded yet: it proves nothing.</summary>
    public bool Empty => Ok && Entries == 0;
}
