namespace Notices.Deliveries;

/// <summary>How the characters of a text message are coded on the air.</summary>
public enum SmsEncoding
{
    /// <summary>GSM 03.38, seven bits: 160 characters alone, 153 a part.</summary>
    Gsm7,

    /// <summary>Sixteen bits: 70 alone, 67 a part.</summary>
    Ucs2,
}

/// <param name="Units">Septets (a character of the extension table counts two) or UTF-16 units.</param>
/// <param name="Parts">Messages it is charged as; 0 for an empty text.</param>
public readonly record struct SmsSize(SmsEncoding Encoding, int Units, int Parts);

/// <summary>Counts as carriers charge: 3GPP TS 23.038 default alphabet and its extension table, otherwise UCS-2.</summary>
public static class SmsText
{
    private const string Basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
        "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    private const string Extension = "\f^{}\\[~]|€";

    /// <summary>Septets of each character below the first the alphabet lacks altogether; 0 where it lacks it.</summary>
    private static readonly byte[] Septets = Table();

    public static SmsSize Measure(string text)
    {
        var septets = 0;
        foreach (var character in text)
        {
            var cost = character < Septets.Length ? Septets[character] : 0;
            if (cost == 0) return new SmsSize(SmsEncoding.Ucs2, text.Length, Parts(text, 70, 67, Ucs2Cost));

            septets += cost;
        }

        return new SmsSize(SmsEncoding.Gsm7, septets, Parts(text, 160, 153, Gsm7Cost));
    }

    /// <summary>A part never ends between the two halves of an extension character or of a surrogate pair, so it may hold one unit less.</summary>
    private static int Parts(string text, int alone, int each, Func<string, int, (int Units, int Characters)> cost)
    {
        var total = 0;
        var parts = 1;
        var used = 0;
        for (var index = 0; index < text.Length;)
        {
            var (units, characters) = cost(text, index);
            total += units;
            if (used + units > each) (parts, used) = (parts + 1, 0);

            used += units;
            index += characters;
        }

        return total == 0 ? 0 : total <= alone ? 1 : parts;
    }

    private static (int Units, int Characters) Gsm7Cost(string text, int index) => (Septets[text[index]], 1);

    private static (int Units, int Characters) Ucs2Cost(string text, int index) =>
        char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]) ? (2, 2) : (1, 1);

    private static byte[] Table()
    {
        var table = new byte['€' + 1];
        foreach (var character in Basic) table[character] = 1;
        foreach (var character in Extension) table[character] = 2;

        return table;
    }
}
