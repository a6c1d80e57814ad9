namespace Notices.Hotline;

/// <summary>Somebody asked; what, and what became of it.</summary>
public sealed class Enquiry
{
    public long Id { get; set; }

    public long? OutageId { get; set; }

    public long? SupplyPointId { get; set; }

    /// <summary><c>still-out</c>, <c>question</c>, <c>reply</c>.</summary>
    public required string Topic { get; set; }

    public string? Text { get; set; }

    public DateTimeOffset At { get; set; }

    public string? Agent { get; set; }

    public DateTimeOffset? ClosedAt { get; set; }
}
