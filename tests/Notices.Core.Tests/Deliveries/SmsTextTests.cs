using Xunit;

namespace Notices.Deliveries;

public sealed class SmsTextTests
{
    [Theory]
    [InlineData(160, 1)]
    [InlineData(161, 2)]
    [InlineData(306, 2)]
    [InlineData(307, 3)]
    public void A_text_of_the_default_alphabet_has_160_characters_or_153_a_part(int length, int parts) =>
        Assert.Equal(new SmsSize(SmsEncoding.Gsm7, length, parts), SmsText.Measure(new string('a', length)));

    [Theory]
    [InlineData(70, 1)]
    [InlineData(71, 2)]
    [InlineData(134, 2)]
    [InlineData(135, 3)]
    public void Any_other_text_has_70_characters_or_67_a_part(int length, int parts) =>
        Assert.Equal(new SmsSize(SmsEncoding.Ucs2, length, parts), SmsText.Measure(new string('电', length)));

    [Fact]
    public void One_foreign_character_makes_the_whole_text_ucs_2() => Assert.Equal(new SmsSize(SmsEncoding.Ucs2, 100, 2), SmsText.Measure(new string('a', 99) + "、"));

    [Theory]
    [InlineData("€", 2)]
    [InlineData("[]{}|~^\\", 16)]
    [InlineData("Ä@£ ñ\n", 6)]
    public void A_character_of_the_extension_table_costs_two(string text, int septets) => Assert.Equal(new SmsSize(SmsEncoding.Gsm7, septets, 1), SmsText.Measure(text));

    [Fact]
    public void An_extension_character_is_not_cut_in_two() =>
        Assert.Equal(3, SmsText.Measure(new string('a', 152) + "€" + new string('a', 152)).Parts);

    [Fact]
    public void A_surrogate_pair_is_not_cut_in_two() =>
        Assert.Equal(3, SmsText.Measure(new string('电', 66) + "😀" + new string('电', 66)).Parts);

    [Fact]
    public void Nothing_takes_no_part() => Assert.Equal(0, SmsText.Measure("").Parts);
}
