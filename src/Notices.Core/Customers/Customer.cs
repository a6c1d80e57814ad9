using Notices.Network;

namespace Notices.Customers;

/// <summary>The supply class the tariff knows.</summary>
public enum SupplyClass
{
    Residential,
    Commercial,
    Industrial,
    Agricultural,
    Public,
}

/// <summary>重要客户 grade (GB/T 29328).</summary>
public enum KeyGrade
{
    Special,
    First,
    Second,
    Temporary,
}

/// <summary>Why this household must be reached, not only sent to.</summary>
public enum Vulnerability
{
    LifeSupport,
    ElderlyAlone,
    FiveGuarantees,
}

/// <summary>What dies or spoils without power.</summary>
public enum LossProne
{
    Fish,
    Poultry,
    Greenhouse,
    ColdStore,
    Examination,
}

/// <summary>What others depend on.</summary>
public enum Dependency
{
    Mast,
    WaterWorks,
    Pumping,
    TrafficLights,
}

/// <summary>What rules a channel out; such a channel is skipped with a record, never counted as "no answer".</summary>
[Flags]
public enum Needs
{
    None = 0,
    Deaf = 1,
    HardOfHearing = 2,
    NoMobile = 4,
    LandlineOnly = 8,
    Dialect = 16,
    Blind = 32,
    CannotPressKeys = 64,
}

/// <summary>Who pays for one or more supply points, and how to reach them.</summary>
public sealed class Customer
{
    public long Id { get; set; }

    public long OrganisationId { get; set; }

    public Organisation? Organisation { get; set; }

    /// <summary>The billing system's key.</summary>
    public required string CustomerNo { get; set; }

    public required string Name { get; set; }

    /// <summary>A language of <see cref="Words.Languages"/>.</summary>
    public required string Language { get; set; }

    public SupplyClass Category { get; set; }

    public KeyGrade? Grade { get; set; }

    public Vulnerability? Vulnerability { get; set; }

    public LossProne? Loss { get; set; }

    public Dependency? Dependency { get; set; }

    public Needs Needs { get; set; }

    public string? Address { get; set; }

    public long? LiaisonOfficerId { get; set; }

    public LiaisonOfficer? LiaisonOfficer { get; set; }

    /// <summary>A key customer who asked for the reminder shortly before.</summary>
    public bool WantsShortReminder { get; set; }

    /// <summary>Wants fault messages at night too.</summary>
    public bool WantsNightMessages { get; set; }

    /// <summary>Minutes until loss, where known.</summary>
    public int? SurvivalMinutes { get; set; }

    /// <summary>Order of restoration among key customers.</summary>
    public int? RestorationRank { get; set; }

    /// <summary>0, 1 or 2, from <c>PriorityTier</c>; kept so that a snapshot is one statement.</summary>
    public short Tier { get; set; } = 2;

    public List<SupplyPoint> SupplyPoints { get; } = [];

    public List<Contact> Contacts { get; } = [];
}

/// <summary>双电源: the main feed or its backup.</summary>
public enum SupplyRole
{
    Main,
    Backup,
}

/// <summary>用电点: one account on one transformer.</summary>
public sealed class SupplyPoint
{
    public long Id { get; set; }

    public long CustomerId { get; set; }

    public Customer? Customer { get; set; }

    public required string AccountNo { get; set; }

    public long TransformerId { get; set; }

    public Transformer? Transformer { get; set; }

    public SupplyRole Role { get; set; }

    public bool OwnGenerator { get; set; }
}

/// <summary>What an address is good for.</summary>
public enum ContactKind
{
    /// <summary>E.164; takes SMS and calls.</summary>
    Mobile,

    /// <summary>E.164; takes calls only.</summary>
    Landline,

    Email,
}

/// <summary>联系人: one phone or address of a customer, in order of preference.</summary>
public sealed class Contact
{
    public long Id { get; set; }

    public long CustomerId { get; set; }

    public Customer? Customer { get; set; }

    public ContactKind Kind { get; set; }

    /// <summary>E.164 or a mail address in lower case.</summary>
    public required string Address { get; set; }

    /// <summary>1 is tried first.</summary>
    public short Ordinal { get; set; }

    /// <summary>Where it came from: <c>import</c> (the customers file), <c>contacts</c> (a file of further contacts), <c>hotline</c>, <c>subscription</c>.</summary>
    public required string Source { get; set; }

    public DateTimeOffset? ValidFrom { get; set; }

    public DateTimeOffset? ValidTo { get; set; }

    public DateTimeOffset? ConfirmedOn { get; set; }

    /// <summary>Set when somebody answered "not me".</summary>
    public DateTimeOffset? SuspendedAt { get; set; }

    public string? SuspendedReason { get; set; }

    /// <summary>A proxy (relative, neighbour, village doctor) and what they are.</summary>
    public string? ProxyName { get; set; }

    public string? ProxyRelation { get; set; }

    public DateTimeOffset? ProxyConsentedOn { get; set; }
}

/// <summary>联络员 of key customers.</summary>
public sealed class LiaisonOfficer
{
    public long Id { get; set; }

    public long OrganisationId { get; set; }

    public required string Name { get; set; }

    /// <summary>E.164.</summary>
    public required string Phone { get; set; }
}

/// <summary>村干部、网格员: tells a place.</summary>
public sealed class RelayPerson
{
    public long Id { get; set; }

    public long OrganisationId { get; set; }

    public required string Name { get; set; }

    public required string Phone { get; set; }

    public string? DeputyName { get; set; }

    public string? DeputyPhone { get; set; }

    public List<RelayPlace> Places { get; } = [];
}

public sealed class RelayPlace
{
    public long RelayPersonId { get; set; }

    public long PlaceId { get; set; }

    public Place? Place { get; set; }
}

/// <summary>STOP: no reminders and news to this address; statutory notices and emergencies still go out.</summary>
public sealed class OptOut
{
    public long Id { get; set; }

    public required string Address { get; set; }

    public DateTimeOffset At { get; set; }

    public required string Source { get; set; }
}
