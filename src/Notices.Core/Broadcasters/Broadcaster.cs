namespace Notices.Broadcasters;

/// <summary>A radio or television station or loudspeaker network.</summary>
public sealed class Broadcaster
{
    public long Id { get; set; }

    public required string Name { get; set; }

    public long OrganisationId { get; set; }

    /// <summary>The key whose pulls are its receipts.</summary>
    public long ApiKeyId { get; set; }
}

/// <summary>What a station pulled and when. Never updated or deleted.</summary>
public sealed class PullReceipt
{
    public long Id { get; set; }

    public long BroadcasterId { get; set; }

    public required string Feed { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary>The newest notice the answer held.</summary>
    public long? NewestNoticeId { get; set; }
}

/// <summary>What was read on air and when. Never updated or deleted.</summary>
public sealed class Airing
{
    public long Id { get; set; }

    public long BroadcasterId { get; set; }

    public long NoticeId { get; set; }

    public DateTimeOffset AiredAt { get; set; }

    public required string EnteredBy { get; set; }
}
