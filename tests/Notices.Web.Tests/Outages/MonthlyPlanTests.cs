using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Notices.Access;
using Notices.Imports;
using Notices.Testing;

namespace Notices.Outages;

/// <summary>The sheet a county plans with, imported again when it has changed.</summary>
public class MonthlyPlanTests
{
    private static XlsxFile Sheet(string title) => new XlsxFile().Row(title).Row("停电线路", "停电时间", "工作内容");

    private static XlsxFile December => Sheet("井陉县供电公司2026年12月停电计划")
        .Row("10千伏城关031线", "12月8日8:00-18:00", "更换开关")
        .Row("城关032线", "12月9日8:00-12:00", "线路检修")
        .Row("城关032线", "12月16日8:00-12:00", "线路检修")
        .Row("10千伏城关031线13号杆开关以下", "12月20日8:00-10:00", "更换变压器");

    private static XlsxFile Revised => Sheet("井陉县供电公司2026年12月停电计划（调整）")
        .Row("城关032线", "12月16日8:00-12:00", "线路检修")
        .Row("10千伏城关031线", "12月10日9:00-17:00", "更换开关")
        .Row("10千伏城关031线13号杆开关以下", "12月21日8:00-10:00", "更换变压器")
        .Row("城关032线", "12月28日8:00-12:00", "更换绝缘子");

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_changed_sheet_shows_what_is_new_moved_and_dropped_against_what_was_announced(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind, Life.At("2026-11-20T08:00:00"));
        var first = await ImportAsync(life, December);
        Assert.Equal("4 0 0", Counts(first));
        var numbers = first["new"]!.AsArray().Select(n => (string)n!["number"]!).ToList();
        Assert.Equal(["城关031线", "城关032线", "城关032线", "城关031线/13号杆开关以下"], first["new"]!.AsArray().Select(n => (string)n!["what"]!));
        foreach (var number in numbers.Take(3)) await AnnounceAsync(life, number);

        var dry = await ImportAsync(life, Revised, "&dryRun=true");
        var second = await ImportAsync(life, Revised);
        Assert.Equal((Counts(dry), "1 1 2"), (Counts(second), Counts(second)));
        Assert.Equal(["城关032线 2026-12-28T08:00:00+08:00"], Lines(second, "new", "planned"));
        Assert.Equal([$"{numbers[0]} 城关031线 2026-12-08T08:00:00+08:00"], Lines(second, "moved", "announced", true));
        Assert.Equal([$"{numbers[0]} 城关031线 2026-12-10T09:00:00+08:00"], Lines(second, "moved", "planned", true));
        Assert.Equal([$"{numbers[1]} 城关032线 2026-12-09T08:00:00+08:00"], Lines(second, "dropped", "announced", true));
        Assert.Equal(Lines(second, "moved", "planned", true), Lines(dry, "moved", "planned", true));
        Assert.Equal(Lines(second, "dropped", "announced", true), Lines(dry, "dropped", "announced", true));

        // Nothing announced was touched, the draft follows the sheet.
        Assert.Equal("2026-12-08T08:00:00+08:00", (string)(await life.FindAsync(numbers[0]))["windows"]![0]!["startsAt"]!);
        Assert.Equal(("approved", "2026-12-21T08:00:00+08:00"), (await life.StatusAsync(numbers[1]), (string)(await life.FindAsync(numbers[3]))["windows"]![0]!["startsAt"]!));

        // Half the month is over: what is past is what was announced, and comes in no second time.
        await life.GoToAsync(Life.At("2026-12-17T08:00:00"));
        var late = await ImportAsync(life, December);
        Assert.Equal(("0 1 3", 3), (Counts(late), (int)late["history"]!));

        // The same work on the same line a month later is another outage.
        var january = await ImportAsync(life, Sheet("井陉县供电公司2027年1月停电计划").Row("10千伏城关031线", "1月8日8:00-18:00", "更换开关").Row("城关032线", "1月9日8:00-12:00", "线路检修"));
        Assert.Equal("2 0 0", Counts(january));
        Assert.Empty(january["moved"]!.AsArray().Concat(january["dropped"]!.AsArray()));
    }

    [Fact]
    public async Task A_line_two_feeders_are_called_by_wants_a_code_and_a_month_can_be_given()
    {
        await using var life = await Life.StartAsync();
        await life.Host.ImportAsync("network", "organisation,feeder_code,feeder_name,transformer_code,place\nJX,JX-F09,城关032线,JX-T9,城关镇北关村\n");
        var sheet = new XlsxFile().Row("停电计划").Row("停电线路", "停电时间").Row("城关032线", "9日8:00-12:00");

        var refused = await ImportAsync(life, sheet, "&month=2026-12");
        Assert.Equal("import-feeder-ambiguous", (string)refused["rejections"]![0]!["problems"]![0]!["code"]!);
        Assert.Equal("import-month", Life.Codes(await ImportAsync(life, sheet, "&month=December", 400)).Single());
    }

    private static async Task<JsonObject> ImportAsync(Life life, XlsxFile sheet, string query = "", int expected = 200)
    {
        using var content = new StreamContent(sheet.Save());
        using var answer = await (await life.Host.AsAsync(Role.Dispatcher)).PostAsync(new Uri($"/api/v1/imports/outages?profile=monthly-plan-xlsx&organisation=JX{query}", UriKind.Relative), content);
        Assert.Equal(expected, (int)answer.StatusCode);

        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    private static async Task AnnounceAsync(Life life, string number)
    {
        using var refused = await (await life.Host.AsAsync(Role.Dispatcher)).PostAsJsonAsync(new Uri($"/api/v1/outages/{number}/submit", UriKind.Relative), new { });
        var warnings = refused.IsSuccessStatusCode ? [] : Life.Codes((await refused.Content.ReadFromJsonAsync<JsonObject>())!);
        if (warnings.Count > 0) await life.DoAsync(number, "submit", new { confirm = warnings });
        await life.Host.PostAsync(Role.Approver, $"/api/v1/outages/{number}/approve");
    }

    private static string Counts(JsonObject told) => $"{told["added"]} {told["changed"]} {told["unchanged"]}";

    private static List<string> Lines(JsonObject told, string list, string windows, bool withNumber = false) =>
        told[list]!.AsArray().Select(n => $"{(withNumber ? n!["number"] + " " : "")}{n!["what"]} {n[windows]![0]!["startsAt"]}").ToList();
}
