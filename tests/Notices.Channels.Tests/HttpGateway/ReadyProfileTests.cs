using System.Text.Json;
using Notices.Deliveries;
using Xunit;

namespace Notices.Channels.HttpGateway;

public class ReadyProfileTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<string> All => [.. Directory.EnumerateFiles(Path.Combine(Gateways.Home, "config", "gateways"), "*.json").Select(file => Path.GetFileNameWithoutExtension(file))];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_shipped_profile_can_be_read_and_says_what_it_follows(string name)
    {
        var profile = ProfileReader.Load(Gateways.Home, name, "Profile");

        Assert.True(profile.Follows.Length > 20);
        Assert.NotNull(profile.Country);
        Assert.NotNull(profile.Receipts);
    }

    [Fact]
    public async Task The_carriers_batch_platform_gets_base64_of_json_with_its_mac_and_tells_of_each_number()
    {
        await using var server = new GatewayServer
        {
            Answer = call => GatewayServer.Ok(
                call.Target == "/sms/submit" ? """{"msgGroup":"1130160000001000","rspcod":"success","success":true}"""
                : call.Target == "/sms/report" ? """[{"reportStatus":"DELIVRD","mobile":"13800000001","submitDate":"2026-11-30 15:00:00","receiveDate":"2026-11-30 15:00:05","errorCode":"DELIVRD","msgGroup":"1130160000001000"},{"mobile":"13800000002","errorCode":"DB:0140","receiveDate":"2026-11-30 15:00:06","msgGroup":"1130160000001000"}]"""
                : """[{"smsContent":"1","mobile":"13800000002","sendTime":"2026-11-30 15:00:09","addSerial":"106509"}]"""),
        };
        using var channel = Gateways.Ready("cmcc-mas", ("Address", server.Address), ("ReportAddress", server.Address), ("EcName", "某县供电公司"), ("ApId", "api1"), ("Sign", "Sg1"), ("AddSerial", "01"), ("SecretKey", "s3cret"));
        const string text = "【某县供电公司】12月1日8:00至18:00停电。";

        var outcomes = await channel.SendAsync([Gateways.Message(text), Gateways.Message(text, "+8613800000002", 43)], None);

        Assert.Equal(5000, channel.LargestBatch);
        Assert.All(outcomes, outcome => Assert.Equal((SendOutcomeKind.Accepted, true), (outcome.Kind, outcome.ExpectsReceipt)));
        var sent = JsonDocument.Parse(Convert.FromBase64String(server.Calls.First().Body)).RootElement;
        // Made by md5sum of company, account, secret, numbers, text, signature and extension, without anything between.
        Assert.Equal("c7220e5170dd69e07d4fa71123555ae7", sent.GetProperty("mac").GetString());
        Assert.Equal("13800000001,13800000002", sent.GetProperty("mobiles").GetString());
        Assert.False(sent.TryGetProperty("secretKey", out _));

        var receipts = (await channel.PollAsync(PollKind.Receipts, null, None)).Receipts;
        Assert.Equal(outcomes.Select(outcome => outcome.ProviderMessageId), receipts.Select(receipt => receipt.ProviderMessageId));
        Assert.Equal([(DeliveryState.Delivered, null), (DeliveryState.Failed, "DB:0140")], receipts.Select(receipt => (receipt.State, receipt.Detail)));
        Assert.Equal(new DateTimeOffset(2026, 11, 30, 7, 0, 5, TimeSpan.Zero), receipts[0].At);
        Assert.Equal(("+8613800000002", "1"), (await channel.PollAsync(PollKind.Replies, null, None)).Replies.Select(reply => (reply.From, reply.Body)).Single());
    }

    [Theory]
    [InlineData("IllegalMac", SendOutcomeKind.TryLater)] // the account, not the recipient
    [InlineData("InvalidMessage", SendOutcomeKind.Refused)]
    [InlineData("somethingNew", SendOutcomeKind.Unknown)]
    public async Task The_carriers_refusals_are_translated(string code, SendOutcomeKind kind)
    {
        await using var server = new GatewayServer { Answer = _ => GatewayServer.Ok($$"""{"msgGroup":"","rspcod":"{{code}}","success":false}""") };
        using var channel = Gateways.Ready("cmcc-mas", ("Address", server.Address), ("EcName", "e"), ("ApId", "a"), ("Sign", "s"), ("SecretKey", "k"));

        Assert.Equal(kind, (await channel.SendAsync(Gateways.Message("停电"), None)).Kind);
    }

    [Fact]
    public async Task The_reseller_gets_a_registered_text_and_its_values_and_is_asked_message_by_message()
    {
        await using var server = new GatewayServer
        {
            Answer = call => GatewayServer.Ok(call.Form["Action"] == "SendSms"
                ? """{"Message":"OK","RequestId":"r","Code":"OK","BizId":"900619746936498440^0"}"""
                : """{"Code":"OK","SmsSendDetailDTOs":{"SmsSendDetailDTO":[{"OutId":"42","SendStatus":3,"ErrCode":"DELIVERED","ReceiveDate":"2026-11-30 15:59:58"},{"OutId":"41","SendStatus":1}]}}"""),
        };
        using var channel = Reseller(server.Address);

        var outcome = await channel.SendAsync(Gateways.Message("【示例供电】因检修，城关031线停电。"), None);

        Assert.Equal(SendOutcome.Accepted("900619746936498440^0", true), outcome);
        var form = server.Calls.First().Form;
        Assert.Equal(("SMS_1", """{"reason":"检修","line":"城关031线"}""", "13800000001", "42", "2026-11-30T08:00:00Z"), (form["TemplateCode"], form["TemplateParam"], form["PhoneNumbers"], form["OutId"], form["Timestamp"]));
        Assert.Equal(28, form["Signature"].Length);
        // What nobody registered is handed to nobody.
        Assert.Equal(SendOutcome.Refused("text-not-registered"), await channel.SendAsync(Gateways.Message("别的话。"), None));
        Assert.Single(server.Calls);

        var answer = await channel.PollAsync(PollKind.Receipts, new OpenMessage(42, "+8613800000001", "900619746936498440^0", Gateways.Now.AddHours(9)), None);
        Assert.Equal([new ReceiptNews("gate", null, 42, DeliveryState.Delivered, Gateways.Now.AddSeconds(-2))], answer.Receipts);
        form = server.Calls.Last().Form;
        Assert.Equal(("QuerySendDetails", "13800000001", "900619746936498440^0", "20261201"), (form["Action"], form["PhoneNumber"], form["BizId"], form["SendDate"])); // the day in the platform's zone
    }

    [Theory]
    [InlineData("isv.BUSINESS_LIMIT_CONTROL", SendOutcomeKind.TryLater, true)]
    [InlineData("isv.AMOUNT_NOT_ENOUGH", SendOutcomeKind.TryLater, false)] // the account, not the recipient
    [InlineData("isv.MOBILE_NUMBER_ILLEGAL", SendOutcomeKind.Refused, false)]
    [InlineData("SignatureDoesNotMatch", SendOutcomeKind.TryLater, false)]
    public async Task The_resellers_errors_are_translated(string code, SendOutcomeKind kind, bool ofRecipient)
    {
        await using var server = new GatewayServer { Answer = _ => GatewayServer.Of(code.StartsWith('i') ? "200 OK" : "400 Bad Request", $$"""{"Code":"{{code}}","Message":"13800000001"}""") };
        using var channel = Reseller(server.Address);

        var outcome = await channel.SendAsync(Gateways.Message("因检修，城关031线停电。"), None);

        Assert.Equal((kind, ofRecipient, code), (outcome.Kind, outcome.OfRecipient, outcome.Detail));
    }

    private static HttpGatewayChannel Reseller(string address)
    {
        var home = Directory.CreateTempSubdirectory("gateway").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(home, "config", "registered"));
            Directory.CreateDirectory(Path.Combine(home, "config", "gateways"));
            File.Copy(Path.Combine(Gateways.Home, "config", "gateways", "aliyun-sms.json"), Path.Combine(home, "config", "gateways", "aliyun-sms.json"));
            File.WriteAllText(Path.Combine(home, "config", "registered", "ali.json"), """{"languages":["zh-CN"],"templates":[{"notice":"initial","language":"zh-CN","id":"SMS_1","text":"因${reason}，${line}停电。"}]}""");

            return new HttpGatewayChannel(
                "gate", HttpGatewayOptions.Read(Gateways.Settings(("Profile", "aliyun-sms"), ("Address", address), ("AccessKeyId", "id"), ("AccessKeySecret", "secret"), ("SignName", "示例供电"), ("Templates", "ali")), home),
                Gateways.Audit, new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Gateways.Now), new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Gateways.Now));
        }
        finally
        {
            Directory.Delete(home, true);
        }
    }
}
