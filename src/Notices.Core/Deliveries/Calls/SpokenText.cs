namespace Notices.Deliveries;

/// <summary>What is said in a call, in parts: the body of a text of the medium voice is these, with an empty line between.</summary>
/// <param name="Message">Who calls, and the whole message. Said once to the end, somebody has heard it.</param>
/// <param name="Again">The same, said over.</param>
/// <param name="Keys">What can be pressed.</param>
/// <param name="Closing">Where to ask.</param>
public sealed record SpokenText(string Message, string Again, string Keys, string Closing)
{
    /// <summary>Between two parts; in a template a line of three hyphens.</summary>
    public const string Break = "\n\n";

    /// <summary>Parts a text has.</summary>
    public const int Parts = 4;

    /// <summary>What a mailbox gets: nobody there can press a key, and whoever listens can listen again.</summary>
    public string Mailbox => Closing.Length == 0 ? Message : $"{Message}\n{Closing}";

    /// <summary>All of it, as the template has it.</summary>
    public string Whole => string.Join('\n', new[] { Message, Again, Keys, Closing }.Where(part => part.Length > 0));

    /// <summary>A text without parts (of an earlier program) is all message.</summary>
    public static SpokenText Of(string body)
    {
        var parts = body.Split(Break, StringSplitOptions.TrimEntries);

        return parts.Length == Parts ? new SpokenText(parts[0], parts[1], parts[2], parts[3]) : new SpokenText(string.Join('\n', parts), "", "", "");
    }
}
