using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Notices.Audit;
using Notices.Network;
using Notices.Storage;
using Notices.Words;

namespace Notices.Access;

/// <summary>Everything of an account but its name and password, as it is to be from now on.</summary>
/// <inheritdoc cref="AddUser" path="/param"/>
public sealed record ChangeUser(
    IReadOnlyList<Role> Roles, string Organisation, string DisplayName, string? Email = null, string? Phone = null, string? Language = null, StaffPost? Post = null);

/// <summary>What an administrator does to accounts of others.</summary>
public sealed class UserEditing(NoticesDb db, AuditTrail audit, OrganisationDirectory organisations, CustomerOptions customers, PasswordRules passwords)
{
    private static readonly UpperInvariantLookupNormalizer Normalizer = new();
    private static readonly PasswordHasher<User> Hasher = new();

    /// <summary>Roles, organisation and how somebody is reached; what they may do follows with their next step, without signing in again.</summary>
    public async Task<Result<UserView>> ChangeAsync(string name, ChangeUser request, Actor actor, CancellationToken cancellationToken)
    {
        var found = await FindAsync(name, "user.change", actor, cancellationToken);
        if (found.Value is not { } user) return Result<UserView>.Refused(found.Problems);

        var problems = UserChecks.Faults(request.Roles, request.Email, request.Language, request.Post).ToList();
        var phone = UserChecks.Phone(request.Phone, customers.Region);
        problems.AddRange(phone.Problems);
        var organisation = await organisations.FindAsync(request.Organisation, actor, cancellationToken);
        problems.AddRange(organisation.Problems);
        if (request.DisplayName.Trim().Length == 0) problems.Add(new Problem("field-missing", "displayName", new { field = "displayName" }));
        // Nobody locks themselves, and with them perhaps everybody, out.
        if (user.UserName == actor.Name && (!request.Roles.Contains(Role.Administrator) || request.Organisation != user.Organisation!.Code)) problems.Add(new Problem("own-account", "role"));
        if (problems.Count > 0) return problems;

        var before = Recorded(user);
        (user.DisplayName, user.Email, user.NormalizedEmail) = (request.DisplayName.Trim(), request.Email, Normalizer.NormalizeEmail(request.Email));
        (user.PhoneNumber, user.Language, user.Post) = (phone.Value is { Length: > 0 } number ? number : null, Languages.Nearest(request.Language), request.Post);
        (user.Organisation, user.OrganisationId) = (organisation.Value, organisation.Value!.Id);
        user.Roles.RemoveAll(role => !request.Roles.Contains(role.Role));
        user.Roles.AddRange(request.Roles.Distinct().Where(role => user.Roles.TrueForAll(has => has.Role != role)).Select(role => new UserRole { UserId = user.Id, Role = role }).ToList());
        audit.Record(actor, "user.changed", SignInDesk.Subject(user), before, Recorded(user));
        await audit.CommitAsync(cancellationToken);

        return UserView.Of(user);
    }

    /// <summary>For whoever has forgotten theirs: a new one, told to them by other means. Their sessions end, and an account that rests rests no more.</summary>
    public async Task<Result<UserView>> ResetPasswordAsync(string name, string password, Actor actor, CancellationToken cancellationToken)
    {
        var found = await FindAsync(name, "user.reset-password", actor, cancellationToken);
        if (found.Value is not { } user) return Result<UserView>.Refused(found.Problems);
        if (user.UserName == actor.Name) return new Problem("own-password", "password", null, ProblemKind.State);
        if (passwords.Faults(user.UserName!, password).ToList() is { Count: > 0 } problems) return problems;

        db.FormerPasswords.Add(new FormerPassword { UserId = user.Id, Hash = user.PasswordHash! });
        (user.PasswordHash, user.PasswordChangedAt, user.SecurityStamp) = (Hasher.HashPassword(user, password), null, Guid.NewGuid().ToString("n"));
        (user.AccessFailedCount, user.LockoutEnd) = (0, null);
        audit.Record(actor, "user.password-reset", SignInDesk.Subject(user));
        await audit.CommitAsync(cancellationToken);

        return UserView.Of(user);
    }

    /// <summary>For whoever has lost the telephone with it: their sessions end, and where their role asks for one they set up another at their next sign-in.</summary>
    public async Task<Result<UserView>> RemoveAuthenticatorAsync(string name, Actor actor, CancellationToken cancellationToken)
    {
        var found = await FindAsync(name, "user.remove-authenticator", actor, cancellationToken);
        if (found.Value is not { } user) return Result<UserView>.Refused(found.Problems);
        if (user.AuthenticatorKey is null) return new Problem("authenticator-none", null, new { name }, ProblemKind.State);

        (user.AuthenticatorKey, user.OfferedKey, user.LastCodeStep, user.SecurityStamp) = (null, null, null, Guid.NewGuid().ToString("n"));
        audit.Record(actor, "user.authenticator-removed", SignInDesk.Subject(user));
        await audit.CommitAsync(cancellationToken);

        return UserView.Of(user);
    }

    private async Task<Result<User>> FindAsync(string name, string what, Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.Is(Role.Administrator)) return Problem.Forbidden(what);

        var normalized = Normalizer.NormalizeName(name);
        var user = await db.Users.Include(u => u.Roles).Include(u => u.Organisation).FirstOrDefaultAsync(u => u.NormalizedUserName == normalized, cancellationToken);
        if (user is null || !actor.Sees(user.Organisation!.Path)) return Problem.NotFound("user", name);

        return user.DisabledAt is null ? user : new Problem("disabled-already", null, new { name, at = user.DisabledAt }, ProblemKind.State);
    }

    /// <summary>What the record keeps: addresses are personal.</summary>
    private static object Recorded(User user) => new { Roles = user.Roles.Select(r => r.Role).Order().ToList(), Organisation = user.Organisation!.Code, user.DisplayName, user.Post };
}
