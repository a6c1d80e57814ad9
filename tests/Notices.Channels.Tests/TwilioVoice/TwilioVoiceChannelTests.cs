using System.Xml.Linq;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Notices.Channels.TwilioSms;
using Notices.Deliveries;
using Notices.Feeds;
using Xunit;

namespace Notices.Channels.TwilioVoice;

public class TwilioVoiceChannelTests
{
    private const string Sid = "CA00000000000000000000000000000001";

    private static readonly DateTimeOffset Now = new(2026, 11, 30, 8, 0, 0, TimeSpan.Zero);

    private static readonly SpokenText Text = new("您好，这里是供电公司。\n12月1日停电 & 检修。", "再说一遍。\n12月1日停电。", "确认收到请按一，重听请按二。", "详询请拨95598。");

    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_call_leaves_with_where_to_ask_what_to_say_and_where_to_tell_what_happens()
    {
        TwilioDescription.Needed();
        await using var server = new TwilioServer();
        using var channel = Channel(server.Address);

        var outcome = await channel.SendAsync(Call(42, 2), None);

        Assert.Equal((SendOutcomeKind.Accepted, Sid, true), (outcome.Kind, outcome.ProviderMessageId, outcome.ExpectsReceipt));
        Assert.True(outcome.AskAfter > TimeSpan.FromMinutes(6));
        var request = Assert.Single(server.Requests);
        Assert.Equal($"/2010-04-01/Accounts/{TwilioServer.Account}/Calls.json", request.Path);
        const string About = "?provider=main&delivery=42&try=2";
        Assert.Equal(
            [
                ("To", "+8613800000001"), ("From", "+14155550100"), ("Timeout", "35"), ("TimeLimit", "360"), ("MachineDetection", "DetectMessageEnd"), ("Url", $"https://notices.example.org/webhooks/twilio/voice{About}"),
                ("StatusCallback", $"https://notices.example.org/webhooks/twilio/voice-status{About}"), ("StatusCallbackEvent", "ringing"), ("StatusCallbackEvent", "answered"), ("StatusCallbackEvent", "completed"),
            ],
            request.Form.Select(field => (field.Key, field.Value)));
    }

    [Theory]
    [InlineData("Inline", "true")]
    [InlineData("AuthToken", "")]
    public async Task Where_twilio_cannot_ask_all_that_is_said_goes_along_and_it_is_asked_soon(string setting, string value)
    {
        TwilioDescription.Needed();
        await using var server = new TwilioServer();
        using var channel = Channel(server.Address, (setting, value), ("ApiKey", "SK0123456789abcdef0123456789abcdef"), ("ApiSecret", "geheim"));

        Assert.Equal(TimeSpan.FromSeconds(20), (await channel.SendAsync(Call(1), None)).AskAfter);

        var request = server.Requests.Single();
        Assert.True(request["Url"] is null && request["StatusCallback"] is null);
        var said = XElement.Parse(request["Twiml"]!).Elements("Say").ToList();
        Assert.Equal([Text.Message, Text.Again, Text.Closing], said.Select(one => one.Value));
        Assert.Equal(("Polly.Zhiyu", "cmn-CN"), ((string)said[0].Attribute("voice")!, (string)said[0].Attribute("language")!));
        // Too long twice, it is said once; too long once, it is refused here and not cut off there.
        await channel.SendAsync(Call(2) with { Call = Plan(1, Text with { Message = new string('电', 2500), Again = new string('电', 2500) }) }, None);
        Assert.Single(XElement.Parse(server.Requests.Last()["Twiml"]!).Elements("Say"));
        Assert.Equal(SendOutcome.Refused("text-too-long"), await channel.SendAsync(Call(3) with { Call = Plan(1, Text with { Message = new string('电', 4500) }) }, None));
        Assert.Equal(2, server.Requests.Count);
    }

    public static TheoryData<string?, SendOutcome> Answers => new()
    {
        { TwilioServer.Error("400 BAD REQUEST", 21211), SendOutcome.Refused("twilio 21211") },
        { TwilioServer.Error("400 BAD REQUEST", 21215), SendOutcome.TryLater("twilio 21215") },
        { TwilioServer.Error("400 BAD REQUEST", 10004), SendOutcome.TryLater("twilio 10004") },
        { TwilioServer.Error("401 UNAUTHORIZED", 20003), SendOutcome.TryLater("twilio 20003") },
        { TwilioServer.Text("429 TOO MANY REQUESTS", "{}", "Retry-After: 7\r\n"), SendOutcome.TryLater("http 429", TimeSpan.FromSeconds(7)) },
        { TwilioServer.Text("500 INTERNAL SERVER ERROR", "{}"), SendOutcome.Unknown("http 500") },
        { TwilioServer.Text("201 CREATED", "garbage"), SendOutcome.Unknown("garbage") },
        { TwilioServer.Json("201 CREATED", new { sid = "SM00000000000000000000000000000001", status = "queued" }), SendOutcome.Unknown("garbage") },
        { null, SendOutcome.Unknown("cut") },
    };

    [Theory, MemberData(nameof(Answers))]
    public async Task What_twilio_answers_decides_and_nobody_is_called_twice(string? answer, SendOutcome outcome)
    {
        await using var server = new TwilioServer { Answer = _ => answer };
        using var channel = Channel(server.Address);

        Assert.Equal(outcome, await channel.SendAsync(Call(1), None));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task What_has_expired_or_is_no_number_is_not_called()
    {
        await using var server = new TwilioServer();
        using var channel = Channel(server.Address);

        Assert.Equal(SendOutcome.TryLater("expired") with { OfRecipient = true }, await channel.SendAsync(Call(1) with { ExpiresAt = Now.AddSeconds(2) }, None));
        Assert.Equal(SendOutcome.Refused("not-a-number"), await channel.SendAsync(Call(1) with { Address = "sip:a@b" }, None));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void A_person_hears_the_message_then_it_again_with_the_keys_and_a_mailbox_no_keys()
    {
        using var channel = Channel("http://127.0.0.1:1");
        var about = new CallAbout("main", 42, 1);

        var first = XElement.Parse(channel.Say(about, Text, "zh-CN", 1));
        var second = XElement.Parse(channel.Say(about, Text, "zh-CN", 2));
        var mailbox = XElement.Parse(channel.SayToMailbox(Text, "zh-CN"));

        Assert.Equal(Text.Message, first.Element("Gather")!.Value);
        Assert.Equal([Text.Again, Text.Keys, Text.Closing], second.Element("Gather")!.Elements("Say").Select(said => said.Value));
        foreach (var (saying, part) in ((XElement, int)[])[(first, 1), (second, 2)])
        {
            var next = $"https://notices.example.org/webhooks/twilio/voice-gather?provider=main&delivery=42&try=1&part={part}";
            Assert.Equal((next, "1", "dtmf"), ((string)saying.Element("Gather")!.Attribute("action")!, (string)saying.Element("Gather")!.Attribute("numDigits")!, (string)saying.Element("Gather")!.Attribute("input")!));
            Assert.Equal(next, saying.Elements().Last().Value);
        }

        Assert.Equal([Text.Mailbox], mailbox.Elements("Say").Select(said => said.Value));
        Assert.DoesNotContain("请按", mailbox.Value, StringComparison.Ordinal);
        Assert.Equal("Hangup", mailbox.Elements().Last().Name.LocalName);
        Assert.Equal(("Polly.Amy", "Thank you. Goodbye."), ((string)XElement.Parse(channel.SayGoodbye("en")).Element("Say")!.Attribute("voice")!, XElement.Parse(channel.SayGoodbye("en")).Element("Say")!.Value));
    }

    [Theory]
    [InlineData("completed", "human", 60, "person,heard,completed")]
    [InlineData("completed", "human", 1, "person,completed")]
    [InlineData("completed", "machine_end_beep", 60, "machine,heard,completed")]
    [InlineData("completed", "unknown", null, ",completed")]
    [InlineData("busy", null, 0, "busy")]
    [InlineData("no-answer", null, 0, "no-answer")]
    [InlineData("failed", null, 0, "unreachable")]
    [InlineData("in-progress", "human", null, "person")]
    [InlineData("ringing", null, null, null)]
    public async Task A_call_nobody_told_of_is_asked_about(string status, string? answeredBy, int? seconds, string? told)
    {
        TwilioDescription.Needed();
        await using var server = new TwilioServer();
        using var channel = Channel(server.Address, ("Inline", "true"));
        await channel.SendAsync(Call(1), None);
        var call = server.Calls.Single();
        (call["status"], call["answered_by"], call["duration"]) = (status, answeredBy, seconds?.ToString(System.Globalization.CultureInfo.InvariantCulture));

        var news = await channel.AskAsync(new CallQuestion("main", 1, 1, Sid, "zh-CN", Text), None);

        Assert.Equal(told?.Split(',') ?? [], news!.Select(one => one.Kind == CallEventKind.Heard ? "heard" : one.Value));
        server.Answer = _ => TwilioServer.Text("500 INTERNAL SERVER ERROR", "");
        Assert.Null(await channel.AskAsync(new CallQuestion("main", 1, 1, Sid, "zh-CN", Text), None));
    }

    [Fact]
    public async Task A_call_whose_answer_was_lost_is_found_by_number_and_time()
    {
        TwilioDescription.Needed();
        var clock = new FakeTimeProvider(Now);
        await using var server = new TwilioServer();
        using var channel = Channel(clock, server.Address);
        var question = new LookupQuestion(1, Medium.Voice, "+8613800000001", Now);

        Assert.Equal(LookupAnswer.AskAgain, await channel.LookUpAsync(question, None));
        clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(LookupAnswer.NotThere, await channel.LookUpAsync(question, None));
        await channel.SendAsync(Call(1), None);
        Assert.Equal(new LookupAnswer(LookupKind.Found, DeliveryState.Accepted, Sid), await channel.LookUpAsync(question, None));
        Assert.Equal(LookupAnswer.AskAgain, await channel.LookUpAsync(question with { TriedAt = null }, None));
    }

    [Theory]
    [InlineData("failed", 404, "wrong-number")]
    [InlineData("failed", 603, "refused")]
    [InlineData("failed", 480, "unreachable")]
    [InlineData("failed", null, "unreachable")]
    [InlineData("busy", 486, "busy")]
    [InlineData("busy", 603, "refused")]
    [InlineData("canceled", null, "no-answer")]
    [InlineData("in-progress", null, null)]
    public void Results_are_told_apart(string status, int? sip, string? result) => Assert.Equal(result, TwilioCalls.EndOf(status, sip));

    [Fact]
    public void Everything_wrong_in_the_settings_is_said_at_once()
    {
        var faults = Assert.Throws<OptionsValidationException>(() => Options(("From", "JX Power"), ("Inline", "perhaps"), ("Voices:zh-CN", "nobody"), ("Voices:fr", "Polly.Lea/fr-FR"), ("AccountSid", ""))).Failures.ToList();

        Assert.Equal(5, faults.Count);
        Assert.All(faults, sentence => Assert.Matches(@"^Providers:main:[A-Za-z:-]+ .*\.$", sentence));
        Assert.StartsWith("Public:BaseAddress is", Assert.Single(Assert.Throws<OptionsValidationException>(() => TwilioVoiceOptions.Read(Settings(("BaseAddress", "")), new PublicOptions())).Failures), StringComparison.Ordinal);
        Assert.Null(TwilioVoiceOptions.Read(Settings(("BaseAddress", ""), ("Inline", "true")), new PublicOptions()).CallsBackTo);
        Assert.Equal(new TwilioVoiceName("Google.cmn-CN-Standard-A", "cmn-CN"), Options(("Voices:zh-CN", "Google.cmn-CN-Standard-A/cmn-CN")).Voices["zh-CN"]);
    }

    private static OutgoingMessage Call(long id, short number = 1) => new(id, Medium.Voice, "+8613800000001", "zh-CN", null, Text.Whole, null, Now.AddHours(1)) { Call = Plan(number, Text) };

    private static CallPlan Plan(short number, SpokenText text) => new(number, text, TimeSpan.FromSeconds(35), CallKeys.ConfirmOrAgain);

    private static TwilioVoiceChannel Channel(string address, params IEnumerable<(string, string)> settings) => Channel(new FakeTimeProvider(Now), address, settings);

    private static TwilioVoiceChannel Channel(FakeTimeProvider clock, string address, params IEnumerable<(string, string)> settings) => new("main", Options([("BaseAddress", address), .. settings]), clock);

    private static TwilioVoiceOptions Options(params IEnumerable<(string, string)> settings) => TwilioVoiceOptions.Read(Settings(settings), new PublicOptions { BaseAddress = new Uri("https://notices.example.org/") });

    private static ProviderSettings Settings(params IEnumerable<(string Key, string Value)> settings)
    {
        var given = new Dictionary<string, string?> { ["main:AccountSid"] = TwilioServer.Account, ["main:AuthToken"] = TwilioServer.Token, ["main:From"] = "+14155550100", ["main:Channel"] = "twilio-voice" };
        foreach (var (key, value) in settings) given[$"main:{key}"] = value;

        return new ProviderSettings("main", new ConfigurationBuilder().AddInMemoryCollection(given).Build().GetSection("main"));
    }
}
