namespace Notices.Operation;

/// <summary>One running process of the service; it writes its row anew every few seconds, which also proves that the database takes writes.</summary>
public sealed class Peer
{
    /// <summary>Never used again by another process.</summary>
    public required string Id { get; set; }

    /// <summary><c>all</c>, <c>web</c> or <c>worker</c>.</summary>
    public required string Role { get; set; }

    public required string Version { get; set; }

    /// <summary>Machine time.</summary>
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>Machine time; one not seen for a minute is gone.</summary>
    public DateTimeOffset SeenAt { get; set; }
}
