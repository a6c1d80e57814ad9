using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Audit;
using Notices.Storage;

namespace Notices.Access;

/// <summary>Signing in and out; all of it stands in the record. Times are machine time.</summary>
public sealed class SignInDesk(NoticesDb db, AuditTrail audit, SignInOptions options, PasswordRules rules, SecretBox box, [FromKeyedServices(CoreServices.Machine)] TimeProvider machine)
{
    private static readonly UpperInvariantLookupNormalizer Normalizer = new();
    private static readonly PasswordHasher<User> Hasher = new();

    /// <summary>Hashed where there is no such user, so that both take equally long.</summary>
    private static readonly string NobodysHash = Hasher.HashPassword(new User(), "nobody has this password");

    /// <summary>The first step. Whether there is such a user, whether the account is closed or only the password is wrong, the answer is the same.</summary>
    public async Task<Result<Session>> PasswordAsync(string name, string password, CancellationToken cancellationToken)
    {
        var normalized = Normalizer.NormalizeName(name.Trim());
        var user = await Users.FirstOrDefaultAsync(u => u.NormalizedUserName == normalized, cancellationToken);
        var hash = user?.PasswordHash ?? NobodysHash;
        var verdict = password.Length > PasswordRules.Longest ? PasswordVerificationResult.Failed : Hasher.VerifyHashedPassword(user ?? new User(), hash, password);
        if (user is null)
        {
            // What was typed may be a password: it is written nowhere.
            audit.Record(new Actor("anonymous", new HashSet<Role>(), "-"), "user.sign-in-refused", "user/?", null, new { why = "unknown" });
            await audit.CommitAsync(cancellationToken);

            return new Problem("sign-in-refused");
        }

        if (user.LockoutEnd > Now) return await RefuseAsync(user, "resting", new Problem("sign-in-resting", null, new { until = user.LockoutEnd.Value }, ProblemKind.State), cancellationToken);
        if (verdict == PasswordVerificationResult.Failed || user.DisabledAt is not null) return await CountAsync(user, user.DisabledAt is null ? "password" : "disabled", "sign-in-refused", cancellationToken);

        if (verdict == PasswordVerificationResult.SuccessRehashNeeded) user.PasswordHash = Hasher.HashPassword(user, password);
        var step = user.AuthenticatorKey is not null ? SignInStep.Code : Following(user);
        if (step == SignInStep.Done) return await WelcomeAsync(user, false, cancellationToken);

        // The tries go on counting until the last step.
        audit.Record(ActorOf(user), "user.password-shown", Subject(user), null, new { next = step });
        await audit.CommitAsync(cancellationToken);

        return Of(user, step, false);
    }

    /// <summary>Somebody another provider has signed in. Who there is to be and what they may do is decided here.</summary>
    /// <param name="byCode">They showed a second factor there, and that is trusted.</param>
    public async Task<Result<Session>> OutsideAsync(string name, bool byCode, CancellationToken cancellationToken)
    {
        var normalized = Normalizer.NormalizeName(name.Trim());
        var user = await Users.FirstOrDefaultAsync(u => u.NormalizedUserName == normalized, cancellationToken);
        if (user is not { DisabledAt: null })
        {
            audit.Record(new Actor("anonymous", new HashSet<Role>(), "-"), "user.sign-in-refused", user is null ? "user/?" : Subject(user), null, new { why = user is null ? "unknown" : "disabled", outside = true });
            await audit.CommitAsync(cancellationToken);

            return new Problem("sign-in-outside-refused", null, new { name });
        }

        var step = byCode ? SignInStep.Done : user.AuthenticatorKey is not null ? SignInStep.Code : NeedsAuthenticator(user) ? SignInStep.Authenticator : SignInStep.Done;
        if (step == SignInStep.Done) return await WelcomeAsync(user, byCode, cancellationToken);

        audit.Record(ActorOf(user), "user.shown-outside", Subject(user), null, new { next = step });
        await audit.CommitAsync(cancellationToken);

        return Of(user, step, false);
    }

    /// <summary>The second step: the digits the authenticator shows, each taken once.</summary>
    public async Task<Result<Session>> CodeAsync(string userId, string stamp, string code, CancellationToken cancellationToken)
    {
        if (await FindAsync(userId, stamp, cancellationToken) is not { AuthenticatorKey: { } closed } user) return new Problem("sign-in-over", null, null, ProblemKind.State);
        if (user.LockoutEnd > Now) return await RefuseAsync(user, "resting", new Problem("sign-in-resting", null, new { until = user.LockoutEnd.Value }, ProblemKind.State), cancellationToken);

        var step = box.Open(closed, user.Id) is { } key ? TimeCode.StepOf(key, Digits(code), Now) : null;
        if (step is null || !await TakeAsync(user, step.Value, cancellationToken)) return await CountAsync(user, "code", "code-wrong", cancellationToken);
        if (Following(user) is var next and not SignInStep.Done) return Of(user, next, true);

        return await WelcomeAsync(user, true, cancellationToken);
    }

    /// <summary>True for the first who shows the code of that step.</summary>
    private async Task<bool> TakeAsync(User user, long step, CancellationToken cancellationToken) =>
        await db.Users.Where(u => u.Id == user.Id && (u.LastCodeStep == null || u.LastCodeStep < step)).ExecuteUpdateAsync(set => set.SetProperty(u => u.LastCodeStep, step), cancellationToken) == 1;

    /// <summary>Who holds a session now; null where it has ended or its account was closed.</summary>
    /// <param name="step">What was still to be done when it began.</param>
    public async Task<Session?> HolderAsync(string userId, string stamp, SignInStep step, bool byCode, CancellationToken cancellationToken) =>
        await FindAsync(userId, stamp, cancellationToken) is { } user ? Of(user, step, byCode) : null;

    public async Task SignOutAsync(Actor actor, CancellationToken cancellationToken)
    {
        audit.Record(actor, "user.signed-out", $"user/{actor.Name}");
        await audit.CommitAsync(cancellationToken);
    }

    /// <summary>What comes once a password, and a code where there is one, were right.</summary>
    internal SignInStep Following(User user) =>
        user.AuthenticatorKey is null && NeedsAuthenticator(user) ? SignInStep.Authenticator
        : rules.IsStale(user.PasswordChangedAt, Now) ? SignInStep.Password
        : SignInStep.Done;

    private bool NeedsAuthenticator(User user) => options.NeedsSecondFactor && user.Roles.Exists(r => r.Role is Role.Approver or Role.Administrator);

    internal async Task<Session> WelcomeAsync(User user, bool byCode, CancellationToken cancellationToken)
    {
        (user.AccessFailedCount, user.LockoutEnd) = (0, null);
        audit.Record(ActorOf(user), "user.signed-in", Subject(user), null, new { code = byCode });
        await audit.CommitAsync(cancellationToken);

        return Of(user, SignInStep.Done, byCode);
    }

    internal async Task<User?> FindAsync(string userId, string stamp, CancellationToken cancellationToken) =>
        await Users.FirstOrDefaultAsync(u => u.Id == userId && u.SecurityStamp == stamp && u.DisabledAt == null, cancellationToken);

    internal static Session Of(User user, SignInStep step, bool byCode) =>
        new(user.Id, user.SecurityStamp!, user.DisplayName, user.Language, step == SignInStep.Done ? ActorOf(user) : ActorOf(user) with { Roles = new HashSet<Role>() }, step, byCode);

    internal static Actor ActorOf(User user) => new(user.UserName!, user.Roles.Select(r => r.Role).ToHashSet(), user.Organisation!.Path);

    internal static string Subject(User user) => $"user/{user.UserName}";

    internal static string Digits(string code) => string.Concat(code.Where(char.IsAsciiDigit));

    /// <summary>One more wrong answer; after the last the account rests.</summary>
    internal async Task<Result<Session>> CountAsync(User user, string why, string problem, CancellationToken cancellationToken)
    {
        // Counted by the database, so that many at once are so many tries.
        await audit.BeginAsync(cancellationToken);
        await db.Users.Where(u => u.Id == user.Id).ExecuteUpdateAsync(set => set.SetProperty(u => u.AccessFailedCount, u => u.AccessFailedCount + 1), cancellationToken);
        var count = await db.Users.Where(u => u.Id == user.Id).Select(u => u.AccessFailedCount).FirstAsync(cancellationToken);
        if (count >= options.Tries)
        {
            DateTimeOffset? until = Now + options.LockOut;
            await db.Users.Where(u => u.Id == user.Id).ExecuteUpdateAsync(set => set.SetProperty(u => u.AccessFailedCount, 0).SetProperty(u => u.LockoutEnd, until), cancellationToken);
            audit.Record(ActorOf(user), "user.locked-out", Subject(user), null, new { until });
        }

        return await RefuseAsync(user, why, new Problem(problem, problem == "code-wrong" ? "code" : null), cancellationToken);
    }

    private async Task<Result<Session>> RefuseAsync(User user, string why, Problem problem, CancellationToken cancellationToken)
    {
        db.ChangeTracker.Clear();
        audit.Record(ActorOf(user), "user.sign-in-refused", Subject(user), null, new { why });
        await audit.CommitAsync(cancellationToken);

        return problem;
    }

    private IQueryable<User> Users => db.Users.Include(u => u.Roles).Include(u => u.Organisation);

    /// <summary>Whole microseconds, which both databases keep.</summary>
    private DateTimeOffset Now => new(machine.GetUtcNow().UtcTicks / 10 * 10, TimeSpan.Zero);
}
