using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Outages;
using Notices.Policy;
using Notices.Storage;

namespace Notices.Ringing;

/// <summary>Somebody to ring.</summary>
/// <param name="User">Null where the owner is known by a mail address alone.</param>
internal sealed record RingPerson(User? User, string? Email, string? Phone, string Language);

/// <summary>Who is concerned by the moments of several outages, read at once.</summary>
internal sealed class RingPeople
{
    private readonly List<User> _users;

    private RingPeople(List<User> users) => _users = users;

    internal static async Task<RingPeople> ReadAsync(NoticesDb db, IReadOnlyCollection<Outage> outages, CancellationToken cancellationToken)
    {
        var organisations = outages.SelectMany(o => Above(o.Organisation!.Path)).Distinct().ToList();
        var names = outages.SelectMany(o => new[] { o.Owner, o.SubmittedBy, o.CreatedBy, o.ApprovedBy }).OfType<string>().Select(Normal).Distinct().ToList();

        return new RingPeople(await db.Users.AsNoTracking().Include(u => u.Roles).Include(u => u.Organisation)
            .Where(u => u.DisabledAt == null && ((organisations.Contains(u.OrganisationId) && (u.Post != null || u.Roles.Any(r => r.Role == Role.Approver)))
                || names.Contains(u.NormalizedUserName!) || names.Contains(u.NormalizedEmail!)))
            .OrderBy(u => u.NormalizedUserName).ToListAsync(cancellationToken));
    }

    /// <summary>Empty where nobody is.</summary>
    internal IReadOnlyList<RingPerson> For(MomentKind kind, Outage outage) => kind switch
    {
        MomentKind.RingApprover => Nearest(outage, u => u.Post is null && IsApprover(u) && !Entered(u, outage)),
        MomentKind.RingDeputy => Nearest(outage, u => u.Post == StaffPost.Deputy && !Entered(u, outage)),
        MomentKind.RingDutyLeader => DutyLeaders(outage),
        MomentKind.AskOwner => Owner(outage),
        MomentKind.AskSecondPerson => DutyLeaders(outage) is { Count: > 0 } leaders ? leaders : Named(outage, outage.ApprovedBy),
        MomentKind.NextUpdateOwed => [.. Owner(outage).Concat(DutyLeaders(outage)).DistinctBy(p => (p.User?.Id, p.Email))],
        _ => [],
    };

    private IReadOnlyList<RingPerson> DutyLeaders(Outage outage) => Nearest(outage, u => u.Post == StaffPost.DutyLeader);

    /// <summary>By name or mail address of a user; a mail address nobody has is written to all the same; without an owner, whoever submitted it answers for it.</summary>
    private List<RingPerson> Owner(Outage outage)
    {
        if (Named(outage, outage.Owner) is { Count: > 0 } users) return users;
        if (outage.Owner is { } owner && IsMail(owner)) return [new RingPerson(null, owner.Trim(), null, Words.Languages.Chinese)];

        return Named(outage, outage.SubmittedBy) is { Count: > 0 } submitter ? submitter : Named(outage, outage.CreatedBy);
    }

    private List<RingPerson> Named(Outage outage, string? name)
    {
        if (name is null) return [];
        var normal = Normal(name);
        var path = outage.Organisation!.Path;

        return [.. _users.Where(u => (u.NormalizedUserName == normal || u.NormalizedEmail == normal)
            && (path.StartsWith(u.Organisation!.Path, StringComparison.Ordinal) || u.Organisation.Path.StartsWith(path, StringComparison.Ordinal))).Select(Person)];
    }

    /// <summary>Of the outage's own organisation, else of the next above that has any.</summary>
    private List<RingPerson> Nearest(Outage outage, Func<User, bool> fits)
    {
        var path = outage.Organisation!.Path;

        return _users.Where(u => path.StartsWith(u.Organisation!.Path, StringComparison.Ordinal) && fits(u)).GroupBy(u => u.Organisation!.Path.Length)
            .MaxBy(level => level.Key)?.Select(Person).ToList() ?? [];
    }

    private static bool IsApprover(User user) => user.Roles.Exists(r => r.Role == Role.Approver);

    /// <summary>Who entered a plan cannot approve it.</summary>
    private static bool Entered(User user, Outage outage) => user.UserName == outage.SubmittedBy || user.UserName == outage.CreatedBy;

    private static RingPerson Person(User user) => new(user, Filled(user.Email), Filled(user.PhoneNumber), user.Language ?? Words.Languages.Chinese);

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static bool IsMail(string text) => System.Net.Mail.MailAddress.TryCreate(text.Trim(), out var mail) && mail.Address == text.Trim();

    private static string Normal(string name) => name.Trim().ToUpperInvariant();

    /// <summary>Ids of an organisation and all above it, from its path <c>/1/4/</c>.</summary>
    private static IEnumerable<long> Above(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(id => long.Parse(id, System.Globalization.CultureInfo.InvariantCulture));
}
