using System.Text.Json;
using Bunit;
using Microsoft.AspNetCore.Components;
using Notices.Outages;
using Notices.Publishing;
using Notices.Shared;
using Notices.Words;

namespace Notices.Components;

/// <summary>Pieces of pages by themselves: what they show of what they are given, without a browser.</summary>
public sealed class ComponentTests : BunitContext
{
    [Theory]
    [InlineData(OutageStatus.InProgress, "t-red")]
    [InlineData(OutageStatus.Submitted, "t-amber")]
    [InlineData(OutageStatus.Restored, "t-green")]
    [InlineData(OutageStatus.Draft, "t-grey")]
    public void A_state_has_its_tone_and_says_itself_in_words(OutageStatus status, string tone)
    {
        var chip = Draw<Chip<OutageStatus>>(Languages.Chinese, chip => chip.Add(c => c.Value, status)).Find(".chip");

        Assert.Contains(tone, chip.ClassList);
        Assert.Equal(Frame(Languages.Chinese).Say(status), chip.TextContent);
    }

    [Fact]
    public void Problems_are_told_all_at_once_each_with_its_field_and_none_says_nothing()
    {
        Assert.Empty(Draw<Problems>(Languages.English, list => list.Add(l => l.List, [])).FindAll(".problems"));

        var told = Draw<Problems>(Languages.English, list => list
            .Add(l => l.List, [new Problem("reason-missing", "reason"), new Problem("form-expired")])
            .Add(l => l.Fields, new Dictionary<string, string> { ["reason"] = "Reason" }));

        Assert.Equal("alert", told.Find(".problems").GetAttribute("role"));
        Assert.Equal(2, told.FindAll("li").Count);
        Assert.StartsWith("Reason:", told.FindAll("li")[0].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_is_told_in_words_whatever_kind_of_value_it_is()
    {
        OutageChange Change(string field, string before, string after) => new(field, JsonDocument.Parse(before).RootElement, JsonDocument.Parse(after).RootElement);
        var rows = Draw<Differences>(Languages.English, differences => differences.Add(d => d.List,
        [
            Change("status", "\"draft\"", "\"in-progress\""), Change("feeders", "[\"JX-F03\"]", "[]"), Change("reviewOwed", "false", "true"),
            Change("reason", """{"zh-CN":"检修","en":"maintenance"}""", """{"zh-CN":"抢修","en":"<b>repair</b>"}"""),
            Change("windows", """[{"startsAt":"2026-12-01T08:00:00+08:00","endsAt":"2026-12-01T18:00:00+08:00","places":["城关镇东街村"]}]""", "[]"),
            new OutageChange("owner", null, JsonDocument.Parse("\"li.wei\"").RootElement),
        ])).FindAll("tbody tr");

        string Row(int at) => string.Join(" | ", rows[at].Children.Select(cell => cell.TextContent));
        Assert.Equal("State | draft | supply is off", Row(0));
        Assert.Equal("Feeders | JX-F03 | –", Row(1));
        Assert.Equal("Review owed | no | yes", Row(2));
        Assert.Equal("Reason | maintenance | <b>repair</b>", Row(3)); // As text.
        Assert.Contains("2026-12-01 Tue 08:00 +08:00 – 2026-12-01 Tue 18:00 +08:00 (城关镇东街村)", Row(4), StringComparison.Ordinal);
        Assert.Equal("In charge | – | li.wei", Row(5));
    }

    [Fact]
    public void Texts_are_turned_over_by_language_and_medium_and_shown_as_they_are()
    {
        PreviewText[] texts =
        [
            new(Languages.Chinese, TemplateMedium.Sms, null, "停电<通知>", "Ucs2", 1, null), new(Languages.English, TemplateMedium.Sms, null, "Power cut", "Gsm7", 2, null),
            new(Languages.English, TemplateMedium.Voice, null, "Good morning", null, null, 12.4),
        ];
        var tabs = Draw<TextTabs>(Languages.English, shown => shown.Add(t => t.Texts, texts));
        Assert.Equal("Power cut", tabs.Find(".text").TextContent);
        Assert.Contains("2", tabs.Find("p.quiet").TextContent, StringComparison.Ordinal);

        tabs.FindAll("button")[0].Click();
        Assert.Equal(("停电<通知>", "zh-CN"), (tabs.Find(".text").TextContent, tabs.Find(".text").GetAttribute("lang")));

        tabs.FindAll("button")[1].Click();
        tabs.Find("select").Change(nameof(TemplateMedium.Voice));
        Assert.Equal("Good morning", tabs.Find(".text").TextContent);
        Assert.Contains("12", tabs.Find("p.quiet").TextContent, StringComparison.Ordinal);

        var none = Draw<TextTabs>(Languages.English, shown => shown.Add(t => t.Texts, null).Add(t => t.Faults, [new Problem("template-broken", null, new { template = "x", line = 1, why = "y" })]));
        Assert.Single(none.FindAll(".problems li"));
    }

    [Fact]
    public void Whom_a_change_tells_nothing_is_said_so_and_whom_there_is_none_of_gets_no_text()
    {
        var change = new ForeseenChange(NoticeType.Corrected, DateTimeOffset.Parse("2026-11-23T09:00:00+08:00", System.Globalization.CultureInfo.InvariantCulture), LocalText.Same("at once"),
        [
            new ForeseenGroup("WronglyTold", 8, 7, new LocalText("更正", "Correction"), 1), new ForeseenGroup("NewlyAffected", 0, 0, new LocalText("停电", "Power cut"), 1), new ForeseenGroup("StillAffected", 4, 4, null, 0),
        ]);

        var shown = Draw<ForeseenTelling>(Languages.English, telling => telling.Add(t => t.Of, change));
        Assert.Equal(3, shown.FindAll("h3").Count);
        Assert.Equal("Correction", Assert.Single(shown.FindAll(".text")).TextContent);
        Assert.Contains(Frame(Languages.English).Say("foreseen-nothing"), shown.Markup, StringComparison.Ordinal);

        var nobody = Draw<ForeseenTelling>(Languages.English, telling => telling.Add(t => t.Of, new ForeseenChange(NoticeType.Changed, null, null, [])));
        Assert.Empty(nobody.FindAll("h3"));
    }

    private static ConsoleFrame Frame(string language) => new(language, "");

    private IRenderedComponent<T> Draw<T>(string language, Action<ComponentParameterCollectionBuilder<T>> given)
        where T : IComponent => Render<T>(component =>
        {
            component.AddCascadingValue(Frame(language));
            given(component);
        });
}
