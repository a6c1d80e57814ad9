using System.Globalization;

namespace Notices.Access;

/// <summary>Which passwords are taken.</summary>
public sealed class PasswordRules(SignInOptions options, BreachedPasswords breached)
{
    /// <summary>Characters; NIST SP 800-63B asks for at least 8 where there is a second factor and 15 where there is none, GB/T 22239 names no number and its assessors ask for 8.</summary>
    public const int Shortest = 12;

    /// <summary>Characters; long enough for any sentence, short enough to hash.</summary>
    public const int Longest = 256;

    /// <summary>Kinds of characters of four (capitals, small letters, digits, others) under <see cref="PasswordProfile.Dengbao"/>.</summary>
    private const int Kinds = 3;

    /// <summary>For how long one is good under <see cref="PasswordProfile.Dengbao"/>: the quarter assessors ask for.</summary>
    private static readonly TimeSpan Quarter = TimeSpan.FromDays(90);

    /// <summary>How many of the last ones are not taken again under <see cref="PasswordProfile.Dengbao"/>.</summary>
    internal const int Remembered = 5;

    /// <summary>Everything that is wrong with it at once.</summary>
    /// <param name="name">Whose it would be.</param>
    public IEnumerable<Problem> Faults(string name, string password)
    {
        if (password.Length < Shortest) yield return new Problem("password-too-short", "password", new { limit = Shortest });
        if (password.Length > Longest) yield return new Problem("password-too-long", "password", new { limit = Longest });
        if (name.Length > 0 && password.Contains(name, StringComparison.OrdinalIgnoreCase)) yield return new Problem("password-holds-name", "password");
        if (options.Profile == PasswordProfile.Dengbao && KindsIn(password) < Kinds) yield return new Problem("password-too-plain", "password", new { kinds = Kinds });
        if (password.Length is >= Shortest and <= Longest && (password.Distinct().Count() < 5 || breached.Contains(password))) yield return new Problem("password-known", "password");
    }

    /// <summary>True where it must be changed before anything else is done.</summary>
    /// <param name="changedAt">When its holder chose it; null where somebody else did.</param>
    public bool IsStale(DateTimeOffset? changedAt, DateTimeOffset now) => options.Profile == PasswordProfile.Dengbao && (changedAt is null || now - changedAt > Quarter);

    /// <summary>True where the last ones are not to come again.</summary>
    internal bool Remembers => options.Profile == PasswordProfile.Dengbao;

    private static int KindsIn(string password) => password.Select(letter => char.GetUnicodeCategory(letter) switch
    {
        UnicodeCategory.UppercaseLetter => 0,
        UnicodeCategory.LowercaseLetter => 1,
        UnicodeCategory.DecimalDigitNumber => 2,
        _ => 3,
    }).Distinct().Count();
}
