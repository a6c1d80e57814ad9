using Notices.Deliveries;

namespace Notices.Publishing;

/// <summary>One form a notice is written in; each is a file of a notice's folder below <c>templates/</c>.</summary>
public enum TemplateMedium
{
    Sms,

    /// <summary>One part, for when the carrier is too slow for the full text.</summary>
    StormSms,

    /// <summary>Plain text; the first line is the subject.</summary>
    EmailText,

    /// <summary>Every value is escaped; the subject comes from <see cref="EmailText"/>.</summary>
    EmailHtml,

    /// <summary>Spoken by a telephone call, said twice, then the keys.</summary>
    Voice,

    /// <summary>Public page and feeds; the first line is the headline.</summary>
    Feed,

    /// <summary>Read on air: said twice, numbers and times written out.</summary>
    Script,

    /// <summary>The line that runs along the foot of a television picture.</summary>
    Crawl,

    /// <summary>停电通知书, the written notice for one customer; the first line is its heading.</summary>
    Paper,
}

/// <summary>A notice's text in one language and medium.</summary>
/// <param name="Text">For the personal media with marks that <see cref="PersonalText"/> fills; keep it as it is.</param>
/// <param name="Subject">The e-mail's subject, the feed's headline or the letter's heading; null for the other media.</param>
/// <param name="Sms">Encoding and parts, for the two SMS media: of the text filled with the longest place the notice names and one account.</param>
/// <param name="Reading">How long it takes to say, for voice and script; see <see cref="ReadingTime"/> for the assumption.</param>
public sealed record RenderedText(string Language, TemplateMedium Medium, string Text, string? Subject = null, SmsSize? Sms = null, TimeSpan? Reading = null);

/// <summary>The names of the media as files.</summary>
public static class TemplateMedia
{
    public static readonly IReadOnlyList<TemplateMedium> All = Enum.GetValues<TemplateMedium>();

    /// <summary>Texts one person gets; they may hold marks of <see cref="PersonalText"/>.</summary>
    public static bool IsPersonal(this TemplateMedium medium) => medium is not (TemplateMedium.Feed or TemplateMedium.Script or TemplateMedium.Crawl);

    /// <summary>Texts said aloud: numbers, times and line numbers are written as they are said.</summary>
    public static bool IsSpoken(this TemplateMedium medium) => medium is TemplateMedium.Voice or TemplateMedium.Script;

    /// <summary>Texts whose first line is a subject, headline or heading.</summary>
    public static bool HasSubject(this TemplateMedium medium) => medium is TemplateMedium.EmailText or TemplateMedium.Feed or TemplateMedium.Paper;

    /// <summary>Such as <c>storm-sms.txt</c>.</summary>
    public static string FileName(this TemplateMedium medium) => medium switch
    {
        TemplateMedium.Sms => "sms.txt",
        TemplateMedium.StormSms => "storm-sms.txt",
        TemplateMedium.EmailText => "email.txt",
        TemplateMedium.EmailHtml => "email.html",
        TemplateMedium.Voice => "voice.txt",
        TemplateMedium.Feed => "feed.txt",
        TemplateMedium.Script => "script.txt",
        TemplateMedium.Crawl => "crawl.txt",
        TemplateMedium.Paper => "paper.txt",
        _ => throw new ArgumentOutOfRangeException(nameof(medium), medium, null),
    };
}
