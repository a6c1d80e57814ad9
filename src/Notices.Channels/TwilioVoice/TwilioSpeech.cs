using System.Globalization;
using System.Xml.Linq;
using Notices.Deliveries;
using Notices.Words;

namespace Notices.Channels.TwilioVoice;

/// <summary>What a call says, as TwiML. A saying listens for one key from its first word; when it is over, Twilio comes back for the next.</summary>
internal sealed class TwilioSpeech(IReadOnlyDictionary<string, TwilioVoiceName> voices)
{
    /// <summary>Seconds a key is waited for after the message, before it is said again.</summary>
    private const int ShortWait = 1;

    /// <summary>Seconds a key is waited for after the keys were named.</summary>
    private const int LongWait = 8;

    /// <summary>For a person.</summary>
    /// <param name="part">Which saying, from 1: the first is the message alone, so that its end tells that it was heard.</param>
    /// <param name="next">Where Twilio comes back to, with the key or without one.</param>
    internal string Part(string language, SpokenText text, int part, string next) => part == 1
        ? Document(Gather(next, ShortWait, Say(language, text.Message)), Redirect(next))
        : Document(Gather(next, LongWait, Say(language, text.Again.Length > 0 ? text.Again : text.Message), Say(language, text.Keys), Say(language, text.Closing)), Redirect(next));

    /// <summary>For a mailbox, after its tone.</summary>
    internal string Mailbox(string language, SpokenText text) => Document(Pause(), Say(language, text.Mailbox), Hangup());

    /// <summary>All in one, for a call during which Twilio cannot ask: no key is named, since none is heard.</summary>
    /// <param name="most">Characters it may have.</param>
    /// <returns>Null where even once is too long.</returns>
    internal string? Inline(string language, SpokenText text, int most)
    {
        var twice = Document(Pause(), Say(language, text.Message), Pause(), Say(language, text.Again), Say(language, text.Closing), Hangup());
        var once = Document(Pause(), Say(language, text.Mailbox), Hangup());

        return twice.Length <= most ? twice : once.Length <= most ? once : null;
    }

    internal string Goodbye(string language) => Document(Say(language, Sentences.Label("call-goodbye", language)), Hangup());

    internal static string HangUp() => Document(Hangup());

    private XElement? Say(string language, string text)
    {
        if (text.Length == 0) return null;

        var voice = voices[language];

        return new XElement("Say", new XAttribute("voice", voice.Name), new XAttribute("language", voice.Language), text);
    }

    private static XElement Gather(string next, int wait, params XElement?[] said) => new(
        "Gather", new XAttribute("input", "dtmf"), new XAttribute("numDigits", 1), new XAttribute("timeout", wait.ToString(CultureInfo.InvariantCulture)), new XAttribute("action", next), new XAttribute("method", "POST"), said);

    private static XElement Redirect(string next) => new("Redirect", new XAttribute("method", "POST"), next);

    private static XElement Pause() => new("Pause", new XAttribute("length", 1));

    private static XElement Hangup() => new("Hangup");

    private static string Document(params XElement?[] verbs) => "<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + new XElement("Response", verbs).ToString(SaveOptions.DisableFormatting);
}
