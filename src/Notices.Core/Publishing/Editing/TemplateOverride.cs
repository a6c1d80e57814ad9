namespace Notices.Publishing;

/// <summary>Where a version of a template stands. The newest of its path alone may be <see cref="Draft"/> or <see cref="Submitted"/>.</summary>
public enum TemplateState
{
    /// <summary>Saved; nobody has been asked yet.</summary>
    Draft,

    /// <summary>Waits for somebody else's word.</summary>
    Submitted,

    /// <summary>In force, or was: the newest approved one of its path is. For good.</summary>
    Approved,

    Rejected,

    /// <summary>A newer version was written before this one was approved.</summary>
    Replaced,
}

/// <summary>One version of a template edited in the console; the newest approved one of a path stands in the shipped file's place.</summary>
public sealed class TemplateOverride
{
    public long Id { get; set; }

    /// <summary>Path below <c>templates/</c>.</summary>
    public required string Path { get; set; }

    /// <summary>1, 2, 3 … for each path.</summary>
    public int Version { get; set; }

    /// <summary>Where <see cref="IsShipped"/>, what the file said then.</summary>
    public required string Text { get; set; }

    /// <summary>The shipped file speaks again, whatever an upgrade makes of it.</summary>
    public bool IsShipped { get; set; }

    /// <summary>SHA-256 of the shipped file when this was written; null where none is shipped. Another one now: an upgrade changed it.</summary>
    public string? ShippedHash { get; set; }

    public TemplateState State { get; set; }

    public required string EditedBy { get; set; }

    public DateTimeOffset EditedAt { get; set; }

    /// <summary>Who approved or rejected it; never <see cref="EditedBy"/> where it was approved.</summary>
    public string? DecidedBy { get; set; }

    public DateTimeOffset? DecidedAt { get; set; }

    /// <summary>Why it was rejected.</summary>
    public string? Reason { get; set; }
}
