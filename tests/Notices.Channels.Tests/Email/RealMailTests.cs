using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Feeds;
using Notices.Testing;
using Xunit;

namespace Notices.Channels.Email;

/// <summary>Against postfix, postgrey and dovecot as they are.</summary>
public class RealMailTests
{
    private static readonly DeliveryMarks Marks = new(AuditOptions.Fresh());

    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Postfix_takes_refuses_and_puts_off_each_recipient_by_itself()
    {
        await using var servers = await StartAsync();
        await using var starttls = Channel(servers);
        await using var tls = Channel(servers, ("Security", "tls"), ("Port", Text(servers.SmtpsPort)));

        Assert.Equal(SendOutcomeKind.Accepted, (await starttls.SendAsync(Message(1, "li@example.net"), None)).Kind);
        Assert.Equal(SendOutcomeKind.Accepted, (await tls.SendAsync(Message(2, "li@example.net"), None)).Kind);
        Assert.Equal(SendOutcome.Refused("550 5.1.1"), await starttls.SendAsync(Message(3, "unknown@example.net"), None));
        Assert.Equal(SendOutcome.TryLater("452 4.2.2") with { OfRecipient = true }, await starttls.SendAsync(Message(4, "full@example.net"), None));
        Assert.Equal(SendOutcome.TryLater("452 4.3.1"), await starttls.SendAsync(Message(5, "disk@example.net"), None));

        Assert.Equal(SendOutcome.TryLater("450 4.2.0") with { OfRecipient = true }, await starttls.SendAsync(Message(6, "grey@example.net"), None));
        await Task.Delay(TimeSpan.FromSeconds(MailServers.GreyDelay + 1), TimeProvider.System);
        Assert.Equal(SendOutcomeKind.Accepted, (await starttls.SendAsync(Message(6, "grey@example.net"), None)).Kind);
    }

    [Fact]
    public async Task Whoever_may_not_send_there_holds_the_mails_back_instead_of_failing_them()
    {
        await using var servers = await StartAsync();
        await using var anonymous = Channel(servers, ("User", ""), ("Password", ""));
        await using var wrong = Channel(servers, ("Password", "wrong"));
        await using var misnamed = Channel(servers, ("Host", "127.0.0.1"));
        await using var untrusting = Channel(servers, ("AuthorityFile", ""));
        await using var nowhere = Channel(servers, ("Port", "1"));

        Assert.Equal(SendOutcome.TryLater("554 5.7.1"), await anonymous.SendAsync(Message(1, "li@example.net"), None));
        Assert.Equal(SendOutcome.TryLater("sign-in-refused"), await wrong.SendAsync(Message(1, "li@example.net"), None));
        Assert.Equal(SendOutcome.TryLater("certificate-refused"), await misnamed.SendAsync(Message(1, "li@example.net"), None));
        Assert.Equal(SendOutcome.TryLater("certificate-refused"), await untrusting.SendAsync(Message(1, "li@example.net"), None));
        Assert.Equal(SendOutcome.TryLater("no-connection"), await nowhere.SendAsync(Message(1, "li@example.net"), None));
    }

    [Theory]
    [InlineData("bounces@example.org")]
    [InlineData("bounces+*@example.org")]
    public async Task What_postfix_could_not_deliver_comes_back_as_a_failure_and_goes_once_that_is_kept(string returnPath)
    {
        await using var servers = await StartAsync();
        await using var channel = Channel(servers, ("ReturnPath", returnPath));

        Assert.Equal(SendOutcomeKind.Accepted, (await channel.SendAsync(Message(41, "li@gone.example"), None)).Kind);
        Assert.Equal(SendOutcomeKind.Accepted, (await channel.SendAsync(Message(42, "li@away.example"), None)).Kind);
        Assert.True((await channel.SendAsync(Message(43, "li@example.net"), None)).ExpectsReceipt);
        await ComeBackAsync(servers, 2);

        var first = await channel.PollAsync(PollKind.Receipts, null, None);
        Assert.Null(first.Fault);
        Assert.Equal([(41, DeliveryState.Failed, "5.1.1"), (42, DeliveryState.Failed, "4.4.1")], first.Receipts.OrderBy(news => news.DeliveryId).Select(news => (news.DeliveryId!.Value, news.State, news.Detail!)));
        Assert.Equal(2, servers.Count()); // Nothing is lost before it is kept.
        await using (var another = Channel(servers)) Assert.Equal(2, (await another.PollAsync(PollKind.Receipts, null, None)).Receipts.Count);

        Assert.Null(await channel.AcknowledgeAsync(PollKind.Receipts, first, None));
        Assert.Equal((0, 0), (servers.Count(), servers.Count("Other")));
        Assert.Equal(0, (await channel.PollAsync(PollKind.Receipts, null, None)).Count);
        Assert.Null(await channel.AcknowledgeAsync(PollKind.Receipts, first, None)); // Told twice.
    }

    [Fact]
    public async Task A_report_that_is_forged_doubled_late_huge_or_none_at_all_fails_no_delivery_it_should_not()
    {
        await using var servers = await StartAsync();
        await using var channel = Channel(servers);
        var (mark, forged) = (Marks.Of(7, MarkPurpose.Bounce), "8.0123456789abcdef0123");
        await servers.DropAsync(Report(mark, "failed", "5.1.1"));
        await servers.DropAsync(Report(mark, "failed", "5.1.1"));
        await servers.DropAsync(Report(Marks.Of(9, MarkPurpose.Bounce), "delayed", "4.4.1"));
        await servers.DropAsync(Report(Marks.Of(10, MarkPurpose.Bounce), "failed", "5.2.3", returned: new string('x', 20_000_000)));
        await servers.DropAsync(Report(forged, "failed", "5.1.1"));
        await servers.DropAsync(Report(Marks.Of(11, MarkPurpose.Unsubscribe), "failed", "5.1.1"));
        await servers.DropAsync(Report(Marks.Of(12, MarkPurpose.Bounce), "failed", "5.1.1", status: new string('y', 200_000)));
        await servers.DropAsync(Encoding.UTF8.GetBytes($"From: li@example.net\nTo: bounces+{mark}@example.org\nAuto-Submitted: auto-replied\nSubject: 我不在\n\nback in May, your 5.1.1 failed\n"));
        await servers.DropAsync([0, 255, 10, 13, 0, 1, 2, 200]);
        await servers.DropAsync(Encoding.ASCII.GetBytes("Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n\n\n::::\n\n\0\n--b--\n"));
        await servers.DropAsync([]);

        var answer = await channel.PollAsync(PollKind.Receipts, null, None);

        Assert.Null(answer.Fault);
        Assert.Equal([(7, "5.1.1"), (7, "5.1.1"), (10, "5.2.3")], answer.Receipts.OrderBy(news => news.DeliveryId).Select(news => (news.DeliveryId!.Value, news.Detail!)));
        Assert.All(answer.Receipts, news => Assert.Equal(("mail", DeliveryState.Failed), (news.Provider, news.State)));
        Assert.Null(await channel.AcknowledgeAsync(PollKind.Receipts, answer, None));
        Assert.Equal((0, 7), (servers.Count(), servers.Count("Other"))); // A person finds the rest.
        Assert.Empty((await channel.PollAsync(PollKind.Receipts, null, None)).Ids);
    }

    [Fact]
    public async Task A_mailbox_nobody_gets_into_says_why_and_is_read_once_it_opens()
    {
        await using var servers = await StartAsync();
        await servers.DropAsync(Report(Marks.Of(7, MarkPurpose.Bounce), "failed", "5.1.1"));

        foreach (var (setting, value, fault) in ((string, string, string)[])
        [
            ("Bounces:Password", "wrong", "sign-in-refused"), ("Bounces:Host", "127.0.0.1", "certificate-refused"), ("Bounces:Port", "1", "no-connection"),
            ("Bounces:Folder", "Nowhere", "no-such-folder"), ("AuthorityFile", "", "certificate-refused"),
        ])
        {
            await using var shut = Channel(servers, (setting, value));
            Assert.Equal(fault, (await shut.PollAsync(PollKind.Receipts, null, None)).Fault);
            Assert.Equal(fault, (await shut.PollAsync(PollKind.Receipts, null, None)).Fault);
        }

        await using var starttls = Channel(servers, ("Bounces:Security", "starttls"), ("Bounces:Port", Text(servers.ImapPort)));
        using var late = new CancellationTokenSource();
        await late.CancelAsync();
        Assert.Equal("timed-out", (await starttls.PollAsync(PollKind.Receipts, null, late.Token)).Fault);
        Assert.Single((await starttls.PollAsync(PollKind.Receipts, null, None)).Receipts);
    }

    private static byte[] Report(string mark, string action, string code, string returned = "text", string status = "x") => Encoding.UTF8.GetBytes(
        $"""
        From: MAILER-DAEMON@mx.example.net
        To: notices@example.org
        Subject: Undelivered Mail Returned to Sender
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="part"

        --part
        Content-Type: text/plain

        It did not arrive.
        --part
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.net
        X-Long: {status}

        Final-Recipient: rfc822; li@example.net
        Action: {action}
        Status: {code}
        Diagnostic-Code: smtp; 550 li@example.net is unknown

        --part
        Content-Type: message/rfc822

        From: notices@example.org
        Message-ID: <{mark}@example.org>
        Subject: test

        {returned}
        --part--

        """.ReplaceLineEndings("\n"));

    private static async Task ComeBackAsync(MailServers servers, int count)
    {
        for (var left = 600; servers.Count() < count; left--)
        {
            if (left == 0) Assert.Fail($"{servers.Count()} of {count} mails came back. {servers.Log}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    /// <summary>Skipped where a part is missing, but never by CI, which installs them.</summary>
    private static Task<MailServers> StartAsync()
    {
        Assert.SkipWhen(MailServers.Missing is not null && Environment.GetEnvironmentVariable("CI") != "true", MailServers.Missing ?? "");

        return MailServers.StartAsync();
    }

    private static OutgoingMessage Message(long id, string to) => new(id, Medium.Email, to, "zh-CN", "停电通知", "12月1日停电。", "<p>12月1日停电。</p>", new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero));

    private static EmailChannel Channel(MailServers servers, params IEnumerable<(string, string)> settings)
    {
        var all = new Dictionary<string, string>
        {
            ["Host"] = "localhost",
            ["Port"] = Text(servers.SmtpPort),
            ["From"] = "停电通知 <notices@example.org>",
            ["User"] = MailServers.User,
            ["Password"] = MailServers.Password,
            ["AuthorityFile"] = servers.AuthorityFile,
            ["Bounces:Host"] = "localhost",
            ["Bounces:Port"] = Text(servers.ImapsPort),
            ["Bounces:User"] = "bounces",
            ["Bounces:Password"] = MailServers.Password,
        };
        foreach (var (name, value) in settings) all[name] = value;
        var options = EmailOptions.Read(new ProviderSettings("mail", ChannelServicesTests.Section(all.Select(pair => (pair.Key, pair.Value)))));

        return new EmailChannel("mail", options, Marks, new PublicOptions(), TimeProvider.System, NullLogger.Instance);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
