using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using MimeKit;
using MimeKit.Cryptography;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Feeds;
using Notices.Testing;
using Xunit;

namespace Notices.Channels.Email;

public class EmailChannelTests
{
    private static readonly DeliveryMarks Marks = new(AuditOptions.Fresh());

    private static readonly PublicOptions Outside = new() { BaseAddress = new Uri("https://notices.example.org/") };

    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Over_tls_and_signed_in_a_mail_arrives_with_both_texts_and_the_deliverys_id()
    {
        await using var server = new SmtpServer { SignIn = ("notices", "geheim") };
        await using var channel = Channel(server, ("User", "notices"), ("Password", "geheim"));

        Assert.Equal(SendOutcome.Accepted(IdOf(42)), await channel.SendAsync(Message(42), None));
        Assert.Equal(SendOutcome.Accepted(IdOf(43)), await channel.SendAsync(Message(43), None));

        var mail = server.Mails.First();
        Assert.Contains($"Message-Id: <{IdOf(42)}>", mail, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("multipart/alternative", mail, StringComparison.Ordinal);
        Assert.Contains("Auto-Submitted: auto-generated", mail, StringComparison.Ordinal);
        Assert.Contains("text/html", mail, StringComparison.Ordinal);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task A_signed_mail_verifies_as_it_arrives_and_not_once_a_word_is_changed()
    {
        using var key = RSA.Create(2048);
        await using var server = new SmtpServer();
        await using var channel = Channel(server, ("DkimSelector", "s2026"), ("DkimKey", Convert.ToBase64String(key.ExportPkcs8PrivateKey())));
        var verifier = new DkimVerifier(new PublicKey(key));

        await Task.WhenAll(Enumerable.Range(1, 20).Select(id => channel.SendAsync(Message(id), None)));

        Assert.Equal(20, server.Mails.Count);
        foreach (var text in server.Mails) Assert.True(await VerifiesAsync(text));
        Assert.False(await VerifiesAsync(server.Mails.First().Replace("停电", "来电", StringComparison.Ordinal).Replace("Subject: =", "Subject: x =", StringComparison.Ordinal)));

        async Task<bool> VerifiesAsync(string text)
        {
            using var mail = await MimeMessage.LoadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), None);
            var signature = mail.Headers[HeaderId.DkimSignature];
            Assert.Contains("d=example.org; s=s2026", signature, StringComparison.Ordinal);

            return await verifier.VerifyAsync(mail, mail.Headers[mail.Headers.IndexOf(HeaderId.DkimSignature)], None);
        }
    }

    [Theory]
    [InlineData("s2026", "", "DkimKey")]
    [InlineData("", "x", "DkimSelector")]
    [InlineData("a b", "x", "DkimSelector")]
    [InlineData("s2026", "geheim", "DkimKey")]
    public void Half_a_signature_or_a_weak_key_stops_the_start(string selector, string key, string names)
    {
        using var weak = RSA.Create(1024);
        var text = key == "x" ? Convert.ToBase64String(weak.ExportPkcs8PrivateKey()) : key;
        var faults = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(() => Options(25, ("DkimSelector", selector), ("DkimKey", text))).Failures.ToList();

        Assert.Contains(faults, fault => fault.StartsWith($"Providers:mail:{names}", StringComparison.Ordinal));
        Assert.Equal(key == "x" ? 2 : 1, faults.Count);
        Assert.DoesNotContain(faults, fault => fault.Contains("geheim", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_untrusted_certificate_a_wrong_password_or_no_tls_hold_the_mail_back()
    {
        await using var server = new SmtpServer { SignIn = ("notices", "geheim") };
        await using var untrusting = new EmailChannel("mail", Options(server.Port), Marks, Outside, TimeProvider.System, NullLogger.Instance);
        await using var forgetful = Channel(server, ("User", "notices"), ("Password", "wrong"));
        await using var anonymous = Channel(server);
        await using var misnamed = Channel(server, ("Host", "127.0.0.1"));
        await using var bare = new SmtpServer { OffersTls = false };
        await using var careful = Channel(bare);

        Assert.Equal(SendOutcome.TryLater("certificate-refused"), await untrusting.SendAsync(Message(1), None));
        Assert.Equal(SendOutcome.TryLater("certificate-refused"), await misnamed.SendAsync(Message(1), None));
        Assert.Equal(SendOutcome.TryLater("sign-in-refused"), await forgetful.SendAsync(Message(1), None));
        Assert.Equal(SendOutcome.TryLater("sign-in-missing"), await anonymous.SendAsync(Message(1), None));
        Assert.Equal(SendOutcome.TryLater("no-connection"), await careful.SendAsync(Message(1), None));
        Assert.Empty(server.Mails);
        Assert.Empty(bare.Mails);
    }

    [Theory]
    [InlineData("RCPT", "550 5.1.1 <li@example.net> unknown", SendOutcomeKind.Refused, "550 5.1.1")]
    [InlineData("RCPT", "450 4.2.1 mailbox busy", SendOutcomeKind.TryLater, "450 4.2.1")]
    [InlineData("MAIL", "421 4.3.2 going down", SendOutcomeKind.TryLater, "421 4.3.2")]
    [InlineData(".", "554 5.7.1 spam", SendOutcomeKind.Refused, "554 5.7.1")]
    [InlineData(".", "451 4.3.0 disk", SendOutcomeKind.TryLater, "451 4.3.0")]
    [InlineData(".", "cut", SendOutcomeKind.Unknown, "broken-after-data")]
    [InlineData("RCPT", "cut", SendOutcomeKind.TryLater, "broken-before-data")]
    [InlineData("EHLO", "cut", SendOutcomeKind.TryLater, "no-connection")]
    public async Task What_the_server_says_and_when_decides(string command, string reply, SendOutcomeKind outcome, string detail)
    {
        await using var server = new SmtpServer { Answer = line => line.StartsWith(command, StringComparison.Ordinal) ? reply : null };
        await using var channel = Channel(server);

        Assert.Equal((outcome, detail), ((await channel.SendAsync(Message(1), None)) is var said ? (said.Kind, said.Detail!) : default));

        server.Answer = _ => null;
        Assert.Equal(SendOutcomeKind.Accepted, (await channel.SendAsync(Message(1), None)).Kind);
        Assert.Single(server.Mails);
    }

    [Fact]
    public async Task A_kept_connection_that_died_is_replaced_without_a_double()
    {
        await using var server = new SmtpServer();
        await using var channel = Channel(server);
        await channel.SendAsync(Message(1), None);
        var cuts = 1;
        server.Answer = line => line.StartsWith("MAIL", StringComparison.Ordinal) && cuts-- > 0 ? "cut" : null;

        Assert.Equal(SendOutcomeKind.Accepted, (await channel.SendAsync(Message(2), None)).Kind);
        Assert.Equal((2, 2), (server.Mails.Count, server.Connections));
    }

    [Fact]
    public async Task A_calendar_goes_along_as_an_attachment_byte_for_byte_and_the_signature_covers_it()
    {
        const string Calendar = "BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nSUMMARY:计划停电：东街\r\n 村\r\nEND:VCALENDAR\r\n";
        using var key = RSA.Create(2048);
        await using var server = new SmtpServer();
        await using var channel = Channel(server, ("DkimSelector", "s2026"), ("DkimKey", Convert.ToBase64String(key.ExportPkcs8PrivateKey())));

        await channel.SendAsync(Message(1) with { Calendar = Calendar }, None);

        using var mail = await MimeMessage.LoadAsync(new MemoryStream(Encoding.UTF8.GetBytes(server.Mails.Single())), None);
        var (texts, calendar) = Assert.IsType<Multipart>(mail.Body) is { ContentType.MediaSubtype: "mixed", Count: 2 } mixed ? ((MultipartAlternative)mixed[0], (TextPart)mixed[1]) : default;
        using var bytes = new MemoryStream();
        await calendar.Content!.DecodeToAsync(bytes, None);
        Assert.Equal("12月1日停电。", texts.TextBody!.Trim());
        Assert.Equal(("text/calendar", "PUBLISH", "utf-8", "outage.ics", true), (calendar.ContentType.MimeType, calendar.ContentType.Parameters["method"], calendar.ContentType.Charset, calendar.FileName, calendar.IsAttachment));
        Assert.Equal(Calendar, Encoding.UTF8.GetString(bytes.ToArray()));
        Assert.Equal("zh-CN", mail.Headers[HeaderId.ContentLanguage] ?? mail.Body.Headers[HeaderId.ContentLanguage]);
        Assert.True(await new DkimVerifier(new PublicKey(key)).VerifyAsync(mail, mail.Headers[mail.Headers.IndexOf(HeaderId.DkimSignature)], None));
    }

    [Theory]
    [InlineData("https://notices.example.org/some/folder", "", "<https://notices.example.org/some/folder/unsubscribe/MARK>", true)]
    [InlineData("https://notices.example.org/", "stop@example.org", "<https://notices.example.org/unsubscribe/MARK>, <mailto:stop@example.org?subject=stop%20MARK>", true)]
    [InlineData("http://localhost:5080/", "stop@example.org", "<mailto:stop@example.org?subject=stop%20MARK>", false)] // One click wants https.
    [InlineData("http://localhost:5080/", "", null, false)]
    public async Task A_mail_offers_to_stop_by_one_click_and_its_signature_covers_the_offer(string address, string stop, string? offer, bool oneClick)
    {
        using var key = RSA.Create(2048);
        await using var server = new SmtpServer();
        var options = Options(server.Port, ("AuthorityFile", server.AuthorityFile), ("StopAddress", stop), ("DkimSelector", "s2026"), ("DkimKey", Convert.ToBase64String(key.ExportPkcs8PrivateKey())));
        await using var channel = new EmailChannel("mail", options, Marks, new PublicOptions { BaseAddress = new Uri(address) }, TimeProvider.System, NullLogger.Instance);

        await channel.SendAsync(Message(9_000_000_000_000_000_000), None);

        using var mail = await MimeMessage.LoadAsync(new MemoryStream(Encoding.UTF8.GetBytes(server.Mails.Single())), None);
        Assert.Equal(offer?.Replace("MARK", Marks.Of(9_000_000_000_000_000_000, MarkPurpose.Unsubscribe), StringComparison.Ordinal), mail.Headers[HeaderId.ListUnsubscribe]);
        Assert.Equal(oneClick ? "List-Unsubscribe=One-Click" : null, mail.Headers[HeaderId.ListUnsubscribePost]);
        var signature = mail.Headers[HeaderId.DkimSignature]!;
        Assert.Matches("(?i)h=[^;]*list-unsubscribe:list-unsubscribe-post", signature); // Also where there is none: then nobody adds one.
        Assert.True(await new DkimVerifier(new PublicKey(key)).VerifyAsync(mail, mail.Headers[mail.Headers.IndexOf(HeaderId.DkimSignature)], None));
    }

    [Theory]
    [InlineData("not an address")]
    [InlineData("")]
    public async Task What_is_no_address_is_refused_unsent(string address)
    {
        await using var server = new SmtpServer();
        await using var channel = Channel(server);

        Assert.Equal(SendOutcome.Refused("not-an-address"), await channel.SendAsync(Message(1) with { Address = address }, None));
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task A_thousand_mails_reach_postfixs_sink_over_a_few_connections()
    {
        const string Program = "/usr/sbin/smtp-sink";
        Assert.SkipUnless(File.Exists(Program), "smtp-sink is not installed: apt-get install postfix");
        var port = FreePort();
        string[] words = [.. Environment.UserName == "root" ? ["-u", "nobody"] : Array.Empty<string>(), "-c", $"127.0.0.1:{port}", "100"];
        using var sink = Process.Start(new ProcessStartInfo(Program, words) { UseShellExecute = false, RedirectStandardOutput = true, WorkingDirectory = "/tmp" })!;
        try
        {
            await ListensAsync(port);
            await using var channel = new EmailChannel("mail", Options(port, ("Security", "none")), Marks, Outside, TimeProvider.System, NullLogger.Instance);

            var outcomes = await Task.WhenAll(Enumerable.Range(1, 1000).Select(id => channel.SendAsync(Message(id), None)));

            Assert.All(outcomes, outcome => Assert.Equal(SendOutcomeKind.Accepted, outcome.Kind));
        }
        finally
        {
            sink.Kill();
        }
    }

    private static string IdOf(long id) => $"{Marks.Of(id, MarkPurpose.Bounce)}@example.org";

    private static OutgoingMessage Message(long id) => new(
        id, Medium.Email, "li@example.net", "zh-CN", "停电通知", "12月1日停电。", "<p>12月1日停电。</p>", new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero));

    private static EmailChannel Channel(SmtpServer server, params IEnumerable<(string, string)> settings) => new("mail", Options(server.Port, [("AuthorityFile", server.AuthorityFile), .. settings]), Marks, Outside, TimeProvider.System, NullLogger.Instance);

    private static EmailOptions Options(int port, params IEnumerable<(string, string)> settings)
    {
        var all = new Dictionary<string, string> { ["Host"] = "localhost", ["Port"] = port.ToString(CultureInfo.InvariantCulture), ["From"] = "停电通知 <notices@example.org>" };
        foreach (var (name, value) in settings) all[name] = value;

        return EmailOptions.Read(new ProviderSettings("mail", ChannelServicesTests.Section(all.Select(pair => (pair.Key, pair.Value)))));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task ListensAsync(int port)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);

                return;
            }
            catch (SocketException) when (attempt < 100)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }

    /// <summary>As DNS would give it.</summary>
    private sealed class PublicKey(RSA key) : DkimPublicKeyLocatorBase
    {
        public override Org.BouncyCastle.Crypto.AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
            GetPublicKey($"v=DKIM1; k=rsa; p={Convert.ToBase64String(key.ExportSubjectPublicKeyInfo())}");

        public override Task<Org.BouncyCastle.Crypto.AsymmetricKeyParameter> LocatePublicKeyAsync(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
            Task.FromResult(LocatePublicKey(methods, domain, selector, cancellationToken));
    }
}
