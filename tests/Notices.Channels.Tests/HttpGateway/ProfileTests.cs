using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Xunit;

namespace Notices.Channels.HttpGateway;

public class ProfileTests
{
    public static TheoryData<string, string, string> Wrong => new()
    {
        // where, what is put there (empty: taken away), how the sentence goes on
        { "follows", "", "follows is missing" },
        { "folows", "\"x\"", "folows is not known; the members here are answer, " },
        { "zone", "\"Mars\"", "zone is \"Mars\"; it must be a time zone such as Asia/Shanghai." },
        { "country", "\"China\"", "country is \"China\"; it must be an ISO 3166 code" },
        { "numbers.style", "\"local\"", "numbers.style is \"local\"; it must be one of e164, digits, national." },
        { "numbers.countryCode", "\"+86\"", "numbers.countryCode is \"+86\"" },
        { "settings.Weight", "\"x\"", "settings.Weight is no name for a setting" },
        { "settings.key", "\"x\"", "settings.key is no name for a setting" },
        { "settings.Key", "\"x\"", "secrets names Key, which settings has too" },
        { "secrets.Key", "{\"default\":\"x\"}", "secrets.Key must be a text that says what it is; a secret has no default." },
        { "send", "", "send is missing" },
        { "send.url", "", "send.url is missing" },
        { "send.url", "\"{Adress}/send\"", "send.url uses {Adress}, which is not known here; known are Address, Key, " },
        { "send.url", "\"{Address/send\"", "send.url has a brace that is not closed." },
        { "send.url", "\"Address}/send\"", "send.url has a closing brace without an opening one." },
        { "send.method", "\"GET\"", "send.method is \"GET\"; it must be one of POST." },
        { "send.body", "\"xml\"", "send.body is \"xml\"; it must be one of json, form, none." },
        { "send.body", "\"none\"", "send.fields has no place; the body is none." },
        { "send.body", "\"form\"", "send.fields.count must be a text; a form has nothing else." },
        { "send.fields", "", "send.fields is missing" },
        { "send.fields.text", "\"{text|rot13}\"", "send.fields.text has the filter \"rot13\"; the filters are base64, json, lower, " },
        { "send.fields.text", "\"{sign}\"", "send.signing signs the body, and the body holds what is signed" },
        { "send.fields.to", "\"{people[]}\"", "send.fields.to uses {people}" },
        { "send.encode", "\"rot13\"", "send.encode is \"rot13\"; it must be one of none, base64." },
        { "send.contentType", "\"json\"", "send.contentType is \"json\"; it must be a media type" },
        { "send.headers.X-Time", "5", "send.headers.X-Time is 5; it must be a text." },
        { "send.headers.Content-Type", "\"text/xml\"", "send.headers.Content-Type is no header of a request" },
        { "send.signing.0.how", "\"crc32\"", "send.signing[0].how is \"crc32\"; it must be one of text, md5, sha1, sha256, hmac-sha1, hmac-sha256." },
        { "send.signing.0.key", "", "send.signing[0].key does not fit hmac-sha256" },
        { "send.signing.0.keyOf", "\"day\"", "send.signing[0].keyOf is \"day\"; it must be the name of an earlier step." },
        { "send.signing.0.name", "\"text\"", "send.signing[0].name is \"text\"; it must be letters and digits, and a name nothing else has." },
        { "send.batch.most", "20000", "send.batch.most is 20000; it must be a whole number from 2 to 10000." },
        { "answer", "", "answer is missing" },
        { "answer.id", "", "answer.id is missing; receipts could not find their message without it." },
        { "answer.id", "\"a..b\"", "answer.id is \"a..b\"; it must be names and numbers with full stops between" },
        { "answer.rules.0.outcome", "\"good\"", "answer.rules[0].outcome is \"good\"; it must be one of accepted, later, refused, unknown." },
        { "answer.rules.0.outcome", "\"later\"", "answer.rules has none with the outcome accepted" },
        { "answer.rules.0.status", "\"fine\"", "answer.rules[0].status has \"fine\"; it must be an HTTP status such as 200, or 2xx" },
        { "answer.rules.1.path", "", "answer.rules[1].values needs a path" },
        { "answer.rules.3.ofRecipient", "true", "answer.rules[3].ofRecipient fits the outcome later alone." },
        { "answer.each.number", "", "answer.each.number is missing" },
        { "receipts.id", "", "receipts.id is missing" },
        { "receipts.number", "", "receipts.number is missing; with send.batch" },
        { "receipts.delivery", "\"out\"", "receipts.delivery cannot be used with send.batch" },
        { "receipts.delivered", "", "receipts.delivered is missing" },
        { "receipts.timeFormat", "\"%\"", "receipts.timeFormat is \"%\"; it must be a format" },
        { "receipts.poll.everySeconds", "0", "receipts.poll.everySeconds is 0; it must be a whole number from 1 to 3600." },
        { "receipts.poll.everySeconds", "", "receipts.poll.everySeconds is missing" },
        { "receipts.poll.per", "\"hour\"", "receipts.poll.per is \"hour\"; it must be one of all, message." },
        { "receipts.poll.query.key", "\"{number}\"", "receipts.poll.query.key uses {number}" },
        { "receipts.webhook.proof", "\"sesame\"", "receipts.webhook.proof holds no value" },
        { "receipts.webhook.query", "\"sign\"", "receipts.webhook.header or query is needed, and only one of them" },
        { "replies.poll", "", "replies.poll and webhook are missing" },
        { "replies.poll.per", "\"message\"", "replies.poll.per is \"message\"; replies are fetched all together." },
        { "replies.text", "", "replies.text is missing" },
        { "templates", "{\"mark\":\"$\",\"longestVariable\":35}", "templates.mark is \"$\"; it must hold {name} or {number}" },
        { "templates", "{\"mark\":\"{number}\"}", "templates.longestVariable is missing" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_profile_that_is_wrong_names_file_field_and_what_is_allowed(string where, string what, string sentence)
    {
        var fault = Assert.Throws<OptionsValidationException>(() => ProfileReader.Read("test", Encoding.UTF8.GetBytes(Gateways.With(profile => Put(profile, where.Split('.'), what)))));

        Assert.Contains(fault.Failures, one => one.StartsWith("config/gateways/test.json: " + sentence, StringComparison.Ordinal));
    }

    [Fact]
    public void All_that_is_wrong_is_named_at_once_and_what_is_no_json_with_its_line()
    {
        var faults = Assert.Throws<OptionsValidationException>(() => ProfileReader.Read("test", Encoding.UTF8.GetBytes(Gateways.With(profile =>
        {
            Put(profile, ["zone"], "5");
            Put(profile, ["send", "url"], "\"{Nobody}\"");
            Put(profile, ["answer", "id"], "");
        })))).Failures.ToList();
        Assert.Equal(3, faults.Count);

        Assert.StartsWith("config/gateways/test.json: line 2 is no JSON", Assert.Throws<OptionsValidationException>(() => ProfileReader.Read("test", "{\n nothing"u8.ToArray())).Failures.Single(), StringComparison.Ordinal);
        Assert.Equal("config/gateways/test.json: the whole must be an object.", Assert.Throws<OptionsValidationException>(() => ProfileReader.Read("test", "[]"u8.ToArray())).Failures.Single());
    }

    [Fact]
    public void Settings_and_secrets_a_profile_declares_are_asked_for_by_name()
    {
        Assert.Equal(
            [
                "Providers:gate:AccessKeyId is missing: the id of an access key that may call SendSms and QuerySendDetails.", "Providers:gate:SignName is missing: the registered signature.",
                "Providers:gate:AccessKeySecret is missing (environment Providers__gate__AccessKeySecret): the secret of that access key.", "Providers:gate:AllowHttp is \"maybe\"; it must be true or false.",
            ],
            Faults(("Profile", "aliyun-sms"), ("AllowHttp", "maybe"), ("Templates", "none")));
        Assert.StartsWith("Providers:gate:Templates is missing: a file of config/registered", Faults(("Profile", "aliyun-sms"))[^1], StringComparison.Ordinal);
        Assert.StartsWith("config/registered/nowhere.json: There is no config/registered/nowhere.json.", Faults(("Profile", "aliyun-sms"), ("Templates", "nowhere"))[^1], StringComparison.Ordinal);
        Assert.Equal(["Providers:gate:Profile is missing: the name of a file of config/gateways, without .json."], Faults());
        Assert.StartsWith("Providers:gate:Profile is \"../policy/cn\"; the profiles in ", Assert.Single(Faults(("Profile", "../policy/cn"))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://10.0.0.7", false, false)]
    [InlineData("http://10.0.0.7", true, true)]
    [InlineData("http://127.0.0.1:8080", false, true)]
    [InlineData("10.0.0.7", true, false)]
    [InlineData("ftp://10.0.0.7", true, false)]
    public void What_goes_to_a_platform_is_kept_from_others_eyes(string address, bool allowHttp, bool good)
    {
        var faults = Faults(("Profile", "cmcc-mas"), ("Address", address), ("EcName", "e"), ("ApId", "a"), ("Sign", "s"), ("SecretKey", "k"), ("AllowHttp", allowHttp ? "true" : "false"));

        Assert.Equal(good ? [] : [$"Providers:gate:Profile cmcc-mas speaks to \"{address}/sms/submit\"; it must be an https address, or http to this machine. Inside a line nobody else uses, Providers:gate:AllowHttp=true allows http."], faults);
    }

    private static IReadOnlyList<string> Faults(params (string, string)[] values)
    {
        try
        {
            HttpGatewayOptions.Read(Gateways.Settings(values), Gateways.Home);

            return [];
        }
        catch (OptionsValidationException fault)
        {
            return [.. fault.Failures];
        }
    }

    private static void Put(JsonObject profile, string[] where, string what)
    {
        JsonNode at = profile;
        foreach (var step in where[..^1]) at = at is JsonArray list ? list[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)]! : at[step]!;
        if (what.Length == 0) at.AsObject().Remove(where[^1]);
        else at[where[^1]] = JsonNode.Parse(what);
    }
}
