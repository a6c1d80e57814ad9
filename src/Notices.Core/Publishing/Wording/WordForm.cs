using System.Globalization;
using System.Net;
using System.Text;
using Notices.Words;

namespace Notices.Publishing;

/// <summary>How a value from a notice's facts is written in one language and medium: cleaned of what would break the text, said aloud, escaped.</summary>
internal sealed class WordForm(string language, TemplateMedium medium)
{
    public bool IsHtml => medium == TemplateMedium.EmailHtml;

    public bool HasRoom => medium is not (TemplateMedium.Sms or TemplateMedium.StormSms or TemplateMedium.Crawl);

    public string? Write(LocalText? text) => Write(text?.In(language));

    /// <returns>Null for an empty text, so that a template that needs it refuses.</returns>
    public string? Write(string? text, bool lines = false)
    {
        var clean = Clean(text, lines);
        if (clean is null) return null;

        if (medium.IsSpoken()) clean = Spoken.Text(clean, language);

        return IsHtml ? Escape(clean) : clean;
    }

    public string? Digits(string? text) => string.IsNullOrWhiteSpace(text) ? null : medium.IsSpoken() ? Spoken.Digits(text, language) : Write(text);

    public string Number(int number) =>
        medium.IsSpoken() ? Spoken.Number(number, language)
        : language == Languages.English ? number.ToString("#,0", CultureInfo.InvariantCulture)
        : number.ToString(CultureInfo.InvariantCulture);

    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    /// <summary>Without control characters and marks; short English messages keep to characters the cheap alphabet has.</summary>
    public string? Clean(string? text, bool lines = false)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;

        var plain = language == Languages.English && medium is TemplateMedium.Sms or TemplateMedium.StormSms;
        var builder = new StringBuilder(text.Length);
        foreach (var character in text.Trim())
        {
            var kept = character switch
            {
                PersonalText.Open => '[',
                PersonalText.Close => ']',
                '\n' when lines => '\n',
                '\r' when lines => '\0',
                _ when char.IsControl(character) => ' ',
                '’' or '‘' when plain => '\'',
                '“' or '”' when plain => '"',
                '–' or '—' when plain => '-',
                '、' when plain => ',',
                '，' when plain => ',',
                '\u00a0' => ' ',
                _ => character,
            };
            if (kept != '\0' && !(kept == ' ' && builder.Length > 0 && builder[^1] == ' ')) builder.Append(kept);
        }

        return builder.ToString();
    }
}

/// <summary>Lists of places.</summary>
internal static class PlaceWords
{
    /// <summary>All of them; a township stands before the first of its places only.</summary>
    public static string? All(IReadOnlyList<PlaceFacts> places, string language)
    {
        if (language == Languages.English) return string.Join(", ", places.Select(place => place.In(language)).Distinct(StringComparer.Ordinal));

        var names = new List<string>();
        var township = "";
        foreach (var place in places)
        {
            var full = place.In(language);
            names.Add(township.Length > 0 && place.Township == township && full.Length > township.Length ? full[township.Length..] : full);
            township = place.Township ?? "";
        }

        return string.Join('、', names);
    }

    /// <summary>The first and how many: 城关镇东街村等3个村, Dongjie and 2 more places.</summary>
    public static string? Short(IReadOnlyList<PlaceFacts> places, string language, WordForm form)
    {
        if (places.Count == 0) return null;

        var first = places[0].In(language);
        if (places.Count == 1) return first;

        if (language == Languages.English) return places.Count == 2 ? $"{first} and {places[1].In(language)}" : $"{first} and {form.Number(places.Count - 1)} more places";

        var noun = places.All(place => place.Name.EndsWith('村')) ? "个村" : "处";

        return $"{first}等{form.Number(places.Count)}{noun}";
    }
}
