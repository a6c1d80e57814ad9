using Notices.Words;

namespace Notices.Publishing;

/// <summary>How long a text takes to say. Assumes a calm announcer: 4 Chinese characters or 2.5 English words a second, punctuation counted as nothing.</summary>
public static class ReadingTime
{
    private const double CharactersPerSecond = 4;
    private const double WordsPerSecond = 2.5;

    /// <returns>Whole seconds, rounded up.</returns>
    public static TimeSpan Of(string text, string language)
    {
        var seconds = language == Languages.English
            ? text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length / WordsPerSecond
            : text.Count(char.IsLetterOrDigit) / CharactersPerSecond;

        return TimeSpan.FromSeconds(Math.Ceiling(seconds));
    }
}
