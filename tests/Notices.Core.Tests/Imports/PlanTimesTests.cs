using Xunit;

namespace Notices.Imports;

public sealed class PlanTimesTests
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    [Theory]
    [InlineData("12月1日8:00-18:00", "12-01 08:00/12-01 18:00")]
    [InlineData("12月1日 08：00～18：00", "12-01 08:00/12-01 18:00")]
    [InlineData("2026年12月1日8:00至18:00", "12-01 08:00/12-01 18:00")]
    [InlineData("12月1日8:00—24:00", "12-01 08:00/12-02 00:00")]
    [InlineData("12月1日0:00-24:00", "12-01 00:00/12-02 00:00")]
    [InlineData("12月1日、3日 8:00-18:00", "12-01 08:00/12-01 18:00,12-03 08:00/12-03 18:00")]
    [InlineData("12月1、3日8:00-18:00", "12-01 08:00/12-01 18:00,12-03 08:00/12-03 18:00")]
    [InlineData("12月1日至3日每日8:00-18:00", "12-01 08:00/12-01 18:00,12-02 08:00/12-02 18:00,12-03 08:00/12-03 18:00")]
    [InlineData("12月1-2日每天8时-18时30分", "12-01 08:00/12-01 18:30,12-02 08:00/12-02 18:30")]
    [InlineData("12月1日8:00至12月2日18:00", "12-01 08:00/12-02 18:00")]
    [InlineData("12月1日22:00-次日6:00", "12-01 22:00/12-02 06:00")]
    [InlineData("12月1日8:00-12:00、14:00-18:00", "12-01 08:00/12-01 12:00,12-01 14:00/12-01 18:00")]
    [InlineData("12月1日8:00-12:00；12月5日9:00-10:00", "12-01 08:00/12-01 12:00,12-05 09:00/12-05 10:00")]
    [InlineData("1日8:00-18:00", "12-01 08:00/12-01 18:00")]
    [InlineData("12月1日上午8点-下午6点半", "12-01 08:00/12-01 18:30")]
    [InlineData("12月1日下午2:00-6:00", "12-01 14:00/12-01 18:00")]
    [InlineData("2026-12-01 08:00-18:00", "12-01 08:00/12-01 18:00")]
    [InlineData("2026/12/1 8:00 - 2026/12/2 18:00", "12-01 08:00/12-02 18:00")]
    [InlineData("12月31日8:00-24:00", "12-31 08:00/01-01 00:00")]
    [InlineData("1月1日8:00-9:00", "01-01 08:00/01-01 09:00")]
    [InlineData("１２月１日８：００－１８：００", "12-01 08:00/12-01 18:00")]
    public void Times_are_read_as_planners_write_them(string text, string expected)
    {
        var read = PlanTimes.Parse(text, 2026, 12, Shanghai);

        Assert.Empty(read.Problems);
        Assert.Equal(expected, string.Join(',', read.Value!.Select(w => $"{w.StartsAt:MM-dd HH:mm}/{w.EndsAt:MM-dd HH:mm}")));
        Assert.All(read.Value!, w => Assert.Equal(TimeSpan.FromHours(8), w.StartsAt.Offset));
        Assert.All(read.Value!, w => Assert.Equal(w.StartsAt.Month == 1 ? 2027 : 2026, w.StartsAt.Year));
    }

    [Theory]
    [InlineData("", "import-plan-time-missing")]
    [InlineData("   ", "import-plan-time-missing")]
    [InlineData("待定", "import-plan-time-unclear")]
    [InlineData("另行通知8:00-18:00", "import-plan-time-unclear")]
    [InlineData("8:00-18:00", "import-plan-time-unclear")]
    [InlineData("每日8:00-18:00", "import-plan-time-days-missing")]
    [InlineData("12月1日", "import-plan-time-hours-missing")]
    [InlineData("12月1日8:00", "import-plan-time-hours-missing")]
    [InlineData("12月1日8:00-", "import-plan-time-hours-missing")]
    [InlineData("12月32日8:00-18:00", "import-plan-time-no-such-day")]
    [InlineData("11月31日8:00-18:00", "import-plan-time-no-such-day")]
    [InlineData("13月1日8:00-18:00", "import-plan-time-no-such-day")]
    [InlineData("12月0日8:00-18:00", "import-plan-time-no-such-day")]
    [InlineData("12月1日25:00-26:00", "import-plan-time-no-such-hour")]
    [InlineData("12月1日8:00-18:75", "import-plan-time-no-such-hour")]
    [InlineData("12月1日24:00-6:00", "import-plan-time-no-such-hour")]
    [InlineData("12月1日22:00-6:00", "import-plan-time-backwards")]
    [InlineData("12月2日8:00至12月1日18:00", "import-plan-time-backwards")]
    [InlineData("12月1日8:00-8:00", "import-plan-time-backwards")]
    [InlineData("12月5日至1日每日8:00-18:00", "import-plan-time-range")]
    [InlineData("12月1日至5日8:00-18:00", "import-plan-time-ambiguous")]
    [InlineData("12月1日、2日8:00至3日18:00", "import-plan-time-ambiguous")]
    [InlineData("6月1日8:00-18:00", "import-plan-time-other-month")]
    [InlineData("2025年12月1日8:00-18:00", "import-plan-time-other-month")]
    [InlineData("12月1日8:00-18:00 全天", "import-plan-time-unclear")]
    public void What_cannot_be_understood_in_one_way_is_refused(string text, string code)
    {
        var problem = Assert.Single(PlanTimes.Parse(text, 2026, 12, Shanghai).Problems);

        Assert.Equal(code, problem.Code);
    }

    [Fact]
    public void No_text_breaks_the_reader()
    {
        var random = new Random(7);
        const string letters = "0123456789年月日号时点分半:：-至到~、，每日次日上午下午 /.T全天";
        for (var i = 0; i < 20_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(24)).Select(_ => letters[random.Next(letters.Length)])]);
            var read = PlanTimes.Parse(text, 2026, 12, Shanghai);
            Assert.All(read.Value ?? [], w => Assert.True(w.EndsAt > w.StartsAt, text));
        }
    }
}
