namespace Notices.Network;

/// <summary>变电站.</summary>
public sealed class Substation
{
    public long Id { get; set; }

    public long OrganisationId { get; set; }

    public Organisation? Organisation { get; set; }

    public required string Name { get; set; }
}

/// <summary>线路: a medium-voltage line.</summary>
public sealed class Feeder
{
    public long Id { get; set; }

    public long OrganisationId { get; set; }

    public Organisation? Organisation { get; set; }

    public long? SubstationId { get; set; }

    public Substation? Substation { get; set; }

    /// <summary>Unique in the installation, e.g. <c>JX-F03</c>.</summary>
    public required string Code { get; set; }

    public required string Name { get; set; }

    public string? NameEn { get; set; }

    public decimal VoltageKv { get; set; }
}

/// <summary>分段: a part of a feeder beyond a switch ("13号杆开关以下").</summary>
public sealed class Section
{
    public long Id { get; set; }

    public long FeederId { get; set; }

    public Feeder? Feeder { get; set; }

    /// <summary>Unique within its feeder; what a plan names.</summary>
    public required string Name { get; set; }
}

/// <summary>台区: the transformer customers hang on.</summary>
public sealed class Transformer
{
    public long Id { get; set; }

    public long FeederId { get; set; }

    public Feeder? Feeder { get; set; }

    public long? SectionId { get; set; }

    public Section? Section { get; set; }

    public long? PlaceId { get; set; }

    public Place? Place { get; set; }

    /// <summary>Unique in the installation.</summary>
    public required string Code { get; set; }

    public required string Name { get; set; }

    /// <summary>WGS84 degrees; never shown to the public.</summary>
    public double? Latitude { get; set; }

    public double? Longitude { get; set; }

    public List<AlternateFeed> AlternateFeeds { get; } = [];
}

/// <summary>A transformer fed by another feeder for a time: it is not cut with its own feeder then, but with the other.</summary>
public sealed class AlternateFeed
{
    public long Id { get; set; }

    public long TransformerId { get; set; }

    public Transformer? Transformer { get; set; }

    public long FeederId { get; set; }

    public Feeder? Feeder { get; set; }

    public long? SectionId { get; set; }

    public Section? Section { get; set; }

    public DateTimeOffset From { get; set; }

    /// <summary>Null while open.</summary>
    public DateTimeOffset? To { get; set; }
}

/// <summary>村、街道: what the public calls where they live.</summary>
public sealed class Place
{
    public long Id { get; set; }

    public long OrganisationId { get; set; }

    public Organisation? Organisation { get; set; }

    /// <summary>Village or street code (GB/T), or one made from the name where a network file gives none.</summary>
    public required string Code { get; set; }

    public required string Name { get; set; }

    /// <summary>What English texts call it; its name where there is none.</summary>
    public string? NameEn { get; set; }

    public string? Township { get; set; }

    public double? Latitude { get; set; }

    public double? Longitude { get; set; }
}

/// <summary>A polygon for alerts: a county, a township or a village.</summary>
public sealed class Area
{
    public long Id { get; set; }

    public required string Code { get; set; }

    public required string Name { get; set; }

    /// <summary>For a place of the same code too, where the network file gave it none.</summary>
    public string? NameEn { get; set; }

    /// <summary>The CAP geocode of China's 12379 platform: adcode and six zeros.</summary>
    public string? Geocode { get; set; }

    /// <summary>Outer rings as CAP writes them, <c>lat,lon lat,lon …</c>, one a line, closed.</summary>
    public required string Rings { get; set; }
}

/// <summary>What other systems have ids for, and what is its code with us.</summary>
public enum ExternalSubject
{
    Organisation,

    /// <summary>By name.</summary>
    Substation,
    Feeder,

    /// <summary>By <c>FEEDER/SECTION</c>.</summary>
    Section,
    Transformer,
    Place,

    /// <summary>By customer number.</summary>
    Customer,

    /// <summary>By account number.</summary>
    SupplyPoint,

    /// <summary>By <c>ACCOUNT/ADDRESS</c>.</summary>
    Contact,

    /// <summary>By phone.</summary>
    Liaison,

    /// <summary>By phone.</summary>
    Relay,

    /// <summary>By number.</summary>
    Outage,
}

/// <summary>How another system calls one of our things: one name a thing and system, and none twice.</summary>
public sealed class ExternalId
{
    public long Id { get; set; }

    /// <summary>An <see cref="ExternalSubject"/> as files write it: <c>supply-point</c>.</summary>
    public required string Subject { get; set; }

    public long SubjectId { get; set; }

    public required string System { get; set; }

    public required string Value { get; set; }
}
