namespace Notices.Access;

/// <summary>What a password has to be.</summary>
public enum PasswordProfile
{
    /// <summary>NIST SP 800-63B: long, not among those known to thieves, and otherwise as one likes; changed when there is a reason.</summary>
    Nist,

    /// <summary>等保, GB/T 22239—2019 (8.1.4.1 身份鉴别): several kinds of characters, changed every ninety days and at first sign-in, none of the last five again, a short idle time.</summary>
    Dengbao,
}

/// <summary>Who must show a code besides the password.</summary>
public enum SecondFactor
{
    /// <summary>Approvers and administrators; everybody else may.</summary>
    Required,

    /// <summary>Nobody must; for a demonstration on one's own machine.</summary>
    Optional,
}

/// <summary>The section <c>SignIn</c>.</summary>
public sealed class SignInOptions
{
    /// <summary>The name of a <see cref="PasswordProfile"/>. As text, so that a wrong one is told as a sentence.</summary>
    public string Passwords { get; set; } = "nist";

    /// <summary>The name of a <see cref="Access.SecondFactor"/>.</summary>
    public string SecondFactor { get; set; } = "required";

    /// <summary>Machine time without a sign of life after which a session ends; null: 15 minutes with <see cref="PasswordProfile.Dengbao"/>, an hour otherwise.</summary>
    public TimeSpan? IdleTimeout { get; set; }

    /// <summary>Machine time after which one signs in again however busy one is: a shift.</summary>
    public TimeSpan LongestSession { get; set; } = TimeSpan.FromHours(12);

    /// <summary>Wrong passwords or codes in a row after which an account rests.</summary>
    public int Tries { get; set; } = 10;

    /// <summary>Machine time for which it rests.</summary>
    public TimeSpan LockOut { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>A file of passwords known to thieves besides those in <c>config/passwords.txt</c>: lines of <c>SHA-1:count</c> in order of the digests, as Have I Been Pwned gives them out; null: none.</summary>
    public string? BreachedPasswords { get; set; }

    /// <summary>An OpenID Connect provider people may sign in at instead; null: none.</summary>
    public OpenIdOptions? OpenId { get; set; }

    public PasswordProfile Profile => Passwords.Equals("dengbao", StringComparison.OrdinalIgnoreCase) ? PasswordProfile.Dengbao : PasswordProfile.Nist;

    public bool NeedsSecondFactor => SecondFactor.Equals("required", StringComparison.OrdinalIgnoreCase);

    public TimeSpan Idle => IdleTimeout ?? (Profile == PasswordProfile.Dengbao ? TimeSpan.FromMinutes(15) : TimeSpan.FromHours(1));

    internal IEnumerable<string> Faults()
    {
        if (!Enum.GetNames<PasswordProfile>().Contains(Passwords, StringComparer.OrdinalIgnoreCase)) yield return $"SignIn:Passwords is '{Passwords}'; it must be nist or dengbao.";
        if (!Enum.GetNames<SecondFactor>().Contains(SecondFactor, StringComparer.OrdinalIgnoreCase)) yield return $"SignIn:SecondFactor is '{SecondFactor}'; it must be required or optional.";
        if (Idle < TimeSpan.FromMinutes(1) || Idle > TimeSpan.FromHours(24)) yield return $"SignIn:IdleTimeout is {Idle}; it must be from 00:01:00 to 1.00:00:00.";
        if (LongestSession < TimeSpan.FromMinutes(5) || LongestSession > TimeSpan.FromDays(7)) yield return $"SignIn:LongestSession is {LongestSession}; it must be from 00:05:00 to 7.00:00:00.";
        if (Tries is < 3 or > 100) yield return $"SignIn:Tries is {Tries}; it must be from 3 to 100.";
        if (LockOut < TimeSpan.FromMinutes(1) || LockOut > TimeSpan.FromHours(24)) yield return $"SignIn:LockOut is {LockOut}; it must be from 00:01:00 to 1.00:00:00.";
        if (BreachedPasswords is { Length: > 0 } file && !File.Exists(file)) yield return $"SignIn:BreachedPasswords is '{file}', which is not there.";
        foreach (var fault in OpenId?.Faults() ?? []) yield return fault;
    }
}

/// <summary>The section <c>SignIn:OpenId</c>.</summary>
public sealed class OpenIdOptions
{
    /// <summary>Where the provider is; its description is read below it, at <c>.well-known/openid-configuration</c>.</summary>
    public Uri? Authority { get; set; }

    public string ClientId { get; set; } = "";

    /// <summary>Secret.</summary>
    public string ClientSecret { get; set; } = "";

    /// <summary>The claim that holds the name of the account here. Accounts are opened here, and their roles are those given here.</summary>
    public string NameClaim { get; set; } = "preferred_username";

    /// <summary>What the provider is called on the button; null: a general word.</summary>
    public string? Label { get; set; }

    /// <summary>Whether a second factor shown there (<c>amr</c> holds <c>mfa</c>, <c>otp</c>, <c>hwk</c> or <c>sc</c>, RFC 8176) counts here too.</summary>
    public bool TrustSecondFactor { get; set; }

    internal IEnumerable<string> Faults()
    {
        if (Authority is not { IsAbsoluteUri: true } at || !(at.Scheme == Uri.UriSchemeHttps || (at.Scheme == Uri.UriSchemeHttp && at.IsLoopback)))
            yield return $"SignIn:OpenId:Authority is '{Authority}'; it must be an https address (http only for this machine).";
        if (ClientId.Length == 0) yield return "SignIn:OpenId:ClientId is missing; it is the name the provider knows Notices by.";
        if (ClientSecret.Length == 0) yield return "SignIn:OpenId:ClientSecret is missing; put it into the environment, SignIn__OpenId__ClientSecret.";
        if (NameClaim.Length == 0) yield return "SignIn:OpenId:NameClaim is empty; it must be the claim that holds the name of the account, such as preferred_username.";
    }
}
