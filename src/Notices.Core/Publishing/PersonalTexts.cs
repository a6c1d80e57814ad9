using System.Runtime.CompilerServices;

namespace Notices.Publishing;

/// <summary>Takes each round's text apart once, however many people it is filled for; forgets it with the text.</summary>
internal sealed class PersonalTexts
{
    private readonly ConditionalWeakTable<string, PersonalText> _parsed = [];

    internal string Fill(string body, string? place, string accounts, bool backupStays) => _parsed.GetValue(body, PersonalText.Parse).Fill(place, accounts, backupStays);
}
