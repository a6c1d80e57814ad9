using System.Globalization;
using System.Text.RegularExpressions;

namespace Notices.Channels.Email;

/// <summary>Whose affair an answer of a mail server is.</summary>
internal enum StatusParty
{
    /// <summary>This address, this mailbox, or what its owner takes: the next mail may fare better.</summary>
    Recipient,

    /// <summary>The mail server itself, or the way from it onward: the next mail would fare alike.</summary>
    Server,

    /// <summary>How we sign in or are configured there: ours to mend while the messages wait.</summary>
    Ours,
}

/// <summary>Enhanced mail status codes: <c>class.subject.detail</c> (RFC 3463, registry of RFC 5248). The class says whether it is for good, the rest whose affair it is.</summary>
internal static partial class EnhancedStatus
{
    /// <summary>By subject and detail, where it is another's affair than its subject's.</summary>
    private static readonly Dictionary<string, (StatusParty Party, string Source)> Details = new(StringComparer.Ordinal)
    {
        // 1, addressing: the recipient's (RFC 3463, 3.2), but for the two that speak of the sender.
        ["1.7"] = (StatusParty.Ours, "RFC 3463, 3.2: bad sender's mailbox address syntax"),
        ["1.8"] = (StatusParty.Ours, "RFC 3463, 3.2: bad sender's system address"),
        // 2, mailbox: the recipient's (3.3).
        // 3, the receiving system: the server's (3.4), but for what is about this mail.
        ["3.4"] = (StatusParty.Recipient, "RFC 3463, 3.4: message too big for system"),
        ["3.6"] = (StatusParty.Recipient, "RFC 3463, 3.4 and IANA: requested priority was changed"),
        // 4, network and routing: the server's (3.5), but for what is about the address's domain.
        ["4.1"] = (StatusParty.Recipient, "RFC 3463, 3.5: no answer from the host mail is routed to"),
        ["4.2"] = (StatusParty.Recipient, "RFC 3463, 3.5: bad connection to the host mail is routed to"),
        ["4.4"] = (StatusParty.Recipient, "RFC 3463, 3.5: unable to route to the address's domain"),
        ["4.6"] = (StatusParty.Recipient, "RFC 3463, 3.5: routing loop detected"),
        ["4.7"] = (StatusParty.Recipient, "RFC 3463, 3.5: delivery time expired"),
        // 5, protocol: the server's (3.6); 6, content: this mail's (3.7); 7, security and policy: the recipient's (3.8), but for our sign-in and our name.
        ["7.0"] = (StatusParty.Recipient, "RFC 3463, 3.8: other security status; what grey lists say"),
        ["7.8"] = (StatusParty.Ours, "RFC 4954, 6: authentication credentials invalid"),
        ["7.9"] = (StatusParty.Ours, "RFC 4954, 6: authentication mechanism is too weak"),
        ["7.10"] = (StatusParty.Ours, "RFC 5248: encryption needed"),
        ["7.11"] = (StatusParty.Ours, "RFC 4954, 6: encryption required for requested authentication mechanism"),
        ["7.12"] = (StatusParty.Ours, "RFC 4954, 6: a password transition is needed"),
        ["7.13"] = (StatusParty.Ours, "RFC 5248: user account disabled"),
        ["7.14"] = (StatusParty.Server, "RFC 5248: trust relationship required"),
        ["7.30"] = (StatusParty.Recipient, "RFC 8689, 7: REQUIRETLS support required"),
    };

    /// <summary>By subject (RFC 3463, 3.1 to 3.8).</summary>
    private static readonly Dictionary<int, StatusParty> Subjects = new()
    {
        [0] = StatusParty.Recipient,
        [1] = StatusParty.Recipient,
        [2] = StatusParty.Recipient,
        [3] = StatusParty.Server,
        [4] = StatusParty.Server,
        [5] = StatusParty.Server,
        [6] = StatusParty.Recipient,
        [7] = StatusParty.Recipient,
    };

    /// <returns>The first code in a server's words; empty where there is none.</returns>
    internal static string In(string words) => Code().Match(words).Value;

    /// <returns>Null for what is no code, or one whose subject nobody has defined.</returns>
    internal static StatusParty? PartyOf(string code)
    {
        if (!Code().IsMatch(code)) return null;

        var detail = code[2..];
        if (Details.TryGetValue(detail, out var known)) return known.Party;

        return Subjects.TryGetValue(int.Parse(detail.AsSpan(0, detail.IndexOf('.', StringComparison.Ordinal)), CultureInfo.InvariantCulture), out var party) ? party : null;
    }

    [GeneratedRegex(@"\b[245]\.\d{1,3}\.\d{1,3}\b", RegexOptions.CultureInvariant)]
    private static partial Regex Code();
}
