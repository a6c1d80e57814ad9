using Microsoft.Extensions.Options;
using Notices.Deliveries;
using Xunit;

namespace Notices.Channels.Email;

public class EmailOptionsTests
{
    private static readonly Dictionary<string, string> Good = new()
    {
        ["Host"] = "smtp.example.org",
        ["From"] = "停电通知 <notices@example.org>",
        ["User"] = "notices",
        ["Password"] = "geheim",
        ["StopAddress"] = "stop@example.org",
        ["ReturnPath"] = "bounces+*@example.org",
        ["Bounces:Host"] = "imap.example.org",
        ["Bounces:User"] = "bounces",
        ["Bounces:Password"] = "geheim",
    };

    [Theory]
    [InlineData("Host", "", "Host", "the mail server's name")]
    [InlineData("Port", "0", "Port", "from 1 to 65535")]
    [InlineData("Port", "70000", "Port", "from 1 to 65535")]
    [InlineData("Security", "ssl", "Security", "starttls, tls or none")]
    [InlineData("Security", "none", "Security", "in the clear")]
    [InlineData("From", "", "From", "the sender's mail address")]
    [InlineData("From", "notices", "From", "the sender's mail address")]
    [InlineData("Password", "", "Password", "Providers__mail__Password")]
    [InlineData("StopAddress", "stop", "StopAddress", "a mail address somebody reads, or left out")]
    [InlineData("ReturnPath", "bounces", "ReturnPath", "a mail address, e.g.")]
    [InlineData("ReturnPath", "b+*+*@example.org", "ReturnPath", "a mail address, e.g.")]
    [InlineData("ReturnPath", "bounces@*.example.org", "ReturnPath", "a mail address, e.g.")]
    [InlineData("ReturnPath", "停电 <bounces@example.org>", "ReturnPath", "a mail address, e.g.")]
    [InlineData("Connections", "0", "Connections", "from 1 to 100")]
    [InlineData("Connections", "many", "Connections", "from 1 to 100")]
    [InlineData("AuthorityFile", "/nowhere/authority.pem", "AuthorityFile", "a certificate in PEM")]
    [InlineData("Bounces:Host", "", "Bounces:Host", "the IMAP server's name")]
    [InlineData("Bounces:User", "", "Bounces:User", "who signs in")]
    [InlineData("Bounces:Password", "", "Bounces:Password", "Providers__mail__Bounces__Password")]
    [InlineData("Bounces:Security", "ssl", "Bounces:Security", "starttls, tls or none")]
    [InlineData("Bounces:Security", "none", "Bounces:Security", "in the clear")]
    [InlineData("Bounces:Port", "-1", "Bounces:Port", "from 1 to 65535")]
    [InlineData("Bounces:Port", "imap", "Bounces:Port", "from 1 to 65535")]
    [InlineData("Bounces:Every", "0", "Bounces:Every", "from 00:00:01 to 01:00:00")]
    [InlineData("Bounces:Every", "02:00:00", "Bounces:Every", "from 00:00:01 to 01:00:00")]
    [InlineData("Bounces:Every", "soon", "Bounces:Every", "from 00:00:01 to 01:00:00")]
    [InlineData("Bounces:OtherFolder", "inbox", "Bounces:OtherFolder", "it must be another")]
    [InlineData("Bounces:AuthorityFile", "/nowhere/authority.pem", "Bounces:AuthorityFile", "a certificate in PEM")]
    public void What_is_wrong_is_named_with_what_is_allowed_and_no_secret(string setting, string value, string named, string allowed)
    {
        var sentence = Assert.Single(Assert.Throws<OptionsValidationException>(() => Read((setting, value))).Failures);

        Assert.StartsWith($"Providers:mail:{named} is", sentence, StringComparison.Ordinal);
        Assert.Contains(allowed, sentence, StringComparison.Ordinal);
        Assert.EndsWith(".", sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once_and_what_is_right_is_taken()
    {
        Assert.Equal(4, Assert.Throws<OptionsValidationException>(() => Read(("Host", ""), ("StopAddress", "x"), ("Bounces:Every", "soon"), ("Bounces:Port", "0"))).Failures.Count());

        var read = Read();
        Assert.Equal(("stop@example.org", "bounces+*@example.org", 587, 993, TimeSpan.FromMinutes(1)), (read.StopAddress, read.ReturnPath, read.Port, read.Bounces!.Port, read.Bounces.Every));
    }

    private static EmailOptions Read(params IEnumerable<(string Name, string Value)> settings)
    {
        var all = new Dictionary<string, string>(Good);
        foreach (var (name, value) in settings) all[name] = value;

        return EmailOptions.Read(new ProviderSettings("mail", ChannelServicesTests.Section(all.Select(pair => (pair.Key, pair.Value)))));
    }
}
