using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Notices.Audit;
using Notices.Network;
using Notices.Storage;
using Notices.Words;

namespace Notices.Access;

/// <param name="Name">What they sign in with; stands in the record as the actor.</param>
/// <param name="Organisation">Code; they see it and everything below.</param>
/// <param name="Phone">A mobile number, as people write it; rings go there.</param>
/// <param name="Language">What they are written to in; null for Chinese.</param>
/// <param name="Post">Who is rung when the first does not act.</param>
public sealed record AddUser(
    string Name, string Password, IReadOnlyList<Role> Roles, string Organisation, string? DisplayName = null, string? Email = null, string? Phone = null, string? Language = null,
    StaffPost? Post = null);

/// <summary>A user as lists show it.</summary>
public sealed record UserView(string Name, string DisplayName, IReadOnlyList<Role> Roles, string Organisation, DateTimeOffset? DisabledAt)
{
    public string? Email { get; init; }

    /// <summary>E.164.</summary>
    public string? Phone { get; init; }

    public string? Language { get; init; }

    public StaffPost? Post { get; init; }

    /// <summary>Codes of it are asked for.</summary>
    public bool HasAuthenticator { get; init; }

    /// <summary>Until when the account rests after too many wrong tries; machine time.</summary>
    public DateTimeOffset? RestsUntil { get; init; }

    internal static UserView Of(User user) => new(user.UserName!, user.DisplayName, [.. user.Roles.Select(r => r.Role).Order()], user.Organisation!.Code, user.DisabledAt)
    {
        Email = user.Email,
        Phone = user.PhoneNumber,
        Language = user.Language,
        Post = user.Post,
        HasAuthenticator = user.AuthenticatorKey is not null,
        RestsUntil = user.LockoutEnd,
    };
}

/// <summary>People's accounts.</summary>
public sealed partial class UserDesk(NoticesDb db, AuditTrail audit, TimeProvider clock, OrganisationDirectory organisations, CustomerOptions customers, PasswordRules passwords)
{
    private static readonly UpperInvariantLookupNormalizer Normalizer = new();
    private static readonly PasswordHasher<User> Hasher = new();

    /// <summary>Opens an account, with everything that is wrong at once.</summary>
    public async Task<Result<UserView>> AddAsync(AddUser request, Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.Is(Role.Administrator)) return Problem.Forbidden("user.add");

        var problems = Faults(request).Concat(passwords.Faults(request.Name, request.Password)).ToList();
        var phone = UserChecks.Phone(request.Phone, customers.Region);
        problems.AddRange(phone.Problems);
        var organisation = await organisations.FindAsync(request.Organisation, actor, cancellationToken);
        problems.AddRange(organisation.Problems);
        var normalized = Normalizer.NormalizeName(request.Name);
        if (await db.Users.AnyAsync(u => u.NormalizedUserName == normalized, cancellationToken)) problems.Add(new Problem("user-name-taken", "name", new { name = request.Name }));
        if (problems.Count > 0) return problems;

        var user = new User
        {
            UserName = request.Name,
            NormalizedUserName = normalized,
            DisplayName = request.DisplayName ?? request.Name,
            Email = request.Email,
            NormalizedEmail = Normalizer.NormalizeEmail(request.Email),
            PhoneNumber = phone.Value is { Length: > 0 } number ? number : null,
            Language = Languages.Nearest(request.Language),
            Post = request.Post,
            Organisation = organisation.Value,
            OrganisationId = organisation.Value!.Id,
            SecurityStamp = Guid.NewGuid().ToString("n"),
            LockoutEnabled = true,
        };
        user.PasswordHash = Hasher.HashPassword(user, request.Password);
        user.Roles.AddRange(request.Roles.Distinct().Select(role => new UserRole { UserId = user.Id, Role = role }));
        db.Users.Add(user);
        audit.Record(actor, "user.added", $"user/{request.Name}", null, new { request.Roles, request.Organisation, request.Post });
        await audit.CommitAsync(cancellationToken);

        return UserView.Of(user);
    }

    /// <summary>The accounts of the actor's organisations, by name.</summary>
    public async Task<Result<IReadOnlyList<UserView>>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.Is(Role.Administrator)) return Problem.Forbidden("user.list");

        var users = await db.Users.AsNoTracking().Include(u => u.Roles).Include(u => u.Organisation)
            .Where(u => u.Organisation!.Path.StartsWith(actor.OrganisationPath)).OrderBy(u => u.NormalizedUserName).ToListAsync(cancellationToken);

        return Result<IReadOnlyList<UserView>>.Of(users.ConvertAll(UserView.Of));
    }

    /// <summary>Closes an account; the row stays for the record, and whoever is signed in with it is signed out.</summary>
    public async Task<Result<UserView>> DisableAsync(string name, Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.Is(Role.Administrator)) return Problem.Forbidden("user.disable");

        var normalized = Normalizer.NormalizeName(name);
        var user = await db.Users.Include(u => u.Roles).Include(u => u.Organisation).FirstOrDefaultAsync(u => u.NormalizedUserName == normalized, cancellationToken);
        if (user is null || !actor.Sees(user.Organisation!.Path)) return Problem.NotFound("user", name);
        if (user.DisabledAt is not null) return new Problem("disabled-already", null, new { name, at = user.DisabledAt }, ProblemKind.State);

        (user.DisabledAt, user.SecurityStamp) = (clock.GetUtcNow(), Guid.NewGuid().ToString("n"));
        audit.Record(actor, "user.disabled", $"user/{user.UserName}");
        await audit.CommitAsync(cancellationToken);

        return UserView.Of(user);
    }

    private static IEnumerable<Problem> Faults(AddUser request) =>
        UserName().IsMatch(request.Name) && !request.Name.Equals(Actor.System.Name, StringComparison.OrdinalIgnoreCase)
            ? UserChecks.Faults(request.Roles, request.Email, request.Language, request.Post)
            : UserChecks.Faults(request.Roles, request.Email, request.Language, request.Post).Prepend(new Problem("user-name-unfit", "name", new { name = request.Name }));

    /// <summary>No colon, so that nobody is taken for <c>shell:…</c>.</summary>
    [GeneratedRegex(@"\A[\p{L}\p{N}][\p{L}\p{N}._@-]{1,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex UserName();
}
