using System.Globalization;
using System.Text.RegularExpressions;

namespace Notices.Channels.HttpGateway;

/// <summary>Reads what answers, receipts and replies look like.</summary>
internal static partial class AnswerReader
{
    private const int ShortestPoll = 1;
    private const int LongestPoll = 3600;

    internal static AnswerShape Answer(ProfileSection section, bool batch)
    {
        var rules = Rules(section, "rules");
        if (rules.All(rule => rule.Outcome != "accepted")) section.Fault(section.At("rules"), "has none with the outcome accepted; nothing could ever be sent.");
        EachShape? each = null;
        if (section.Section("each") is { } one)
        {
            if (!batch) one.Fault(section.At("each"), "has no place without send.batch.");
            each = new EachShape(Needed(one, "items"), Needed(one, "number"), Rules(one, "rules"), Path(one, "id"), Path(one, "code"));
            one.Done();
        }

        var answer = new AnswerShape(rules, Path(section, "id"), Path(section, "code"), each);
        section.Done();

        return answer;
    }

    internal static ReportShape Reports(ProfileSection section, RequestReader requests, bool replies)
    {
        var item = new ItemShape(
            Path(section, "items") ?? new JsonPath("."), replies ? Needed(section, "number") : Path(section, "number"), Path(section, "id"), replies ? null : Path(section, "delivery"),
            replies ? null : Needed(section, "status"), replies ? [] : section.Texts("delivered"), replies ? [] : section.Texts("waiting"), replies ? null : Path(section, "code"), Path(section, "at"),
            section.Optional("timeFormat"), replies ? Needed(section, "text") : null, replies ? Path(section, "to") : null);
        if (!replies && item.Delivered.Count == 0) section.Fault(section.At("delivered"), "is missing; it must list the values of status that say that a message arrived.");
        if (item.TimeFormat is { } format && !IsTimeFormat(format)) section.Fault(section.At("timeFormat"), $"is \"{format}\"; it must be a format such as yyyy-MM-dd HH:mm:ss.");

        PollShape? poll = null;
        if (section.Section("poll") is { } polling)
        {
            poll = Poll(polling, requests, replies);
            polling.Done();
        }

        var hook = section.Section("webhook") is { } calling ? Hook(calling, requests) : null;
        if (poll is null && hook is null) section.Fault(section.At("poll"), "and webhook are missing; at least one of them must say how they come.");
        section.Done();

        return new ReportShape(item, poll, hook);
    }

    internal static IReadOnlyList<AnswerRule> Rules(ProfileSection section, string name)
    {
        var rules = new List<AnswerRule>();
        foreach (var one in section.Sections(name))
        {
            var rule = new AnswerRule(one.Choice("outcome", null, "accepted", "later", "refused", "unknown"), one.Texts("status"), Path(one, "path"), one.Texts("values"), one.Flag("ofRecipient", false));
            foreach (var status in rule.Status.Where(status => !Status().IsMatch(status))) one.Fault(one.At("status"), $"has \"{status}\"; it must be an HTTP status such as 200, or 2xx for all that begin so.");
            if (rule.Path is null && rule.Values.Count > 0) one.Fault(one.At("values"), "needs a path that says where they stand.");
            if (rule is { Path: null, Status.Count: 0 }) one.Fault(one.At("path"), "or status is missing; a rule must say when it fits.");
            if (rule.OfRecipient && rule.Outcome != "later") one.Fault(one.At("ofRecipient"), "fits the outcome later alone.");
            one.Done();
            rules.Add(rule);
        }

        return rules;
    }

    private static PollShape Poll(ProfileSection section, RequestReader requests, bool replies)
    {
        var every = section.Number("everySeconds", ShortestPoll, LongestPoll);
        if (!section.Has("everySeconds")) section.Fault(section.At("everySeconds"), string.Create(CultureInfo.InvariantCulture, $"is missing; it must be a whole number from {ShortestPoll} to {LongestPoll}."));
        var perMessage = section.Choice("per", "all", "all", "message") == "message";
        if (perMessage && replies) section.Fault(section.At("per"), "is \"message\"; replies are fetched all together.");
        var request = requests.Read(section, perMessage ? GatewayValues.OfQuestion : []);
        var good = Rules(section, "good");
        RequestShape? acknowledge = null;
        JsonPath? id = null;
        if (section.Section("acknowledge") is { } done)
        {
            acknowledge = requests.Read(done, ["ids"]);
            id = Path(done, "id");
            done.Done();
        }

        return new PollShape(TimeSpan.FromSeconds(every ?? 30), perMessage, request, good, acknowledge, id);
    }

    private static HookShape Hook(ProfileSection section, RequestReader requests)
    {
        var (header, query) = (section.Optional("header"), section.Optional("query"));
        if (header is null == query is null) section.Fault(section.At("header"), "or query is needed, and only one of them: where the caller's proof stands.");
        var names = requests.Known.Concat(["body"]).ToHashSet(StringComparer.Ordinal);
        var steps = RequestReader.Steps(section, requests.Known);
        var proof = RequestReader.Text(section, "proof", section.Text("proof"), names.Concat(steps.Select(step => step.Name)).ToHashSet(StringComparer.Ordinal));
        if (!proof.Names.Any()) section.Fault(section.At("proof"), "holds no value; it must be made of a secret, or anybody could write it.");
        var hook = new HookShape(header, query, proof, steps, section.Optional("reply") ?? "");
        section.Done();

        return hook;
    }

    private static JsonPath? Path(ProfileSection section, string name)
    {
        if (section.Optional(name) is not { } text) return null;
        if (!JsonPath.IsPath(text)) section.Fault(section.At(name), $"is \"{text}\"; it must be names and numbers with full stops between, such as data.0.id, or . for the whole.");

        return new JsonPath(text);
    }

    private static JsonPath Needed(ProfileSection section, string name)
    {
        if (!section.Has(name)) section.Fault(section.At(name), "is missing; it must say where it stands, such as data.0.id.");

        return Path(section, name) ?? new JsonPath(".");
    }

    private static bool IsTimeFormat(string format)
    {
        try
        {
            return DateTime.TryParseExact(DateTime.UnixEpoch.ToString(format, CultureInfo.InvariantCulture), format, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    [GeneratedRegex("^[1-5]([0-9]{2}|xx)$")]
    private static partial Regex Status();
}
