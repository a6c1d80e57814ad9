using System.CommandLine;
using System.Text.Json;
using Notices.Operation;
using Notices.Words;

namespace Notices.Commands;

/// <summary><c>report shadow</c>: what would have been sent on a day, into a file.</summary>
internal static class ReportCommand
{
    internal static Command Make() => new("report", "Reports into files.") { Shadow() };

    private static Command Shadow()
    {
        var day = new Option<string>("--day") { Description = "A local day, such as 2026-12-01.", Required = true };
        var file = new Argument<FileInfo>("FILE") { Description = "A table where it ends in .csv, otherwise JSON." };
        var command = new Command("shadow", "What would have been sent on a day in shadow mode.") { day, file };
        command.SetAction((parsed, stopping) => Tool.ReadAsync(
            async (services, actor) =>
            {
                var found = await services.GetRequiredService<ShadowReports>().FindAsync(parsed.GetRequiredValue(day), actor, stopping);
                if (found.Value is not { } report) return Tool.Refuse(found.Problems);

                var to = parsed.GetRequiredValue(file);
                await File.WriteAllTextAsync(to.FullName, to.Extension.Equals(".csv", StringComparison.OrdinalIgnoreCase) ? ShadowCsv.Write(report) : JsonSerializer.Serialize(report, Written) + Environment.NewLine, stopping);
                var totals = report.Totals;
                Console.WriteLine(Sentences.Label(
                    report.IsFinal ? "shadow-written" : "shadow-written-so-far",
                    new { file = to.Name, notices = totals.Notices, recipients = totals.Recipients, messages = totals.Media.Sum(medium => medium.Messages), missed = totals.NotReached }, Tool.Language));

                return CommandLine.Done;
            },
            stopping));

        return command;
    }

    private static readonly JsonSerializerOptions Written = new(Json.Stored) { WriteIndented = true };
}
