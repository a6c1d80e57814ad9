using System.Collections;
using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;

namespace Notices.Words;

/// <summary>Turns codes into sentences, at the edge, in the reader's language and zone.</summary>
public static partial class Sentences
{
    private static readonly ResourceManager Problems = new("Notices.Words.Problems", typeof(Sentences).Assembly);
    private static readonly ResourceManager Reasons = new("Notices.Words.Reasons", typeof(Sentences).Assembly);
    private static readonly ResourceManager Certificates = new("Notices.Words.Certificates", typeof(Sentences).Assembly);
    private static readonly ResourceManager Console = new("Notices.Words.Console", typeof(Sentences).Assembly);
    private static readonly ResourceManager Labels = new("Notices.Words.Labels", typeof(Sentences).Assembly);

    /// <summary>What is wrong and how to mend it.</summary>
    /// <param name="problem">The refusal; its values fill the placeholders.</param>
    /// <param name="language">A language of <see cref="Languages"/>.</param>
    /// <param name="zone">Instants are shown in this zone, with their day.</param>
    public static string Of(Problem problem, string language, TimeZoneInfo? zone = null)
    {
        return Fill(Look(Problems, problem.Code, language) ?? problem.Code, problem.Values, language, zone);
    }

    /// <summary>A word of the pages, the reports or the delivery states.</summary>
    public static string Label(string code, string language) => Look(Labels, code, language) ?? code;

    /// <summary>A sentence that is no refusal, its placeholders filled as those of a problem.</summary>
    public static string Label(string code, object values, string language, TimeZoneInfo? zone = null) => Fill(Label(code, language), values, language, zone);

    /// <summary>A word of the console.</summary>
    public static string OfConsole(string code, string language, object? values = null) => Fill(Look(Console, code, language) ?? code, values, language, null);

    /// <summary>Every word of the console in a language.</summary>
    public static IReadOnlySet<string> ConsoleCodes(string language) =>
        Console.GetResourceSet(CultureInfo.GetCultureInfo(language), true, false)!.Cast<DictionaryEntry>().Select(e => (string)e.Key).ToHashSet();

    /// <summary>Why a message or recipient is where it is.</summary>
    public static string Reason(string code, string language) => Look(Reasons, code, language) ?? code;

    /// <summary>A word of a round's certificate.</summary>
    public static string Certificate(string code, string language) => Look(Certificates, code, language) ?? code;

    /// <summary>Every code that has a sentence in a language; for the test that matches them both ways.</summary>
    public static IReadOnlySet<string> Codes(string language) =>
        Problems.GetResourceSet(CultureInfo.GetCultureInfo(language), true, false)!.Cast<DictionaryEntry>().Select(e => (string)e.Key).ToHashSet();

    /// <summary>Every label that has a word in a language.</summary>
    public static IReadOnlySet<string> LabelCodes(string language) =>
        Labels.GetResourceSet(CultureInfo.GetCultureInfo(language), true, false)!.Cast<DictionaryEntry>().Select(e => (string)e.Key).ToHashSet();

    /// <summary>Every word of certificates in a language.</summary>
    public static IReadOnlySet<string> CertificateCodes(string language) =>
        Certificates.GetResourceSet(CultureInfo.GetCultureInfo(language), true, false)!.Cast<DictionaryEntry>().Select(e => (string)e.Key).ToHashSet();

    private static string Fill(string sentence, object? values, string language, TimeZoneInfo? zone) =>
        values is null ? sentence : Placeholder().Replace(sentence, match => Value(values, match.Groups[1].Value, language, zone) ?? match.Value);

    private static string? Look(ResourceManager resources, string code, string language) =>
        resources.GetResourceSet(CultureInfo.GetCultureInfo(language), true, false)?.GetString(code);

    private static string? Value(object values, string name, string language, TimeZoneInfo? zone)
    {
        var separator = language == Languages.Chinese ? "、" : ", ";

        return Problem.Of(values, name) switch
        {
            null => null,
            DateTimeOffset instant => Instant(instant, zone),
            LocalText text => text.In(language),
            string text => text,
            Enum value => value.ToString(),
            IEnumerable many => string.Join(separator, many.Cast<object?>()),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            var other => other.ToString(),
        };
    }

    private static string Instant(DateTimeOffset instant, TimeZoneInfo? zone)
    {
        var local = zone is null ? instant : TimeZoneInfo.ConvertTime(instant, zone);

        return local.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();
}
