namespace Notices.Retention;

/// <summary>The section <c>Retention</c>. For how long clear text is kept stands in the policy (<c>retention.years</c>).</summary>
public sealed class RetentionOptions
{
    /// <summary>Domain days after which a closed round's deliveries move to the archive.</summary>
    public int ArchiveAfterDays { get; set; } = 90;

    /// <summary>A delivery that expired longer ago than this, in domain time, may be on its way into the archive: only late receipts still change it. Half of the shortest
    /// <see cref="ArchiveAfterDays"/>, for the clocks of several machines.</summary>
    internal static readonly TimeSpan Settled = TimeSpan.FromHours(12);

    internal IEnumerable<string> Faults()
    {
        if (ArchiveAfterDays is < 1 or > 36_500) yield return $"Retention:ArchiveAfterDays is {ArchiveAfterDays}; it must be from 1 to 36500 days.";
    }
}
