using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Notices.Customers;
using Notices.Deliveries;
using Notices.Testing;

namespace Notices.Operation;

/// <summary>A provider that cannot be used shows, and the others go on.</summary>
public class ProvidersHealthTests
{
    private const string Nowhere = "http://127.0.0.1:1";

    public static TheoryData<string, bool, string> Channels => new()
    {
        { "twilio-sms", true, "twilio 20003" }, { "twilio-sms", false, "" },
        { "kannel", true, "http 403" }, { "kannel", false, "" },
        { "http-gateway", true, "" }, { "http-gateway", false, "" },
    };

    [Theory, MemberData(nameof(Channels))]
    public async Task A_carrier_with_wrong_credentials_or_out_of_reach_is_told_and_its_messages_wait(string channel, bool reached, string fault)
    {
        await using var carrier = new HttpSink
        {
            Answer = _ => channel == "kannel" ? HttpSink.Status("403 Forbidden") : channel == "twilio-sms" ? Refused("401 Unauthorized", """{"code":20003}""") : HttpSink.Ok("""{"rspcod":"InvalidUsrOrPwd","success":false}"""),
        };
        await using var life = await Life.StartAsync(settings: Settings(channel, reached ? carrier.Address.GetLeftPart(UriPartial.Authority) : Nowhere));

        await ToldAsync(life, fault);

        await using var db = life.Host.Database.Open();
        Assert.All(await db.Deliveries.AsNoTracking().Where(row => row.Medium == Medium.Sms && row.Attempts > 0).ToListAsync(), row => Assert.True(row.State is DeliveryState.Waiting or DeliveryState.Claimed, $"{row.State} {row.Reason}"));
    }

    [Theory]
    [InlineData("wrong", "sign-in-refused")]
    [InlineData("misnamed", "certificate-refused")]
    [InlineData("nowhere", "no-connection")]
    public async Task A_mail_server_that_cannot_be_used_is_told_and_short_messages_leave(string trouble, string fault)
    {
        await using var server = new SmtpServer { SignIn = ("notices", "geheim") };
        await using var life = await Life.StartAsync(customers: 6, settings: new Dictionary<string, string?>
        {
            ["Providers:mail:Channel"] = "email",
            ["Providers:mail:Host"] = trouble == "misnamed" ? "127.0.0.1" : "localhost",
            ["Providers:mail:Port"] = trouble == "nowhere" ? "1" : server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Providers:mail:From"] = "notices@example.org",
            ["Providers:mail:User"] = "notices",
            ["Providers:mail:Password"] = trouble == "wrong" ? "wrong" : "geheim",
            ["Providers:mail:AuthorityFile"] = server.AuthorityFile,
            ["Providers:main:Media"] = "sms",
        });
        for (var i = 0; i < 6; i++) await life.AddCustomerAsync($"M{i}", ["JX-T0"], null, customer => customer.Contacts.Add(new Contact { Kind = ContactKind.Email, Address = $"m{i}@example.net", Ordinal = 1, Source = "import" }));

        await ToldAsync(life, fault);

        await TestHost.UntilAsync(
            async () =>
            {
                await using var db = life.Host.Database.Open();

                return await db.Deliveries.Where(row => row.Medium == Medium.Sms).AllAsync(row => row.State == DeliveryState.Delivered) && !await db.Deliveries.AnyAsync(row => row.Medium == Medium.Email && row.State != DeliveryState.Waiting && row.State != DeliveryState.Claimed);
            },
            "short messages delivered, mails waiting", 60);
    }

    private static async Task ToldAsync(Life life, string fault)
    {
        await life.ApprovedAsync(Life.Plan(TestCounty.Feeder, "2026-12-01T08:00:00", "2026-12-01T18:00:00"));
        life.Host.Clock.Advance(Life.At("2026-11-23T09:00:00") - life.Host.Clock.GetUtcNow());
        JsonNode? line = null;
        await TestHost.UntilAsync(
            async () =>
            {
                life.Host.Clock.Advance(TimeSpan.FromSeconds(2));
                var health = JsonNode.Parse(await life.Host.TextAsync("health/ready"))!;
                line = health["checks"]!.AsArray().Single(check => (string)check!["name"]! == "providers");

                return (string?)health["status"] == "degraded" && (string?)line!["code"] == "provider-fails";
            },
            "the provider told as failing", 60);
        Assert.Contains(fault, (string)line!["message"]!, StringComparison.Ordinal);
    }

    private static string Refused(string status, string body) => $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private static Dictionary<string, string?> Settings(string channel, string address)
    {
        var settings = new Dictionary<string, string?> { ["Providers:main:Channel"] = channel, ["Providers:main:ReceiptDelay"] = null };
        var more = channel switch
        {
            "twilio-sms" => new Dictionary<string, string?> { ["AccountSid"] = "AC0123456789abcdef0123456789abcdef", ["AuthToken"] = "wrong", ["From"] = "+14155550100", ["BaseAddress"] = address },
            "kannel" => new Dictionary<string, string?> { ["Address"] = address + "/cgi-bin/sendsms", ["User"] = "u", ["Password"] = "wrong" },
            _ => new Dictionary<string, string?> { ["Profile"] = "cmcc-mas", ["Address"] = address, ["ReportAddress"] = address, ["EcName"] = "JX Power", ["ApId"] = "api", ["Sign"] = "Sg", ["SecretKey"] = "wrong" },
        };
        foreach (var (name, value) in more) settings[$"Providers:main:{name}"] = value;

        return settings;
    }
}
