using Notices.Words;
using Xunit;

namespace Notices.Publishing;

public sealed class PersonalTextTests
{
    private static readonly string Message = NoticeFixtures.Text(NoticeFixtures.Planned, Languages.Chinese, TemplateMedium.Sms).Text;

    [Fact]
    public void Two_accounts_stand_together() => Assert.Contains("您户号尾号1234、5678（东街村）", PersonalText.Fill(Message, "东街村", "1234、5678"), StringComparison.Ordinal);

    [Fact]
    public void Two_accounts_keep_an_English_message_in_the_cheap_alphabet() =>
        Assert.Contains(
            "account ..1234, ..5678 (Dongjie)",
            PersonalText.Fill(NoticeFixtures.Text(NoticeFixtures.Planned, Languages.English, TemplateMedium.Sms).Text, "Dongjie", "1234、5678"), StringComparison.Ordinal);

    [Fact]
    public void Somebody_without_an_account_is_told_the_place() => Assert.Contains("停电，影响东街村。", PersonalText.Fill(Message, "东街村", ""), StringComparison.Ordinal);

    [Fact]
    public void Somebody_without_a_place_is_told_the_notices_places() => Assert.Contains("（城关镇东街村等2个村）", PersonalText.Fill(Message, null, "1234"), StringComparison.Ordinal);

    [Fact]
    public void Only_somebody_with_another_supply_is_told_that_it_stays()
    {
        Assert.Contains("您的另一路电源不停电。", PersonalText.Fill(Message, "东街村", "1234", backupStays: true), StringComparison.Ordinal);
        Assert.DoesNotContain("另一路", PersonalText.Fill(Message, "东街村", "1234"), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_a_notice_or_a_recipient_brings_becomes_markup()
    {
        var facts = NoticeFixtures.Planned with { Work = LocalText.Same("<script>alert(1)</script>"), Feeders = [new FeederFacts("F", LocalText.Same("<b>031</b>"), 10)] };

        var mail = PersonalText.Fill(NoticeFixtures.Text(facts, Languages.English, TemplateMedium.EmailHtml).Text, "<img src=x>", "1234");

        Assert.DoesNotContain("<script", mail, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", mail, StringComparison.Ordinal);
        Assert.Contains("&lt;img src=x&gt;", mail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_looks_like_a_mark_stays_text()
    {
        var text = NoticeFixtures.Filled(NoticeFixtures.Planned with { Reason = LocalText.Same("⟦accounts⟧") }, Languages.Chinese, TemplateMedium.Sms);

        Assert.Contains("因[accounts]，", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("⟦place")]
    [InlineData("⟦name⟧")]
    [InlineData("⟦?accounts⟧a")]
    [InlineData("a⟦:⟧b⟦/⟧")]
    public void A_mark_nobody_knows_is_refused(string marked) => Assert.Throws<FormatException>(() => PersonalText.Parse(marked));

    [Fact]
    public void Described_for_a_round_it_shows_what_is_filled_in_and_what_only_some_are_told()
    {
        var described = PersonalText.Parse(Message).Describe("〔村〕", "〔末四位〕", "〔部分用户：{text}〕");

        Assert.Contains("您户号尾号〔末四位〕（〔村〕）。〔部分用户：您的另一路电源不停电。〕", described, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_for_each_of_many_costs_little_more_than_its_own_letters()
    {
        var text = PersonalText.Parse(Message);
        // The first one brings what is made only once.
        var written = text.Fill("城关镇东街村", "1234");

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var index = 0; index < 1000; index++) text.Fill("城关镇东街村", "1234");
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / 1000;

        // The text itself, its draft of 256 letters and the objects around them; taking the text apart anew would be several times that.
        Assert.InRange(each, written.Length * sizeof(char), (3 * 256 + 2 * written.Length) * sizeof(char));
    }
}
