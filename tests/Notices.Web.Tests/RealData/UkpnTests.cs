using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Access;
using Notices.Imports;
using Notices.Outages;
using Notices.Testing;
using Sylvan.Data.Csv;

namespace Notices.RealDataTests;

/// <summary>Two thousand real incidents of a British operator, all past: history, with the late ones marked.</summary>
public class UkpnTests
{
    [Fact]
    public async Task Past_incidents_come_in_as_history_send_nothing_and_the_late_ones_are_marked()
    {
        var file = RealData.Path("ukpn-planned", "planned_incidents.csv");
        await using var host = await TestHost.StartAsync(
            DatabaseKind.Sqlite, DateTimeOffset.Parse("2026-11-23T09:00:00Z", null), new() { ["Policy:Jurisdiction"] = "gb", ["Customers:Region"] = "GB" });

        var first = await ImportAsync(host, file);
        var again = await ImportAsync(host, file);

        Assert.Equal(2250, first.Counts.Rows);
        Assert.Equal(8, first.Counts.Rejected); // four without a start or an end, four that end before they start
        Assert.Equal(2242, first.History);
        Assert.Equal((0L, 2242L), (again.Counts.Added, again.Counts.Unchanged));
        await using var db = host.Database.Open();
        Assert.Equal(2242, await db.Outages.CountAsync(o => o.IsHistory && o.Status == OutageStatus.Closed));
        Assert.Equal(0, await db.ScheduledNotices.CountAsync());
        Assert.Equal(LateByCountingDays(file), await db.Outages.CountAsync(o => o.HistoryLate));
    }

    /// <summary>Fewer than two whole days between the day of the notice and the day of the start, on the wall calendar; counted from the file alone.</summary>
    private static int LateByCountingDays(string file)
    {
        using var rows = CsvDataReader.Create(file);
        var late = 0;
        while (rows.Read())
        {
            string Cell(string name) => rows.GetString(rows.GetOrdinal(name));
            if (!DateTime.TryParse(Cell("planned"), CultureInfo.InvariantCulture, out var start) || !DateTime.TryParse(Cell("estimated_restoration"), CultureInfo.InvariantCulture, out var end) || end <= start) continue;
            var created = DateTime.Parse(Cell("created"), CultureInfo.InvariantCulture);
            if ((start.Date - created.Date).Days - 1 < 2) late++;
        }

        return late;
    }

    private static async Task<OutageImportReport> ImportAsync(TestHost host, string file)
    {
        await using var scope = host.Services.CreateAsyncScope();
        await using var stream = File.OpenRead(file);
        var result = await scope.ServiceProvider.GetRequiredService<OutageImport>().RunAsync(
            stream, new ImportRequest { FileName = "planned_incidents.csv", Profile = RealData.Profile("ukpn-incidents") }, false, Actor.System, null, default);
        Assert.Empty(result.Problems);

        return result.Value!;
    }
}
