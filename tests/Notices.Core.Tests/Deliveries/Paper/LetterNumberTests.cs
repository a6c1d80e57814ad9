using System.Globalization;
using Xunit;

namespace Notices.Deliveries;

public class LetterNumberTests
{
    [Theory]
    [InlineData(79_462, "0079462")] // ISO/IEC 7064's way, worked out by hand below
    [InlineData(1, "0000001")]
    [InlineData(12_345_678_901, "12345678901")]
    public void A_number_is_the_id_and_a_digit_that_checks_it(long id, string digits)
    {
        var number = LetterNumber.Of(id);

        Assert.Equal(digits, number[..^2]);
        // The whole number's product ends in 1, as the standard says of every good one.
        var product = 10;
        foreach (var digit in digits) product = ((product + digit - '0') % 10 is 0 ? 10 : (product + digit - '0') % 10) * 2 % 11;
        Assert.Equal(1, (product + number[^1] - '0') % 10);
        Assert.Equal(id, LetterNumber.Read(number));
    }

    [Fact]
    public void Every_single_digit_read_wrong_is_found_and_most_exchanged_ones()
    {
        var (exchanged, missed) = (0, 0);
        for (var id = 1000L; id < 1400; id += 7)
        {
            var good = LetterNumber.Of(id).Replace("-", "", StringComparison.Ordinal);
            for (var place = 0; place < good.Length; place++)
            {
                for (var digit = '0'; digit <= '9'; digit++)
                {
                    if (digit != good[place]) Assert.Null(LetterNumber.Read(good[..place] + digit + good[(place + 1)..]));
                }

                if (place == 0 || good[place] == good[place - 1]) continue;
                exchanged++;
                if (LetterNumber.Read(good[..(place - 1)] + good[place] + good[place - 1] + good[(place + 1)..]) is not null) missed++;
            }
        }

        Assert.True(missed * 20 < exchanged, string.Create(CultureInfo.InvariantCulture, $"{missed} of {exchanged}"));
    }

    [Theory]
    [InlineData(" 0079462 - {0} ")]
    [InlineData("００７９４６２{0}")]
    [InlineData("79462{0}", false)] // what was filled up is part of it
    [InlineData("", false)]
    [InlineData("-", false)]
    [InlineData("007946a{0}", false)]
    [InlineData("00794620079462007946200794620079462{0}", false)]
    public void People_write_it_in_their_ways(string text, bool good = true) =>
        Assert.Equal(good ? 79_462L : null, LetterNumber.Read(string.Format(CultureInfo.InvariantCulture, text, LetterNumber.Of(79_462)[^1])));
}
