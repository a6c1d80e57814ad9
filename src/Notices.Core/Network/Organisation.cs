using Notices.Words;

namespace Notices.Network;

/// <summary>市公司 ⊃ 县公司 ⊃ 供电所.</summary>
public enum OrganisationLevel
{
    City,
    County,
    Station,
}

/// <summary>A power company or a part of one; users, feeders and outages belong to one and see their subtree.</summary>
public sealed class Organisation
{
    public long Id { get; set; }

    public required string Code { get; set; }

    public required string Name { get; set; }

    public string? NameEn { get; set; }

    /// <summary>The short name messages open with (国网井陉供电); the name where none is set.</summary>
    public string? Signature { get; set; }

    public string? SignatureEn { get; set; }

    public OrganisationLevel Level { get; set; }

    public long? ParentId { get; set; }

    public Organisation? Parent { get; set; }

    /// <summary>Ids from the root down, <c>/1/4/</c>: a subtree is one prefix.</summary>
    public string Path { get; set; } = "/";

    /// <summary>IANA name, e.g. <c>Asia/Shanghai</c>.</summary>
    public required string TimeZone { get; set; }

    /// <summary>GB/T 2260 code of the county; with six zeros the CAP geocode.</summary>
    public string? Adcode { get; set; }

    /// <summary>95598, or the company's own.</summary>
    public string? Hotline { get; set; }

    public LocalText LocalName => new(Name, NameEn ?? Name);

    public LocalText LocalSignature => new(Signature ?? Name, SignatureEn ?? NameEn ?? Signature ?? Name);
}
