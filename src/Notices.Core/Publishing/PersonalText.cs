using System.Globalization;
using System.Net;
using System.Text;
using Notices.Words;

namespace Notices.Publishing;

/// <summary>A rendered text with marks where one recipient's own values go, taken apart once and filled for each of a million.
/// Marks: <c>⟦place⟧</c>, <c>⟦accounts⟧</c>, and blocks <c>⟦?accounts⟧…⟦:⟧…⟦/⟧</c> and <c>⟦?backup⟧…⟦/⟧</c> of which one side stays.
/// After the name, full stops and words say how the value is written (<c>⟦accounts.en.spoken⟧</c>), after a bar what stands for an empty one (<c>⟦place|Dongjie⟧</c>).</summary>
public sealed class PersonalText
{
    internal const char Open = '⟦';
    internal const char Close = '⟧';

    private readonly Piece[] pieces;

    private PersonalText(Piece[] pieces) => this.pieces = pieces;

    private enum What
    {
        Literal,
        Place,
        Accounts,
    }

    [Flags]
    private enum Form
    {
        Plain = 0,
        English = 1,
        Spoken = 2,
        Html = 4,
    }

    [Flags]
    private enum When
    {
        Always = 0,
        WithAccounts = 1,
        WithoutAccounts = 2,
        WithBackup = 4,
        WithoutBackup = 8,
    }

    /// <exception cref="FormatException">A mark is unknown or not closed; the renderer has refused such a text already.</exception>
    public static PersonalText Parse(string marked)
    {
        var found = new List<Piece>();
        var when = When.Always;
        for (var index = 0; index < marked.Length;)
        {
            var open = marked.IndexOf(Open, index);
            if (open != index) found.Add(new Piece(What.Literal, when, Form.Plain, open < 0 ? marked[index..] : marked[index..open]));
            if (open < 0) break;

            var close = marked.IndexOf(Close, open);
            if (close < 0) throw new FormatException("A mark is not closed.");

            var mark = marked[(open + 1)..close];
            index = close + 1;
            when = mark switch
            {
                "?accounts" when when == When.Always => When.WithAccounts,
                "?backup" when when == When.Always => When.WithBackup,
                ":" when when == When.WithAccounts => When.WithoutAccounts,
                ":" when when == When.WithBackup => When.WithoutBackup,
                "/" when when != When.Always => When.Always,
                _ => Value(mark, when, found),
            };
        }

        return when == When.Always ? new PersonalText([.. found]) : throw new FormatException("A block of marks is not ended.");
    }

    /// <summary>Writes one recipient's text.</summary>
    /// <param name="place">The recipient's own place; empty gives the notice's places.</param>
    /// <param name="accounts">Four-digit tails joined with 、; empty for somebody without an account (a relay person, a subscriber).</param>
    /// <param name="backupStays">The recipient has another supply that is not cut.</param>
    public string Fill(string? place, string? accounts, bool backupStays = false)
    {
        var holds = (string.IsNullOrEmpty(accounts) ? When.WithoutAccounts : When.WithAccounts) | (backupStays ? When.WithBackup : When.WithoutBackup);
        var builder = new StringBuilder(256);
        foreach (var piece in pieces)
        {
            if (piece.When != When.Always && !holds.HasFlag(piece.When)) continue;

            switch (piece.What)
            {
                case What.Literal: AppendText(builder, piece.Text); break;
                case What.Place: Append(builder, string.IsNullOrEmpty(place) ? null : Place(place, piece.Form), piece); break;
                default: Append(builder, string.IsNullOrEmpty(accounts) ? null : Tails(accounts, piece.Form), piece); break;
            }
        }

        return builder.ToString().TrimEnd(' ');
    }

    /// <summary>The text as one that stands for all of a round: words where each recipient's own values go. Of a block on accounts the side for those who have one.</summary>
    /// <param name="place">Stands for the recipient's place.</param>
    /// <param name="accounts">Stands for the tails of the recipient's accounts.</param>
    /// <param name="backup">Around what only somebody with another supply is told; <c>{text}</c> is that piece.</param>
    public string Describe(string place, string accounts, string backup)
    {
        var (builder, optional) = (new StringBuilder(256), new StringBuilder());
        foreach (var piece in pieces.Where(piece => !piece.When.HasFlag(When.WithoutAccounts) && !piece.When.HasFlag(When.WithoutBackup)))
        {
            if (piece.When != When.WithBackup) TakeOptional();
            (piece.When == When.WithBackup ? optional : builder).Append(piece.What switch { What.Literal => piece.Text, What.Place => place, _ => accounts });
        }

        TakeOptional();

        return builder.ToString();

        void TakeOptional()
        {
            if (optional.Length > 0) builder.Append(backup.Replace("{text}", optional.ToString(), StringComparison.Ordinal));
            optional.Clear();
        }
    }

    /// <summary>Parse and fill in one, for a single text.</summary>
    public static string Fill(string marked, string? place, string? accounts, bool backupStays = false) => Parse(marked).Fill(place, accounts, backupStays);

    private static When Value(string mark, When when, List<Piece> found)
    {
        var bar = mark.IndexOf('|');
        var words = (bar < 0 ? mark : mark[..bar]).Split('.');
        var what = words[0] switch
        {
            "place" => What.Place,
            "accounts" => What.Accounts,
            _ => throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"There is no mark {mark}.")),
        };
        var form = Form.Plain;
        foreach (var word in words.Skip(1))
        {
            form |= word switch
            {
                "en" => Form.English,
                "spoken" => Form.Spoken,
                "html" => Form.Html,
                _ => throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"There is no form {word}.")),
            };
        }

        found.Add(new Piece(what, when, form, bar < 0 ? "" : mark[(bar + 1)..]));

        return when;
    }

    /// <summary>A block left out leaves no second space behind.</summary>
    private static void AppendText(StringBuilder builder, string text)
    {
        var doubled = text[0] == ' ' && (builder.Length == 0 || builder[^1] is ' ' or '\n');
        builder.Append(text, doubled ? 1 : 0, text.Length - (doubled ? 1 : 0));
    }

    /// <summary>The fallback was escaped when it was written into the mark.</summary>
    private static void Append(StringBuilder builder, string? value, Piece piece) =>
        builder.Append(value is null ? piece.Text : piece.Form.HasFlag(Form.Html) ? WebUtility.HtmlEncode(value) : value);

    /// <summary>Of several, a comma that is not ASCII would make a text message of two parts three.</summary>
    private static string Place(string place, Form form) => Said(form.HasFlag(Form.English) ? place.Replace("、", ", ", StringComparison.Ordinal) : place, form);

    private static string Said(string place, Form form) =>
        form.HasFlag(Form.Spoken) && place.Any(char.IsAsciiDigit) ? Spoken.Text(place, form.HasFlag(Form.English) ? Languages.English : Languages.Chinese) : place;

    private static string Tails(string accounts, Form form)
    {
        var language = form.HasFlag(Form.English) ? Languages.English : Languages.Chinese;
        if (form.HasFlag(Form.Spoken))
            return string.Join(language == Languages.English ? " and " : "和", accounts.Split('、').Select(tail => Spoken.Digits(tail, language)));

        return language == Languages.English && accounts.Contains('、', StringComparison.Ordinal) ? accounts.Replace("、", ", ..", StringComparison.Ordinal) : accounts;
    }

    private readonly record struct Piece(What What, When When, Form Form, string Text);
}
