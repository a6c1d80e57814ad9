using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Deliveries;
using Notices.Testing;

namespace Notices.Commands;

/// <summary>Letters from a shell beside a running service: listed, printed into files, entered from a sheet.</summary>
public class PaperCommandTests
{
    [Fact]
    public async Task A_stack_becomes_files_and_the_sheet_comes_back()
    {
        // The host takes its database along when it ends.
        var shell = await Shell.OpenAsync();
        await TestCounty.SeedAsync(shell.Database);
        await using var host = await TestHost.StartAsync(shell.Database, DateTimeOffset.Parse("2026-11-27T09:00:00+08:00", CultureInfo.InvariantCulture), new() { ["Providers:main:Media"] = "voice" });
        var round = await RoundAsync(host);
        var folder = Directory.CreateTempSubdirectory("letters").FullName;
        try
        {
            var printed = await shell.RunAsync($"paper print {round} --to {folder} --limit 2");
            var rest = await shell.RunAsync($"paper print {round} --to {folder} --all --form post");
            Assert.Equal((0, "", 0, ""), (printed.Status, printed.Errors, rest.Status, rest.Errors));
            Assert.StartsWith("2 letters in stack ", printed.Output, StringComparison.Ordinal);
            Assert.Equal(4, Directory.GetFiles(folder).Length);
            Assert.Contains("There is no letter to print.", (await shell.RunAsync($"paper print {round} --to {folder}")).Output, StringComparison.Ordinal);
            var batch = printed.Output.Split(' ')[4].TrimEnd(',');
            var before = await File.ReadAllTextAsync(Path.Combine(folder, $"letters-{batch}.html"));
            Assert.Equal(0, (await shell.RunAsync($"paper print {round} --to {folder} --batch {batch}")).Status);
            Assert.Equal(before, await File.ReadAllTextAsync(Path.Combine(folder, $"letters-{batch}.html")));
            Assert.Equal(CommandLine.CouldNot, (await shell.RunAsync($"paper print {round} --to {folder} --batch none")).Status);
            Assert.Equal(CommandLine.CouldNot, (await shell.RunAsync("paper list 987654")).Status);

            var number = LetterNumber.Of(await FirstAsync(shell.Database));
            await File.WriteAllTextAsync(Path.Combine(folder, "out.csv"), $"receipt,result,by,signed_for\n{number},送达,张三,是\n1234567-0,left,张三,\n");
            var entered = await shell.RunAsync($"import letters {folder}/out.csv");
            Assert.Equal(CommandLine.Partly, entered.Status);
            Assert.Contains("1 changed", entered.Output, StringComparison.Ordinal);
            Assert.Contains("no number of a letter", await File.ReadAllTextAsync(Path.Combine(folder, "out.csv.rejected.csv")), StringComparison.Ordinal);
            var listed = await shell.RunAsync($"paper list {round}");
            Assert.Matches(@"Total\t12\t0\t11\t0\t0\t1\t0\t0\t0", listed.Output);
            // By the service, whose key signs the head every minute.
            Assert.True((bool)(await host.GetAsync(Role.Auditor, "/api/v1/audit/verify"))["ok"]!);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static async Task<long> FirstAsync(TestDatabase database)
    {
        await using var db = database.Open();

        return await db.Deliveries.Where(d => d.Medium == Medium.Paper).MinAsync(d => d.Id);
    }

    /// <summary>Letters to everybody, as if they had just been drawn.</summary>
    private static async Task<long> RoundAsync(TestHost host)
    {
        await host.PostAsync(
            Role.Dispatcher, "/api/v1/emergencies",
            new { kind = "emergency", organisation = TestCounty.Code, feeders = new[] { TestCounty.Feeder }, minutesLeft = 60, estimatedRestoration = host.Clock.GetUtcNow().AddDays(365 * 20) }, 202);
        await TestHost.UntilAsync(
            async () =>
            {
                await using var db = host.Database.Open();

                return await db.Deliveries.CountAsync(d => d.Medium == Medium.Sms && d.State == DeliveryState.Waiting) == 12;
            },
            "messages wait");
        await using var all = host.Database.Open();
        await all.Deliveries.Where(d => d.Medium == Medium.Sms).ExecuteUpdateAsync(set => set.SetProperty(d => d.Medium, Medium.Paper).SetProperty(d => d.Address, d => "#" + d.Id));
        await all.RoundTexts.Where(t => t.Medium == Medium.Sms).ExecuteUpdateAsync(set => set.SetProperty(t => t.Medium, Medium.Paper));

        return await all.Rounds.Select(r => r.Id).FirstAsync();
    }
}
