using Microsoft.AspNetCore.Identity;
using Notices.Network;

namespace Notices.Access;

/// <summary>A person who signs in.</summary>
public sealed class User : IdentityUser
{
    public string DisplayName { get; set; } = "";

    public long OrganisationId { get; set; }

    public Organisation? Organisation { get; set; }

    /// <summary>What messages to them are written in; null for Chinese.</summary>
    public string? Language { get; set; }

    /// <summary>Whom the service rings when those who should act have not; null for everybody else.</summary>
    public StaffPost? Post { get; set; }

    /// <summary>Set when an administrator closed the account; the row stays for the record.</summary>
    public DateTimeOffset? DisabledAt { get; set; }

    /// <summary>Machine time at which they chose their password; null while it is the one somebody gave them.</summary>
    public DateTimeOffset? PasswordChangedAt { get; set; }

    /// <summary>The closed key of their authenticator; null where they have none.</summary>
    public string? AuthenticatorKey { get; set; }

    /// <summary>The closed key offered to them and not confirmed yet.</summary>
    public string? OfferedKey { get; set; }

    /// <summary>Half minutes since 1970 of the last code taken, which is not taken again.</summary>
    public long? LastCodeStep { get; set; }

    public List<UserRole> Roles { get; } = [];
}

/// <summary>A password somebody had before.</summary>
public sealed class FormerPassword
{
    public long Id { get; set; }

    public required string UserId { get; set; }

    public required string Hash { get; set; }
}

/// <summary>Who is rung after the first.</summary>
public enum StaffPost
{
    /// <summary>代理审批人: approves where the approver has not.</summary>
    Deputy,

    /// <summary>值班领导.</summary>
    DutyLeader,
}

/// <summary>One role a user holds, within their organisation's subtree.</summary>
public sealed class UserRole
{
    public string UserId { get; set; } = "";

    public Role Role { get; set; }
}

/// <summary>A key for a program. Only its SHA-256 is kept; the key itself is shown once.</summary>
public sealed class ApiKey
{
    public long Id { get; set; }

    public required string Name { get; set; }

    /// <summary>The first characters, to tell keys apart in lists.</summary>
    public required string Prefix { get; set; }

    /// <summary>Lower-case hexadecimal SHA-256 of the whole key.</summary>
    public required string Hash { get; set; }

    public Role Role { get; set; }

    public long OrganisationId { get; set; }

    public Organisation? Organisation { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? DisabledAt { get; set; }
}
