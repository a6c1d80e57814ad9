using Notices.Words;
using Xunit;

namespace Notices.Publishing;

public sealed class SpokenTests
{
    [Theory]
    [InlineData("城关031线", "城关零三一线", Languages.Chinese)]
    [InlineData("Chengguan 031", "Chengguan oh three one", Languages.English)]
    [InlineData("Chengguan031 line", "Chengguan oh three one line", Languages.English)]
    public void A_line_number_is_said_digit_by_digit(string name, string said, string language) => Assert.Equal(said, Spoken.Name(name, language));

    [Theory]
    [InlineData(0, "零", "zero")]
    [InlineData(10, "十", "ten")]
    [InlineData(12, "十二", "twelve")]
    [InlineData(20, "二十", "twenty")]
    [InlineData(105, "一百零五", "one hundred and five")]
    [InlineData(110, "一百一十", "one hundred and ten")]
    [InlineData(1200, "一千二百", "one thousand two hundred")]
    [InlineData(2006, "两千零六", "two thousand and six")]
    [InlineData(20035, "两万零三十五", "twenty thousand and thirty-five")]
    [InlineData(1_000_001, "一百万零一", "one million and one")]
    public void A_number_is_written_out(int number, string chinese, string english)
    {
        Assert.Equal(chinese, Spoken.Number(number, Languages.Chinese));
        Assert.Equal(english, Spoken.Number(number, Languages.English));
    }

    [Theory]
    [InlineData(0, "凌晨零点", "midnight")]
    [InlineData(130, "凌晨两点十分", "two ten in the morning")]
    [InlineData(480, "上午八点", "eight in the morning")]
    [InlineData(720, "中午十二点", "noon")]
    [InlineData(755, "中午十二点三十五分", "twelve thirty-five in the afternoon")]
    [InlineData(905, "下午三点零五分", "three oh five in the afternoon")]
    [InlineData(1080, "下午六点", "six in the evening")]
    [InlineData(1320, "晚上十点", "ten at night")]
    [InlineData(1440, "夜里十二点", "midnight")]
    public void A_time_is_said_with_its_part_of_the_day(int minutes, string chinese, string english)
    {
        Assert.Equal(chinese, Spoken.Time(minutes, Languages.Chinese));
        Assert.Equal(english, Spoken.Time(minutes, Languages.English));
    }

    [Theory]
    [InlineData("2026年12月1日08:00起执行，电价上调3.5%", "二零二六年十二月一日上午八点起执行，电价上调三点五%")]
    [InlineData("拨打95598，8米以上，占5%", "拨打九五五九八，八米以上，占百分之五")]
    public void A_text_is_written_out(string text, string said) => Assert.Equal(said, Spoken.Text(text, Languages.Chinese));
}
