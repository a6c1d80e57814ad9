namespace Notices.Emergencies;

/// <summary>One storm holding many outages, with one next-update promise.</summary>
public sealed class Incident
{
    public long Id { get; set; }

    public required string Number { get; set; }

    public long OrganisationId { get; set; }

    public required string Name { get; set; }

    public DateTimeOffset DeclaredAt { get; set; }

    public required string DeclaredBy { get; set; }

    public DateTimeOffset? NextUpdateBy { get; set; }

    public DateTimeOffset? ClosedAt { get; set; }
}

/// <summary>A call a person has to make because no channel reached the recipient.</summary>
public sealed class ManualCall
{
    public long Id { get; set; }

    public long RoundId { get; set; }

    public long RecipientId { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public string? Result { get; set; }

    public string? EnteredBy { get; set; }

    public DateTimeOffset? EnteredAt { get; set; }
}

/// <summary>"Clear to switch" or "proceed, because …", with a name.</summary>
public sealed class SwitchCheck
{
    public long Id { get; set; }

    public long OutageId { get; set; }

    public required string Verdict { get; set; }

    public string? Because { get; set; }

    public required string By { get; set; }

    public DateTimeOffset At { get; set; }
}
