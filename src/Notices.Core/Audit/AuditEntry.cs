namespace Notices.Audit;

/// <summary>One line of the record. <see cref="Line"/> is what is hashed; the columns beside it are for searching and must agree with it.</summary>
public sealed class AuditEntry
{
    /// <summary>1, 2, 3 … without a gap.</summary>
    public long Sequence { get; set; }

    public DateTimeOffset At { get; set; }

    public required string Actor { get; set; }

    public required string Action { get; set; }

    public required string Subject { get; set; }

    /// <summary>The entry as JSON: <c>seq, at, actor, action, subject, before, after, previous</c>, in that order.</summary>
    public required string Line { get; set; }

    /// <summary>Lower-case hexadecimal SHA-256 over the UTF-8 bytes of <see cref="Line"/>.</summary>
    public required string Hash { get; set; }
}

/// <summary>The one row that says where the chain ends; locked by whoever appends.</summary>
public sealed class AuditHead
{
    public const int OnlyId = 1;

    public int Id { get; set; } = OnlyId;

    public long Sequence { get; set; }

    public string Hash { get; set; } = "";

    /// <summary><c>drill</c> where the database is one of a drill, for good; null where it is one of life. Here, since whatever is written reads this row.</summary>
    public string? Mode { get; set; }
}
