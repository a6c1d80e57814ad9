namespace Notices.Evidence;

/// <summary>The head of the audit chain at one moment, signed (ECDSA P-256).</summary>
public sealed class Checkpoint
{
    public long Id { get; set; }

    public long Sequence { get; set; }

    public required string Hash { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary>Base64 signature over <c>sequence hash at</c>.</summary>
    public required string Signature { get; set; }
}
