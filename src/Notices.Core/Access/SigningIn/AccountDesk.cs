using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Audit;
using Notices.Storage;

namespace Notices.Access;

/// <summary>A key to be typed or scanned into an authenticator; it counts from the first code of it that is shown.</summary>
/// <param name="Text">Base 32.</param>
/// <param name="Link">What a telephone opens (<c>otpauth:</c>).</param>
public sealed record AuthenticatorKey(string Text, string Link);

/// <summary>What people do to their own accounts.</summary>
public sealed class AccountDesk(NoticesDb db, AuditTrail audit, SignInDesk signIn, PasswordRules rules, SecretBox box, [FromKeyedServices(CoreServices.Machine)] TimeProvider machine)
{
    private static readonly PasswordHasher<User> Hasher = new();

    /// <summary>The key offered to whoever has none yet; the same until it is confirmed, so that a page shown twice shows one.</summary>
    public async Task<Result<AuthenticatorKey>> OfferAsync(string userId, string stamp, CancellationToken cancellationToken)
    {
        if (await signIn.FindAsync(userId, stamp, cancellationToken) is not { } user) return new Problem("sign-in-over", null, null, ProblemKind.State);
        if (user.AuthenticatorKey is not null) return new Problem("authenticator-there", null, null, ProblemKind.State);

        var key = user.OfferedKey is { } closed ? box.Open(closed, user.Id) : null;
        if (key is null)
        {
            key = TimeCode.NewKey();
            user.OfferedKey = box.Close(key, user.Id);
            await db.SaveChangesAsync(cancellationToken);
        }

        var text = TimeCode.Text(key);

        return new AuthenticatorKey(text, $"otpauth://totp/Notices:{Uri.EscapeDataString(user.UserName!)}?secret={text}&issuer=Notices");
    }

    /// <summary>The first code of the key offered: from now on it is asked for.</summary>
    public async Task<Result<Session>> ConfirmAsync(string userId, string stamp, string code, CancellationToken cancellationToken)
    {
        if (await signIn.FindAsync(userId, stamp, cancellationToken) is not { OfferedKey: { } closed } user) return new Problem("sign-in-over", null, null, ProblemKind.State);

        var step = box.Open(closed, user.Id) is { } key ? TimeCode.StepOf(key, SignInDesk.Digits(code), machine.GetUtcNow()) : null;
        if (step is null) return await signIn.CountAsync(user, "code", "code-wrong", cancellationToken);

        (user.AuthenticatorKey, user.OfferedKey, user.LastCodeStep) = (closed, null, step);
        audit.Record(SignInDesk.ActorOf(user), "user.authenticator-set", SignInDesk.Subject(user));
        await audit.CommitAsync(cancellationToken);

        return await GoOnAsync(user, true, cancellationToken);
    }

    /// <summary>A password of one's own choice; all other sessions of its holder end.</summary>
    public async Task<Result<Session>> ChangePasswordAsync(string userId, string stamp, string present, string chosen, bool byCode, CancellationToken cancellationToken)
    {
        if (await signIn.FindAsync(userId, stamp, cancellationToken) is not { } user) return new Problem("sign-in-over", null, null, ProblemKind.State);
        if (!Is(user, user.PasswordHash!, present)) return await signIn.CountAsync(user, "password", "password-wrong", cancellationToken);

        var problems = rules.Faults(user.UserName!, chosen).ToList();
        var former = await db.FormerPasswords.Where(p => p.UserId == userId).OrderByDescending(p => p.Id).Take(PasswordRules.Remembered - 1).ToListAsync(cancellationToken);
        if (Is(user, user.PasswordHash!, chosen) || (rules.Remembers && former.Exists(p => Is(user, p.Hash, chosen)))) problems.Add(new Problem("password-used-before", "password", new { count = PasswordRules.Remembered }));
        if (problems.Count > 0) return problems;

        db.FormerPasswords.Add(new FormerPassword { UserId = user.Id, Hash = user.PasswordHash! });
        (user.PasswordHash, user.PasswordChangedAt, user.SecurityStamp) = (Hasher.HashPassword(user, chosen), machine.GetUtcNow(), Guid.NewGuid().ToString("n"));
        audit.Record(SignInDesk.ActorOf(user), "user.password-changed", SignInDesk.Subject(user));
        await audit.CommitAsync(cancellationToken);

        return await GoOnAsync(user, byCode, cancellationToken);
    }

    private async Task<Result<Session>> GoOnAsync(User user, bool byCode, CancellationToken cancellationToken) =>
        signIn.Following(user) is var next and not SignInStep.Done ? SignInDesk.Of(user, next, byCode) : await signIn.WelcomeAsync(user, byCode, cancellationToken);

    private static bool Is(User user, string hash, string password) =>
        password.Length <= PasswordRules.Longest && Hasher.VerifyHashedPassword(user, hash, password) != PasswordVerificationResult.Failed;
}
