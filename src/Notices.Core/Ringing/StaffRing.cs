namespace Notices.Ringing;

/// <summary>One message to one member of staff on one medium, because of one moment. Addresses stay with the user (or, for an owner who is none, with the outage) and are read when it is sent.</summary>
public sealed class StaffRing : OutboxRow
{
    public long MomentId { get; set; }

    public long OutageId { get; set; }

    /// <summary>Null where the owner is known by a mail address alone, and where there is nobody.</summary>
    public string? UserId { get; set; }
}
