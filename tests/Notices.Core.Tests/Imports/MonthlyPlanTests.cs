using Notices.Outages;
using Xunit;

namespace Notices.Imports;

public sealed class MonthlyPlanTests
{
    private static XlsxFile Plan() => new XlsxFile()
        .Row("井陉县供电公司2026年12月停电计划")
        .Row("编制：调控中心", null, null, "单位：小时")
        .Row("序号", "单位", "停电线路", "停电时间", "停电范围", "工作内容", "备注", "时长");

    private static async Task<OutageFile> ReadAsync(XlsxFile file, (int, int)? month = null)
    {
        var read = await OutageFile.ReadAsync(file.Save(), new ImportRequest { FileName = "12月.xlsx", Profile = RealData.Profile("monthly-plan-xlsx"), PlanMonth = month }, CancellationToken.None);
        Assert.Empty(read.Problems);

        return read.Value!;
    }

    [Fact]
    public async Task A_sheet_as_a_county_plans_with_it_becomes_outages()
    {
        var file = await ReadAsync(Plan()
            .Row(1, "城关供电所", "10千伏城关031线13号杆开关以下", "12月1日8:00-18:00", "城关镇东街、西街", "更换开关", "雨天顺延", "=D4")
            .Row(2, null, "10kV东街032线全线", "12月3日至4日每日8:00-12:00", "城关镇南街；北街", null, null, 4)
            .Row(3, "微水供电所", "微水041线、微水042线东支线", "12月8日22:00-24:00", "inline:微水镇", "线路检修")
            .Merge("A1:H1").Merge("B4:B5").Merge("F4:F5"));

        Assert.Empty(file.Report.Rejections);
        Assert.Equal(3, file.Outages.Count);
        var (first, second, third) = (file.Outages[0].Outage, file.Outages[1].Outage, file.Outages[2].Outage);
        Assert.Equal(("城关供电所", OutageKind.Planned, "更换开关", "雨天顺延"), (first.Organisation, first.Kind, first.Work, first.Remark));
        Assert.Empty(first.Feeders);
        Assert.Equal(new SectionName("城关031线", "13号杆开关以下"), Assert.Single(first.Sections));
        Assert.Equal(["城关镇东街", "西街"], first.Places);
        Assert.Equal(("城关供电所", "更换开关"), (second.Organisation, second.Work));
        Assert.Equal(["东街032线"], second.Feeders);
        Assert.Equal(2, second.Windows.Count);
        Assert.Equal(["微水041线"], third.Feeders);
        Assert.Equal([new SectionName("微水042线", "东支线")], third.Sections);
        Assert.Equal(DateTimeOffset.Parse("2026-12-09T00:00+08:00", null), third.Windows[0].EndsAt);
        Assert.Equal([6L], third.Lines);
    }

    [Fact]
    public async Task A_time_nobody_can_read_rejects_its_row_alone()
    {
        var file = await ReadAsync(Plan().Row(1, "城关", "城关031线", "待定", "东街").Row(2, "城关", "城关032线", "12月2日8:00-9:00", "西街"));

        var rejected = Assert.Single(file.Report.Rejections);
        Assert.Equal((4, "import-plan-time-unclear"), (rejected.Line, rejected.Problems[0].Code));
        Assert.Single(file.Outages);
    }

    [Fact]
    public async Task A_formula_in_a_cell_that_counts_is_refused_by_the_cells_name()
    {
        var file = await ReadAsync(Plan().Row(1, "城关", "城关031线", "=A1", "东街"));

        Assert.Equal("import-formula", Assert.Single(Assert.Single(file.Report.Rejections).Problems, p => p.Code == "import-formula").Code);
        Assert.Contains("D4", file.Report.Rejections[0].Problems[0].Values!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_month_in_a_title_one_has_to_be_given()
    {
        var sheet = new XlsxFile().Row("停电计划").Row("停电线路", "停电时间").Row("城关031线", "5日8:00-9:00");
        var profile = RealData.Profile("monthly-plan-xlsx");
        var refused = await OutageFile.ReadAsync(sheet.Save(), new ImportRequest { FileName = "x", Profile = profile }, CancellationToken.None);

        Assert.Equal("import-plan-month-missing", Assert.Single(refused.Problems).Code);
        Assert.Equal(DateTimeOffset.Parse("2027-01-05T08:00+08:00", null), (await ReadAsync(sheet, (2027, 1))).Outages[0].Outage.Windows[0].StartsAt);
    }
}
