using Xunit;

namespace Notices.Imports;

public sealed class MailAddressTests
{
    [Theory]
    [InlineData("a@b.cn")]
    [InlineData("First.Last+tag@mail-1.example.org")]
    [InlineData("o'neil@x.y.z9")]
    public void An_address_without_quoting_is_taken(string text) => Assert.True(MailAddress.IsValid(text));

    [Theory]
    [InlineData("")]
    [InlineData("@b.cn")]
    [InlineData("a@")]
    [InlineData("a@b")] // No host of the internet.
    [InlineData("a@b.1")] // The last label begins with a letter.
    [InlineData("a@-b.cn")]
    [InlineData("a@b-.cn")]
    [InlineData("a@b..cn")]
    [InlineData("a@.cn")]
    [InlineData("a@b.cn.")]
    [InlineData(".a@b.cn")]
    [InlineData("a..b@c.cn")]
    [InlineData("a b@c.cn")]
    [InlineData("a@b@c.cn")]
    [InlineData("用户@例.cn")]
    [InlineData("\"a b\"@c.cn")]
    public void Anything_else_is_not(string text) => Assert.False(MailAddress.IsValid(text));

    [Fact]
    public void Parts_have_their_greatest_length()
    {
        Assert.True(MailAddress.IsValid($"a@{new string('b', 63)}.cn"));
        Assert.False(MailAddress.IsValid($"a@{new string('b', 64)}.cn"));
        Assert.False(MailAddress.IsValid($"{new string('a', 250)}@b.cn"));
    }
}
