namespace Notices.Access;

/// <summary>What a user or key may do.</summary>
public enum Role
{
    /// <summary>Enters plans, submits, starts and restores; declares emergencies.</summary>
    Dispatcher,

    /// <summary>Approves or rejects what another submitted.</summary>
    Approver,

    /// <summary>Hotline agent: looks customers up, enters call results.</summary>
    Agent,

    /// <summary>Reads everything and the audit record, changes nothing.</summary>
    Auditor,

    /// <summary>Users, keys, settings, imports.</summary>
    Administrator,

    /// <summary>A station that pulls feeds; its pulls are receipts.</summary>
    Broadcaster,
}

/// <summary>Who does something: goes into every method that reads or writes, and into the audit record.</summary>
/// <param name="Name">User name, key name or <c>system</c>.</param>
/// <param name="Roles">What they may do.</param>
/// <param name="OrganisationPath">The organisation they belong to, as a path (<c>/1/4/</c>): they see it and everything below; <c>/</c> sees all.</param>
public sealed record Actor(string Name, IReadOnlySet<Role> Roles, string OrganisationPath)
{
    /// <summary>The service itself: alarms, sweeps, dispatch.</summary>
    public static readonly Actor System = new("system", new HashSet<Role>(Enum.GetValues<Role>()), "/");

    /// <summary>True when the actor holds the role.</summary>
    public bool Is(Role role) => Roles.Contains(role);

    /// <summary>True when the actor holds one of the roles.</summary>
    public bool IsAny(params ReadOnlySpan<Role> roles)
    {
        foreach (var role in roles)
        {
            if (Roles.Contains(role)) return true;
        }

        return false;
    }

    /// <summary>True when the organisation at that path is the actor's own or below it.</summary>
    public bool Sees(string organisationPath) => organisationPath.StartsWith(OrganisationPath, StringComparison.Ordinal);
}
