using System.Text.Json;
using System.Text.RegularExpressions;
using Notices.Deliveries;

namespace Notices.Channels.HttpGateway;

/// <summary>What a platform's answer means, by the rules of its profile.</summary>
internal static partial class AnswerTranslation
{
    /// <returns>The outcome that holds for the whole call; its id is the platform's.</returns>
    internal static SendOutcome Whole(AnswerShape shape, int status, JsonElement? answer, bool readable, TimeSpan? retryAfter)
    {
        var code = Code(shape.Code?.Read(answer));
        var detail = code ?? (status is >= 200 and < 300 ? "garbage" : $"http {status}");
        if (Fitting(shape.Rules, status, answer) is not { } rule) return ByStatus(status, detail, retryAfter);

        return rule.Outcome == "accepted" && !readable && rule.Path is null && shape.Id is not null
            ? SendOutcome.Unknown("garbage")
            : Outcome(rule, shape.Id?.Read(answer), code ?? $"http {status}", retryAfter);
    }

    /// <summary>What it says of single numbers of a batch it took.</summary>
    /// <returns>By number as we write it; who is not in it shares what holds for the whole.</returns>
    internal static Dictionary<string, SendOutcome> Each(EachShape shape, NumberForm numbers, int status, JsonElement? answer)
    {
        var found = new Dictionary<string, SendOutcome>(StringComparer.Ordinal);
        if (shape.Items.Find(answer) is not { ValueKind: JsonValueKind.Array } items) return found;

        foreach (var item in items.EnumerateArray())
        {
            if (shape.Number.Read(item) is not { } text || numbers.Read(text) is not { } number) continue;

            var code = Code(shape.Code?.Read(item)) ?? "refused";
            var rule = Fitting(shape.Rules, status, item);
            // Named, and by no rule that fits: of such a number nobody knows.
            found[number] = rule is not null ? Outcome(rule, shape.Id?.Read(item), code, null) : shape.Rules.Count == 0 ? SendOutcome.Refused(code) : SendOutcome.Unknown(code);
        }

        return found;
    }

    internal static AnswerRule? Fitting(IReadOnlyList<AnswerRule> rules, int status, JsonElement? answer)
    {
        foreach (var rule in rules)
        {
            if (rule.Status.Count > 0 && !rule.Status.Any(wanted => IsStatus(wanted, status))) continue;
            if (rule.Path is null) return rule;
            if (rule.Path.Read(answer) is not { } value) continue;
            if (rule.Values.Count == 0 || rule.Values.Any(wanted => IsValue(wanted, value))) return rule;
        }

        return null;
    }

    internal static bool IsValue(string wanted, string value) => wanted.EndsWith('*') ? value.StartsWith(wanted[..^1], StringComparison.Ordinal) : string.Equals(wanted, value, StringComparison.Ordinal);

    /// <returns>Null for what is no code: words may name a person, and go into no record.</returns>
    internal static string? Code(string? text) => text is not null && Shape().IsMatch(text) && !LongNumber().IsMatch(text) ? text : null;

    internal static JsonElement? Parse(string? body)
    {
        if (string.IsNullOrWhiteSpace(body)) return null;

        try
        {
            using var document = JsonDocument.Parse(body);

            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsStatus(string wanted, int status) => wanted.EndsWith("xx", StringComparison.Ordinal) ? status / 100 == wanted[0] - '0' : wanted == status.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static SendOutcome Outcome(AnswerRule rule, string? id, string code, TimeSpan? retryAfter) => rule.Outcome switch
    {
        "accepted" => SendOutcome.Accepted(id),
        "later" => SendOutcome.TryLater(code, retryAfter) with { OfRecipient = rule.OfRecipient },
        "refused" => SendOutcome.Refused(code),
        _ => SendOutcome.Unknown(code),
    };

    /// <summary>Too many requests, or an account, key or address that is not in order, is nothing against the recipient.</summary>
    private static SendOutcome ByStatus(int status, string detail, TimeSpan? retryAfter) => status switch
    {
        429 or 503 => SendOutcome.TryLater(detail, retryAfter),
        401 or 403 or 404 => SendOutcome.TryLater(detail),
        >= 400 and < 500 => SendOutcome.Refused(detail),
        _ => SendOutcome.Unknown(detail),
    };

    [GeneratedRegex("^[A-Za-z0-9_.:-]{1,60}$")]
    private static partial Regex Shape();

    /// <summary>As long as a telephone number.</summary>
    [GeneratedRegex("[0-9]{7}")]
    private static partial Regex LongNumber();
}
