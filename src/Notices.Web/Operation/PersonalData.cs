using System.Text.RegularExpressions;

namespace Notices.Operation;

/// <summary>Finds telephone numbers and mail addresses in any text. It masks rather too much than too little: a long number that begins like a mobile's goes too.</summary>
internal static partial class PersonalData
{
    /// <summary>A number keeps its last two digits, so that two lines about one person can be seen to be so; an address keeps nothing.</summary>
    internal static string Mask(string text)
    {
        if (text.Contains('@', StringComparison.Ordinal)) text = Mail().Replace(text, "***@***");

        return Phone().Replace(text, match => $"***{match.Value[^2..]}");
    }

    [GeneratedRegex(@"(?<![\p{L}\p{N}._%+\-])[\p{L}\p{N}._%+\-]+@[\p{L}\p{N}\-]+(?:\.[\p{L}\p{N}\-]+)+")]
    private static partial Regex Mail();

    // With country code; as it stands in an address; a Chinese mobile; a number of the fixed network with its area code. Letters and digits beside it make it something else.
    [GeneratedRegex(@"(?<![A-Za-z0-9_])\+[0-9][0-9 ()\-]{5,18}[0-9](?![A-Za-z0-9_])|%2B[0-9]{7,15}|(?<![A-Za-z0-9_.+\-])(?:(?:86)?1[3-9][0-9](?:[ \-]?[0-9]{4}){2}|0[0-9]{2,4}[ \-]?[0-9]{3,4}[ \-]?[0-9]{3,4})(?![A-Za-z0-9_])", RegexOptions.IgnoreCase)]
    private static partial Regex Phone();
}
