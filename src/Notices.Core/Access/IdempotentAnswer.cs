namespace Notices.Access;

/// <summary>What a POST with an Idempotency-Key was answered; kept 24 h per key holder and route.</summary>
public sealed class IdempotentAnswer
{
    public long Id { get; set; }

    public required string Holder { get; set; }

    public required string Route { get; set; }

    public required string Key { get; set; }

    /// <summary>SHA-256 of the body: another body under the same key is refused.</summary>
    public required string BodyHash { get; set; }

    /// <summary>Null while the first request is still running.</summary>
    public int? Status { get; set; }

    public string? ContentType { get; set; }

    public string? Location { get; set; }

    public string? Answer { get; set; }

    /// <summary>Machine time; renewed while the request runs.</summary>
    public DateTimeOffset CreatedAt { get; set; }
}
