namespace Notices.Access;

/// <summary>What still stands between somebody whose password was right and their work, in the order in which it is asked for.</summary>
public enum SignInStep
{
    /// <summary>The code of their authenticator.</summary>
    Code,

    /// <summary>Setting an authenticator up, which their role asks for.</summary>
    Authenticator,

    /// <summary>A new password.</summary>
    Password,

    Done,
}

/// <summary>Somebody who has shown who they are.</summary>
/// <param name="Stamp">Changes when all their sessions are to end.</param>
/// <param name="ByCode">Whether a code was shown.</param>
public sealed record Session(string UserId, string Stamp, string DisplayName, string? Language, Actor Actor, SignInStep Step, bool ByCode);
