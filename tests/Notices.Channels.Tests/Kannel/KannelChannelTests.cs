using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Notices.Deliveries;
using Notices.Feeds;
using Notices.Testing;
using Xunit;

namespace Notices.Channels.Kannel;

public class KannelChannelTests
{
    private const string ReportKey = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=";

    private static readonly DateTimeOffset Now = new(2026, 11, 30, 8, 0, 0, TimeSpan.Zero);

    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Chinese_gsm_and_long_texts_reach_a_message_centre_as_they_were_written()
    {
        Assert.SkipWhen(KannelGateway.Missing is not null, KannelGateway.Missing ?? "");
        await using var gateway = await KannelGateway.StartAsync();
        using var channel = Channel(gateway.Address.AbsoluteUri, KannelGateway.Password);
        var texts = new[] { "【城关供电所】12月1日8:00-18:00停电，abc 50% & +1。", "Power cut @ 8:00, £5 {refund} [all] ~ €3", string.Concat(Enumerable.Repeat("城关镇东街村停电。", 12)), new string('x', 200) };

        foreach (var text in texts) Assert.Equal(SendOutcome.Accepted(null), await channel.SendAsync(Message(text), None));
        // The third and the fourth are two parts each.
        await TestUntilAsync(() => gateway.Parts.Count >= 6);

        var parts = gateway.Parts.ToList();
        Assert.Equal(6, parts.Count);
        Assert.All(parts, part => Assert.Equal("+8613800000001", part.To));
        Assert.Equal(texts[0], parts[0].Text);
        Assert.Equal(texts[2], parts[2].Text + parts[3].Text);
        Assert.Equal(texts[3], parts[4].Text + parts[5].Text);
    }

    [Fact]
    public async Task A_wrong_password_is_no_fault_of_the_recipient_and_without_a_message_centre_the_gateway_keeps_it()
    {
        Assert.SkipWhen(KannelGateway.Missing is not null, KannelGateway.Missing ?? "");
        await using var gateway = await KannelGateway.StartAsync(connected: false);
        using var wrong = Channel(gateway.Address.AbsoluteUri, "another");
        using var right = Channel(gateway.Address.AbsoluteUri, KannelGateway.Password);

        Assert.Equal(SendOutcome.TryLater("http 403"), await wrong.SendAsync(Message("a"), None));
        Assert.Equal(SendOutcomeKind.Accepted, (await right.SendAsync(Message("b"), None)).Kind);
        await gateway.ConnectAsync();
        await TestUntilAsync(() => !gateway.Parts.IsEmpty);
        Assert.Equal("b", Assert.Single(gateway.Parts).Text);
    }

    public static TheoryData<string?, SendOutcome> Answers => new()
    {
        { Text("202 Accepted", "0: Accepted for delivery"), SendOutcome.Accepted(null, true) },
        { Text("202 Accepted", "3: Queued for later delivery"), SendOutcome.Accepted(null, true) },
        { Text("202 Accepted", "<html>a proxy's words"), SendOutcome.Unknown("garbage") },
        { Text("202 Accepted", ""), SendOutcome.Unknown("garbage") },
        { Text("202 Accepted", "0: " + new string('x', 70_000)), SendOutcome.Unknown("garbage") },
        { Text("403 Forbidden", "Authorization failed for sendsms"), SendOutcome.TryLater("http 403") },
        { Text("403 Forbidden", "Not routable. Do not try again."), SendOutcome.Refused("not-routable") },
        { Text("400 Bad Request", "Number(s) has/have been denied by white- and/or black-lists."), SendOutcome.Refused("number-denied") },
        { Text("400 Bad Request", "Empty text not allowed, rejected"), SendOutcome.Refused("http 400") },
        { Text("404 Not Found", ""), SendOutcome.TryLater("http 404") },
        { Text("503 Service Unavailable", "Temporal failure, try again later."), SendOutcome.TryLater("http 503") },
        { Text("429 Too Many Requests", "", "Retry-After: 7\r\n"), SendOutcome.TryLater("http 429", TimeSpan.FromSeconds(7)) },
        { Text("500 Internal Server Error", ""), SendOutcome.Unknown("http 500") },
        { Text("302 Found", "", "Location: http://127.0.0.1:1/\r\n"), SendOutcome.Unknown("http 302") },
        { "HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: 90\r\n\r\n0: Acc", SendOutcome.Unknown("cut") },
        { "no HTTP at all\r\n\r\n", SendOutcome.Unknown("garbage") },
        { null, SendOutcome.Unknown("cut") },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Every_answer_is_one_of_four_outcomes_and_nothing_is_sent_twice(string? answer, SendOutcome outcome)
    {
        await using var server = new HttpSink { Answer = _ => answer };
        using var channel = Channel(server.Address.AbsoluteUri, "p", ("ReportKey", ReportKey));

        Assert.Equal(outcome, await channel.SendAsync(Message("停电"), None));
        Assert.Single(server.Bodies);
    }

    [Fact]
    public async Task Nobody_there_is_tried_again_and_silence_is_unknown()
    {
        await using var server = new HttpSink { Answer = _ => "hang" };
        using var channel = Channel(server.Address.AbsoluteUri, "p");
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        Assert.Equal(SendOutcome.Unknown("timed-out"), await channel.SendAsync(Message("停电"), patience.Token));

        using var nobody = Channel("http://127.0.0.1:1/cgi-bin/sendsms", "p");
        Assert.Equal(SendOutcome.TryLater("no-connection"), await nobody.SendAsync(Message("停电"), None));
        Assert.Equal(SendOutcome.Refused("not-a-number"), await nobody.SendAsync(Message("停电") with { Address = "a@b.example" }, None));
        Assert.Equal(SendOutcome.TryLater("expired") with { OfRecipient = true }, await nobody.SendAsync(Message("停电") with { ExpiresAt = Now }, None));
    }

    [Fact]
    public void The_address_of_a_report_is_good_for_its_own_message_alone()
    {
        using var channel = Channel("http://127.0.0.1:1/cgi-bin/sendsms", "p", ("ReportKey", ReportKey), ("ReportAddress", "http://10.0.0.7/power"));
        using var keyless = Channel("http://127.0.0.1:1/cgi-bin/sendsms", "p");
        var check = KannelReport.Check("gateway", 42, Convert.FromBase64String(ReportKey));

        Assert.True(channel.Made(42, check));
        Assert.False(channel.Made(43, check));
        Assert.False(channel.Made(42, check.ToUpperInvariant()));
        Assert.False(channel.Made(42, null));
        Assert.False(keyless.Made(42, check));
        Assert.Equal(
            $"http://10.0.0.7/power/webhooks/kannel/report?provider=gateway&delivery=42&check={check}&type=%d",
            KannelReport.Address(Options(("ReportKey", ReportKey), ("ReportAddress", "http://10.0.0.7/power")).Reports!, "gateway", 42, Convert.FromBase64String(ReportKey)));
        Assert.DoesNotContain(ReportKey[..8], check, StringComparison.Ordinal);
    }

    [Fact]
    public void All_wrong_settings_are_named_at_once()
    {
        var faults = Assert.Throws<OptionsValidationException>(() => KannelOptions.Read(
            Settings(("Address", "13013"), ("User", "通知"), ("From", "ABCDEFGHIJKLM"), ("Smsc", "a b"), ("ReportKey", "short"), ("ReportAddress", "ftp://x/")), new PublicOptions())).Failures.ToList();

        Assert.Equal(
            ["Address", "Password", "User", "From", "Smsc", "ReportKey", "ReportAddress"],
            faults.Select(fault => fault.Split(' ')[0].Split(':')[^1]));
        Assert.All(faults, fault => Assert.StartsWith("Providers:gateway:", fault, StringComparison.Ordinal));
        Assert.DoesNotContain(faults, fault => fault.Contains("short", StringComparison.Ordinal));
        Assert.Contains("ReportKey", Assert.Throws<OptionsValidationException>(() => Options(("ReportAddress", "http://10.0.0.7/"))).Message, StringComparison.Ordinal);
    }

    private static KannelChannel Channel(string address, string password, params (string, string)[] more) =>
        new("gateway", Options([("Address", address), ("Password", password), .. more]), new FakeTimeProvider(Now));

    private static KannelOptions Options(params (string Name, string Value)[] more) =>
        KannelOptions.Read(Settings([("Address", "http://127.0.0.1:1/cgi-bin/sendsms"), ("User", KannelGateway.User), ("Password", "p"), .. more]), new PublicOptions());

    private static ProviderSettings Settings(params (string Name, string Value)[] values)
    {
        var all = new Dictionary<string, string?>();
        foreach (var (name, value) in values) all[name] = value;

        return new ProviderSettings("gateway", new ConfigurationBuilder().AddInMemoryCollection(all).Build());
    }

    private static OutgoingMessage Message(string text) => new(42, Medium.Sms, "+8613800000001", "zh-CN", null, text, null, Now.AddHours(1));

    private static string Text(string status, string body, string headers = "") => $"HTTP/1.1 {status}\r\n{headers}Content-Length: {System.Text.Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    private static async Task TestUntilAsync(Func<bool> done)
    {
        for (var left = 200; !done(); left--)
        {
            Assert.True(left > 0, "It does not come.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
