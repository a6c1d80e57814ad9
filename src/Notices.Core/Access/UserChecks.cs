using Notices.Imports;
using Notices.Words;

namespace Notices.Access;

/// <summary>What is asked of an account, new or changed.</summary>
internal static class UserChecks
{
    internal static IEnumerable<Problem> Faults(IReadOnlyList<Role> roles, string? email, string? language, StaffPost? post)
    {
        if (roles.Count == 0) yield return new Problem("role-missing", "role");
        if (post == StaffPost.Deputy && roles.Count > 0 && !roles.Contains(Role.Approver)) yield return new Problem("deputy-not-approver", "post");
        if (email is not null && !(System.Net.Mail.MailAddress.TryCreate(email, out var read) && read.Address == email)) yield return new Problem("mail-address-unreadable", "email", new { address = email });
        if (language is not null && Languages.Nearest(language) is null) yield return new Problem("language-unknown", "language", new { language, allowed = Languages.All });
    }

    /// <summary>Rings go out as short messages, so a number must take them.</summary>
    /// <returns>E.164; empty without one.</returns>
    internal static Result<string> Phone(string? text, string region)
    {
        if (string.IsNullOrWhiteSpace(text)) return "";

        return PhoneNumber.TryParse(text.Trim(), region, out var number) && number!.IsMobile ? number.E164 : new Problem("mobile-number-unreadable", "phone", new { number = text });
    }
}
