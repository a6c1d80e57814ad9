using Notices.Deliveries;
using Notices.Words;
using Xunit;

namespace Notices.Publishing;

public sealed class SampleTextsTests
{
    public static TheoryData<string, string, int> ChineseMessages => new()
    {
        { "Initial planned", "【国网井陉供电】尊敬的客户：因计划检修，10千伏城关031线定于12月1日（周二）08:00-18:00停电，影响您户号尾号1234（城关镇东街村）。可能提前送电，请视线路始终带电。详询95598。", 2 },
        { "temporary", "【国网井陉供电】尊敬的客户：因临时检修，10千伏城关031线定于11月25日（周三）12:00-17:00临时停电，影响您户号尾号1234（城关镇东街村），请提前准备。可能提前送电，请视线路始终带电。详询95598。", 2 },
        { "Initial emergency", "【国网井陉供电】紧急停电：因紧急消缺，10千伏城关031线将于今日（11月24日）15:30停电，预计19:30送电，影响城关镇东街村，请立即做好准备。家有医疗设备或养殖用电，请即拨95598。", 2 },
        { "Initial fault", "【国网井陉供电】故障停电：10千伏城关031线11月25日02:10故障停电，影响城关镇东街村，正在抢修，送电时间待定，04:00前再次通报。请勿靠近断落电线，发现请拨95598。", 2 },
        { "Changed planned", "【国网井陉供电】停电改期：原定12月1日（周二）的10千伏城关031线停电，因天气原因改至12月9日（周三）08:00-18:00，影响您户号尾号1234（城关镇东街村）；12月1日不停电。详询95598。", 2 },
        { "Postponed planned", "【国网井陉供电】停电延期：原定今日（12月1日）的10千伏城关031线停电因天气原因延期，您户号尾号1234（城关镇东街村）今日不停电，新的停电时间将提前7天另行通知。详询95598。", 2 },
        { "Corrected planned", "【国网井陉供电】更正：11月23日停电通知有误，您户号尾号1234（城关镇东街村）12月1日（周二）不停电，请以本条为准。因我公司工作失误给您带来不便，深表歉意。详询95598。", 2 },
        { "Overrun planned", "【国网井陉供电】延时送电：10千伏城关031线检修未能按时完成，原定今日（12月1日）18:00送电，现预计20:00送电，影响城关镇东街村。给您带来不便，敬请谅解。详询95598。", 2 },
        { "Restored planned", "【国网井陉供电】送电通知：10千伏城关031线已于12月1日16:40恢复供电。如您家仍无电，请先检查家中开关，再拨95598报修。", 1 },
        { "Cancelled planned", "【国网井陉供电】停电取消：原定12月1日（周二）08:00-18:00的10千伏城关031线停电已取消，您户号尾号1234（城关镇东街村）当日不停电。详询95598。", 2 },
    };

    public static TheoryData<string, string> EnglishMessages => new()
    {
        { "Initial planned", "JX Power: planned power cut Tue 1 Dec 08:00-18:00, account ..1234 (Dongjie), line Chengguan 031. Supply may return early: treat wires as live. Info 95598" },
        { "temporary", "JX Power: short-notice power cut Wed 25 Nov 12:00-17:00, account ..1234 (Dongjie), line Chengguan 031. May return early: treat wires as live. Info 95598" },
        { "Initial emergency", "JX Power: URGENT. Power off today 24 Nov 15:30 to about 19:30, Dongjie, line Chengguan 031, urgent repair. Medical equipment at home? Call 95598 now." },
        { "Initial fault", "JX Power: fault, power off since 02:10 25 Nov, Dongjie. Crews at work, no return time yet. Next update by 04:00. Stay clear of fallen wires, call 95598." },
        { "Changed planned", "JX Power: power cut of Tue 1 Dec MOVED to Wed 9 Dec 08:00-18:00 (weather), account ..1234 (Dongjie). Your supply stays on 1 Dec. Info 95598" },
        { "Postponed planned", "JX Power: POSTPONED, no cut today 1 Dec (weather), account ..1234 (Dongjie). We will give 7 days' notice of the new date. Info 95598" },
        { "Corrected planned", "JX Power: CORRECTION. Our notice of 23 Nov was wrong. Account ..1234 (Dongjie) will NOT be cut on Tue 1 Dec. We apologise. Info 95598" },
        { "Overrun planned", "JX Power: work on line Chengguan 031 is running late. Supply to Dongjie, due 18:00 today 1 Dec, is now expected 20:00. We are sorry. Info 95598" },
        { "Restored planned", "JX Power: line Chengguan 031 restored 16:40 on 1 Dec. Still no power? Check your main switch, then call 95598." },
        { "Cancelled planned", "JX Power: power cut of Tue 1 Dec 08:00-18:00 CANCELLED, account ..1234 (Dongjie). Your supply stays on. Info 95598" },
    };

    [Theory]
    [MemberData(nameof(ChineseMessages))]
    public void A_Chinese_message_reads_as_the_register_has_it(string fixture, string text, int parts)
    {
        var written = NoticeFixtures.Filled(Facts(fixture), Languages.Chinese, TemplateMedium.Sms);

        Assert.Equal(text, written);
        Assert.Equal(parts, SmsText.Measure(written).Parts);
    }

    [Theory]
    [MemberData(nameof(EnglishMessages))]
    public void An_English_message_reads_as_the_register_has_it_in_one_part(string fixture, string text)
    {
        var written = NoticeFixtures.Filled(Facts(fixture), Languages.English, TemplateMedium.Sms);

        Assert.Equal(text, written);
        Assert.Equal(new SmsSize(SmsEncoding.Gsm7, text.Length, 1), SmsText.Measure(written));
    }

    [Fact]
    public void A_storm_text_is_one_part()
    {
        var written = NoticeFixtures.Filled(NoticeFixtures.Fault, Languages.Chinese, TemplateMedium.StormSms);

        Assert.Equal("【国网井陉供电】城关镇东街村25日02:10故障停电，正在抢修，04:00前再通报。断线勿近，急事请拨95598。", written);
        Assert.Equal(1, SmsText.Measure(written).Parts);
    }

    [Fact]
    public void The_public_page_of_a_planned_outage_reads_as_the_register_has_it()
    {
        var page = NoticeFixtures.Text(NoticeFixtures.Planned with { Sections = ["13号杆开关以下"], Version = 2 }, Languages.Chinese, TemplateMedium.Feed);

        Assert.Equal("计划停电：10千伏城关031线12月1日（周二）08:00-18:00", page.Subject);
        Assert.Equal(
            "因更换开关，10千伏城关031线（13号杆开关以下）定于2026年12月1日（星期二）08:00至18:00停电。停电区域：城关镇东街村、西街村。工作可能提前结束并提前送电，不再另行通知，请始终视线路和设备带电，切勿触碰。\n\n" +
            "使用呼吸机等医疗设备或从事养殖的客户，请提前备好电源并拨打95598。给您带来不便，敬请谅解。\n\n" +
            "公告编号2026-1187，第2版（代替第1版）｜国网井陉县供电公司2026年11月23日09:00发布｜信息截至09:00｜供电服务热线95598（24小时）｜能源监管热线12398",
            page.Text);
    }

    [Fact]
    public void The_public_page_of_a_fault_reads_as_the_register_has_it() =>
        Assert.StartsWith(
            "11月25日02:10，10千伏城关031线因大风故障停电，影响城关镇东街村等3个村约1200户。抢修人员正在处理，送电时间暂不能确定，将于04:00前更新。",
            NoticeFixtures.Text(NoticeFixtures.Fault, Languages.Chinese, TemplateMedium.Feed).Text,
            StringComparison.Ordinal);

    [Fact]
    public void A_call_says_the_notice_twice_with_numbers_and_times_in_words()
    {
        var call = NoticeFixtures.Filled(NoticeFixtures.Planned, Languages.Chinese, TemplateMedium.Voice);

        Assert.Equal(3, call.Split("十千伏城关零三一线定于十二月一日，星期二，上午八点到下午六点停电。影响您户号尾号一二三四，城关镇东街村。").Length);
        Assert.Contains("确认收到请按一，重听请按二", call, StringComparison.Ordinal);
        var english = NoticeFixtures.Filled(NoticeFixtures.Planned, Languages.English, TemplateMedium.Voice);
        Assert.Contains(
            "ten kilovolt line Chengguan oh three one will be off Tuesday the first of December, from eight in the morning to six in the evening.", english, StringComparison.Ordinal);
        Assert.Contains("your account ending one two three four, Dongjie", english, StringComparison.Ordinal);
    }

    private static NoticeFacts Facts(string fixture) => fixture == "temporary" ? NoticeFixtures.Temporary : NoticeFixtures.All[fixture];
}
