using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Notices.Channels.Twilio;
using Notices.Deliveries;
using Notices.Feeds;
using Xunit;

namespace Notices.Channels.TwilioSms;

public class TwilioSmsChannelTests
{
    internal const string Key = "SK0123456789abcdef0123456789abcdef";
    internal const string Service = "MG0123456789abcdef0123456789abcdef";
    internal const string Sid = "SM00000000000000000000000000000001";

    internal static readonly DateTimeOffset Now = new(2026, 11, 30, 8, 0, 0, TimeSpan.Zero);

    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_message_leaves_with_its_words_its_expiry_and_where_to_tell_what_became_of_it()
    {
        TwilioDescription.Needed();
        await using var server = new TwilioServer();
        using var channel = Channel(server.Address);

        Assert.Equal(SendOutcome.Accepted(Sid, true), await channel.SendAsync(Message(42), None));

        var request = Assert.Single(server.Requests);
        Assert.Equal($"/2010-04-01/Accounts/{TwilioServer.Account}/Messages.json", request.Path);
        Assert.Equal(Basic(TwilioServer.Account, TwilioServer.Token), request.Headers["Authorization"]);
        Assert.Equal(
            [("To", "+8613800000001"), ("From", "+14155550100"), ("Body", "【停电】12月1日 & 明天 50% +1。"), ("ValidityPeriod", "3600"), ("StatusCallback", "https://notices.example.org/webhooks/twilio/sms-status?provider=main&delivery=42")],
            request.Form.Select(field => (field.Key, field.Value)));
        Assert.DoesNotContain(TwilioServer.Token, string.Join(' ', request.Form) + request.Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_an_api_key_alone_and_a_service_nobody_is_asked_to_call_and_staffs_messages_never_ask()
    {
        TwilioDescription.Needed();
        await using var server = new TwilioServer();
        using var channel = Channel(server.Address, ("AuthToken", ""), ("ApiKey", Key), ("ApiSecret", "geheim"), ("From", ""), ("MessagingServiceSid", Service));
        using var signed = Channel(server.Address, ("ApiKey", Key), ("ApiSecret", "geheim"));

        Assert.Equal(SendOutcome.Accepted(Sid), await channel.SendAsync(Message(1), None));
        Assert.True((await signed.SendAsync(Message(2), None)).ExpectsReceipt);
        Assert.False((await signed.SendAsync(Message(-3), None)).ExpectsReceipt);

        var requests = server.Requests.ToArray();
        Assert.All(requests, request => Assert.Equal(Basic(Key, "geheim"), request.Headers["Authorization"]));
        Assert.Equal((Service, null, null), (requests[0]["MessagingServiceSid"], requests[0]["From"], requests[0]["StatusCallback"]));
        Assert.Null(requests[2]["StatusCallback"]);
    }

    public static TheoryData<string?, SendOutcome> Answers => new()
    {
        { TwilioServer.Error("400 BAD REQUEST", 21211), SendOutcome.Refused("twilio 21211") },
        { TwilioServer.Error("400 BAD REQUEST", 21610), SendOutcome.Refused("twilio 21610") },
        { TwilioServer.Error("400 BAD REQUEST", 21999), SendOutcome.Refused("twilio 21999") }, // a code of next year
        { TwilioServer.Error("400 BAD REQUEST", 21408), SendOutcome.TryLater("twilio 21408") },
        { TwilioServer.Error("400 BAD REQUEST", 21611), SendOutcome.TryLater("twilio 21611") },
        { TwilioServer.Error("401 UNAUTHORIZED", 20003), SendOutcome.TryLater("twilio 20003") },
        { TwilioServer.Error("403 FORBIDDEN", 29999), SendOutcome.TryLater("twilio 29999") },
        { TwilioServer.Text("404 NOT FOUND", "<html>"), SendOutcome.TryLater("http 404") },
        { TwilioServer.Text("400 BAD REQUEST", "a proxy's words"), SendOutcome.TryLater("http 400") },
        { TwilioServer.Text("429 TOO MANY REQUESTS", "{}", "Retry-After: 7\r\n"), SendOutcome.TryLater("http 429", TimeSpan.FromSeconds(7)) },
        { TwilioServer.Text("429 TOO MANY REQUESTS", "", "Retry-After: Mon, 30 Nov 2026 08:00:09 GMT\r\nDate: Mon, 30 Nov 2026 08:00:04 GMT\r\n"), SendOutcome.TryLater("http 429", TimeSpan.FromSeconds(5)) },
        { TwilioServer.Text("429 TOO MANY REQUESTS", "", "Retry-After: soon\r\n"), SendOutcome.TryLater("http 429") },
        { TwilioServer.Text("503 SERVICE UNAVAILABLE", "{}"), SendOutcome.TryLater("http 503") },
        { TwilioServer.Text("500 INTERNAL SERVER ERROR", "{}"), SendOutcome.Unknown("http 500") },
        { TwilioServer.Text("502 BAD GATEWAY", "<html>"), SendOutcome.Unknown("http 502") },
        { TwilioServer.Text("307 TEMPORARY REDIRECT", "", "Location: /elsewhere\r\n"), SendOutcome.Unknown("http 307") },
        { TwilioServer.Text("201 CREATED", "garbage"), SendOutcome.Unknown("garbage") },
        { TwilioServer.Text("201 CREATED", "{\"sid\":\"' OR 1=1\"}"), SendOutcome.Unknown("garbage") },
        { TwilioServer.Text("201 CREATED", "{\"sid\":7}"), SendOutcome.Unknown("garbage") },
        { TwilioServer.Text("201 CREATED", new string('x', 70_000)), SendOutcome.Unknown("garbage") },
        { "HTTP/1.1 201 CREATED\r\nConnection: close\r\nContent-Length: 900\r\n\r\n{\"sid\": \"SM0000", SendOutcome.Unknown("cut") },
        { "HTTP/1.1 201 CREATED\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{\"sid\"", SendOutcome.Unknown("cut") },
        { "SSH-2.0-OpenSSH Connection: close\r\n\r\n", SendOutcome.Unknown("garbage") },
        { TwilioServer.Json("201 CREATED", new { sid = Sid, status = "failed", error_code = 30002 }), SendOutcome.TryLater("twilio 30002") with { ProviderMessageId = Sid } },
        { null, SendOutcome.Unknown("cut") },
    };

    [Theory, MemberData(nameof(Answers))]
    public async Task What_twilio_answers_decides_and_nothing_is_sent_twice(string? answer, SendOutcome outcome)
    {
        await using var server = new TwilioServer { Answer = _ => answer };
        using var channel = Channel(server.Address);

        Assert.Equal(outcome, await channel.SendAsync(Message(1), None));
        Assert.Single(server.Requests);

        server.Answer = null;
        Assert.Equal(SendOutcomeKind.Accepted, (await channel.SendAsync(Message(2), None)).Kind);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task What_was_cancelled_after_it_left_is_unknown_before_it_left_it_can_be_tried_again()
    {
        await using var server = new TwilioServer { Answer = _ => "hang" };
        using var channel = Channel(server.Address);
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        using var already = new CancellationTokenSource();
        await already.CancelAsync();

        Assert.Equal(SendOutcome.Unknown("timed-out"), await channel.SendAsync(Message(1), soon.Token));
        Assert.Equal(SendOutcome.TryLater("timed-out"), await channel.SendAsync(Message(2), already.Token));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Where_nobody_listens_the_message_can_be_tried_again()
    {
        using var channel = Channel($"http://127.0.0.1:{FreePort()}");
        using var nameless = Channel("https://nowhere.invalid");

        Assert.Equal(SendOutcome.TryLater("no-connection"), await channel.SendAsync(Message(1), None));
        Assert.Equal(SendOutcome.TryLater("no-connection"), await nameless.SendAsync(Message(1), None));
    }

    [Fact]
    public async Task A_kept_connection_that_was_closed_is_replaced_without_a_double()
    {
        await using var server = new TwilioServer { Forgetful = true };
        using var channel = Channel(server.Address);
        for (var id = 1; id <= 3; id++)
        {
            Assert.Equal(SendOutcomeKind.Accepted, (await channel.SendAsync(Message(id), None)).Kind);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        Assert.Equal(3, server.Requests.Count);
    }

    [Theory]
    [InlineData(1, "1")]
    [InlineData(36_000, "36000")]
    [InlineData(400_000, "36000")] // Twilio's longest
    public async Task The_expiry_becomes_a_validity_twilio_takes(int seconds, string validity)
    {
        await using var server = new TwilioServer();
        using var channel = Channel(server.Address);

        await channel.SendAsync(Message(1) with { ExpiresAt = Now.AddSeconds(seconds) }, None);

        Assert.Equal(validity, server.Requests.Single()["ValidityPeriod"]);
    }

    [Fact]
    public async Task What_has_expired_or_is_no_number_does_not_leave()
    {
        await using var server = new TwilioServer();
        using var channel = Channel(server.Address);

        Assert.Equal(SendOutcome.TryLater("expired") with { OfRecipient = true }, await channel.SendAsync(Message(1) with { ExpiresAt = Now.AddSeconds(0.5) }, None));
        Assert.Equal(SendOutcome.Refused("not-a-number"), await channel.SendAsync(Message(1) with { Address = "13800000001" }, None));
        Assert.Equal(SendOutcome.Refused("not-a-number"), await channel.SendAsync(Message(1) with { Address = "+8613800000001&To=+1900" }, None));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void Everything_wrong_in_the_settings_is_said_at_once_and_no_secret_with_it()
    {
        string[] Said(params IEnumerable<(string, string)> settings) => [.. Assert.Throws<OptionsValidationException>(() => Options(settings)).Failures];

        Assert.Collection(
            Said(("AccountSid", ""), ("From", ""), ("AuthToken", "")),
            sentence => Assert.StartsWith("Providers:main:AccountSid is missing", sentence, StringComparison.Ordinal),
            sentence => Assert.StartsWith("Providers:main:AuthToken is missing", sentence, StringComparison.Ordinal),
            sentence => Assert.StartsWith("Providers:main:From or Providers:main:MessagingServiceSid is needed", sentence, StringComparison.Ordinal));
        var all = Said(("AccountSid", "AC1"), ("ApiKey", "geheim"), ("MessagingServiceSid", "MGx"), ("From", "no sender at all"), ("BaseAddress", "http://api.example.org"));
        Assert.Equal(7, all.Length);
        Assert.All(all, sentence => Assert.Matches(@"^Providers:main:[A-Za-z]+ .*[.)]$", sentence));
        Assert.DoesNotContain(all, sentence => sentence.Contains(TwilioServer.Token, StringComparison.Ordinal));
        // Twilio cannot call this machine.
        Assert.StartsWith("Public:BaseAddress is http://localhost:5080/", Assert.Single(Assert.Throws<OptionsValidationException>(
            () => TwilioSmsOptions.Read(Settings(("BaseAddress", "")), new PublicOptions())).Failures), StringComparison.Ordinal);
        Assert.Equal("https://api.twilio.com/", Options(("BaseAddress", ""), ("From", "JX Power")).Account.BaseAddress.AbsoluteUri);
    }

    [Fact]
    public void A_signature_is_that_of_twilios_own_example()
    {
        // Twilio, "Secure webhooks": the account's token is 12345.
        KeyValuePair<string, string>[] form = [new("To", "+18005551212"), new("Digits", "1234"), new("CallSid", "CA1234567890ABCDE"), new("From", "+14158675309"), new("Caller", "+14158675309")];

        Assert.Equal("RSOYDt4T1cUTdK1PDd93/VVr8B8=", TwilioCallback.Sign("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form));
        Assert.False(TwilioCallback.IsSigned("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form, null));
        Assert.False(TwilioCallback.IsSigned("12345", "https://mycompany.com/myapp.php?foo=1", form, "RSOYDt4T1cUTdK1PDd93/VVr8B8="));
    }

    internal static OutgoingMessage Message(long id) => new(id, Medium.Sms, "+8613800000001", "zh-CN", null, "【停电】12月1日 & 明天 50% +1。", null, Now.AddHours(1));

    internal static TwilioSmsChannel Channel(string address, params IEnumerable<(string, string)> settings) => Channel(new FakeTimeProvider(Now), address, settings);

    internal static TwilioSmsChannel Channel(TimeProvider clock, string address, params IEnumerable<(string, string)> settings) => new("main", Options([("BaseAddress", address), .. settings]), clock);

    private static TwilioSmsOptions Options(params IEnumerable<(string, string)> settings) =>
        TwilioSmsOptions.Read(Settings(settings), new PublicOptions { BaseAddress = new Uri("https://notices.example.org") });

    private static ProviderSettings Settings(params IEnumerable<(string, string)> settings)
    {
        var all = new Dictionary<string, string> { ["AccountSid"] = TwilioServer.Account, ["AuthToken"] = TwilioServer.Token, ["From"] = "+14155550100" };
        foreach (var (name, value) in settings) all[name] = value;

        return new ProviderSettings("main", ChannelServicesTests.Section(all.Select(pair => (pair.Key, pair.Value))));
    }

    private static string Basic(string user, string secret) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{secret}"));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
