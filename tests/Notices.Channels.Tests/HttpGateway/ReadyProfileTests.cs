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
}
