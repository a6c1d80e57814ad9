using System.Security.Cryptography;
using System.Text;
using Notices.Audit;
using Notices.Tests.Policy;
using Notices.Policy;
using Xunit;

namespace Notices.Access;

public class PasswordTests
{
    [Theory]
    [InlineData("nist", "four unrelated words", "")]
    [InlineData("nist", "short", "password-too-short")]
    [InlineData("nist", "li is my name here", "password-holds-name")]
    [InlineData("nist", "aaaaaaaaaaaaaaaa", "password-known")]
    [InlineData("nist", "Administrator!!", "password-known")]
    [InlineData("nist", "1QAZ2wsx3edc", "password-known")]
    [InlineData("dengbao", "four unrelated words", "password-too-plain")]
    [InlineData("dengbao", "Four unrelated words", "")]
    [InlineData("dengbao", "停电通知-Anping-县公司", "")]
    public void What_is_wrong_with_a_password_is_said_at_once(string profile, string password, string problems) =>
        Assert.Equal(problems, string.Join(' ', Rules(new SignInOptions { Passwords = profile }).Faults("li", password).Select(problem => problem.Code)));

    [Fact]
    public void A_list_of_any_size_is_searched_where_it_lies()
    {
        var file = Path.GetTempFileName();
        try
        {
#pragma warning disable CA5350 // The published list has it so.
            var digests = Enumerable.Range(0, 5000).Select(number => Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes($"known to thieves {number}")))).Order(StringComparer.Ordinal).ToList();
#pragma warning restore CA5350
            File.WriteAllText(file, string.Join("\r\n", digests.Select((digest, place) => $"{digest}:{place * 37}")) + "\r\n");
            var rules = Rules(new SignInOptions { BreachedPasswords = file });

            Assert.All(Enumerable.Range(0, 5000), number => Assert.Equal("password-known", Assert.Single(rules.Faults("li", $"known to thieves {number}")).Code));
            Assert.All(Enumerable.Range(5000, 2000), number => Assert.Empty(rules.Faults("li", $"known to thieves {number}")));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData(59, "287082")] // RFC 6238, appendix B, the last six digits
    [InlineData(1111111109, "081804")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_the_standard(long seconds, string code)
    {
        var (key, now) = (Encoding.ASCII.GetBytes("12345678901234567890"), DateTimeOffset.FromUnixTimeSeconds(seconds));

        Assert.Equal(code, TimeCode.Of(key, now));
        Assert.Equal(seconds / 30, TimeCode.StepOf(key, code, now.AddSeconds(30)));
        Assert.Null(TimeCode.StepOf(key, code, now.AddSeconds(90)));
        Assert.Null(TimeCode.StepOf(key, "", now));
    }

    [Fact]
    public void A_key_closed_for_one_opens_for_nobody_else_and_with_no_other_secret()
    {
        var (box, key) = (new SecretBox(AuditOptions.Fresh()), TimeCode.NewKey());
        var closed = box.Close(key, "li");

        Assert.Equal(key, box.Open(closed, "li"));
        Assert.Null(box.Open(closed, "wang"));
        Assert.Null(new SecretBox(AuditOptions.Fresh()).Open(closed, "li"));
    }

    [Theory]
    [InlineData("Passwords", "strong")]
    [InlineData("Passwords", "1")]
    [InlineData("SecondFactor", "never")]
    public void A_wrong_setting_is_named(string name, string value)
    {
        var options = new SignInOptions();
        typeof(SignInOptions).GetProperty(name)!.SetValue(options, value);

        Assert.StartsWith($"SignIn:{name} is '{value}'", Assert.Single(options.Faults()), StringComparison.Ordinal);
    }

    private static PasswordRules Rules(SignInOptions options) => new(options, BreachedPasswords.Load(Path.GetDirectoryName(Policies.ConfigFolder)!, options.BreachedPasswords));
}
