using System.CommandLine;
using System.Globalization;
using Notices.Access;
using Notices.Imports;
using Notices.Words;
using Spectre.Console;

namespace Notices.Commands;

/// <summary><c>import</c>: a file into the database; rejected rows go to a file beside it.</summary>
internal static class ImportCommand
{
    internal static Command Make()
    {
        var kind = Choice.Argument<ImportKind>("kind", "What the file holds:");
        var file = new Argument<FileInfo>("file") { Description = "CSV, XLSX or JSON; areas are GeoJSON. The columns of each kind are listed in config/imports/README.md." };
        // Before anything is opened: a misspelt name must not leave an empty database behind.
        file.AcceptExistingOnly();
        var profile = new Option<string?>("--profile") { Description = "Name of a file of config/imports: another system's columns." };
        var organisation = new Option<string?>("--organisation") { Description = "Code of the organisation for rows that name none." };
        var month = new Option<string?>("--month") { Description = "Year and month (2026-12) a plan is for, where no title says it." };
        var submit = new Option<bool>("--submit") { Description = "Outages: also submits the drafts." };
        var dry = new Option<bool>("--dry-run") { Description = "Checks everything, changes nothing." };
        var command = new Command("import", "Imports a file; a re-import updates by key.") { kind, file, profile, organisation, month, submit, dry };
        command.SetAction((parsed, stopping) => Tool.RunAsync(
            (services, caller) => RunAsync(
                services, caller, parsed.GetValue(kind), parsed.GetValue(file)!, parsed.GetValue(profile),
                new ImportRequest { FileName = parsed.GetValue(file)!.Name, Organisation = parsed.GetValue(organisation), DryRun = parsed.GetValue(dry), PlanMonth = Month(parsed.GetValue(month)) },
                parsed.GetValue(submit), stopping),
            migrate: true, stopping));

        return command;
    }

    private static async Task<int> RunAsync(
        IServiceProvider services, Actor caller, ImportKind kind, FileInfo file, string? profile, ImportRequest request, bool submit, CancellationToken stopping)
    {
        var (options, rejectedFile) = (services.GetRequiredService<NoticesOptions>(), file.FullName + ".rejected.csv");
        var loaded = ProfileLoader.Find(options.Home, profile);
        if (!loaded.Ok) return Tool.Refuse(loaded.Problems);

        using var rejected = new RejectedRows(rejectedFile, problem => Sentences.Of(problem, Tool.Language));
        await using var stream = file.OpenRead();
        var desk = new ImportDesk(services);
        var result = await WithBar(file.Name, bar => desk.RunAsync(kind, stream, request with { Profile = loaded.Value, Region = options.Customers.Region, Rejected = rejected.Add }, submit, caller, bar, stopping));
        if (!result.Ok) return Tool.Refuse(result.Problems);

        var outcome = result.Value!;
        // An older one would look like this run's.
        if (outcome.Counts.Rejected > 0 || !request.DryRun) rejected.Complete();
        Tell(outcome, request.DryRun, rejectedFile);

        return outcome.Counts.Rejected > 0 || outcome.Counts.Fault is not null || outcome.Outages?.Refused.Count > 0 ? CommandLine.Partly : CommandLine.Done;
    }

    private static async Task<T> WithBar<T>(string name, Func<IProgress<ImportProgress>?, Task<T>> work)
    {
        if (Console.IsOutputRedirected) return await work(null);

        return await AnsiConsole.Progress().StartAsync(context =>
        {
            var task = context.AddTask(Markup.Escape(name), true, 1);

            return work(new Progress<ImportProgress>(p => task.Value = p.Fraction));
        });
    }

    private static void Tell(ImportOutcome outcome, bool dry, string rejectedFile)
    {
        var counts = outcome.Counts;
        Console.WriteLine((dry ? Sentences.Label("import-dry-run", Tool.Language) + " " : "") + Say("import-counts", counts));
        if (counts.IgnoredColumns.Count > 0) Console.WriteLine(Say("import-ignored", new { columns = counts.IgnoredColumns }));
        if (outcome.Outages is { } outages)
        {
            Console.WriteLine(Say("import-outages", new { outages.History, drafts = outages.Drafted.Count, submitted = outages.Submitted.Count }));
            foreach (var added in outages.New) Console.WriteLine(Differs("import-new", added));
            foreach (var moved in outages.Moved) Console.WriteLine(Differs("import-moved", moved));
            foreach (var dropped in outages.Dropped) Console.WriteLine(Differs("import-dropped", dropped));
            foreach (var refused in outages.Refused)
            {
                Console.Error.WriteLine(Say("import-not-submitted", new { refused.Number, refused.What }));
                Tool.Refuse(refused.Problems);
            }
        }

        if (counts.Rejected > 0) Console.Error.WriteLine(Say("import-rejected-file", new { file = rejectedFile }));
        if (counts.Fault is { } fault) Tool.Refuse([fault]);
    }

    private static string Say(string code, object values) => Sentences.Label(code, values, Tool.Language);

    private static string Differs(string code, Outages.PlanDifference difference) => Say(code, new
    {
        number = difference.Number.Length > 0 ? difference.Number : difference.Reference is ['~', ..] ? "–" : difference.Reference,
        difference.What,
        announced = Times(difference.Announced),
        planned = Times(difference.Planned),
    });

    private static IEnumerable<string> Times(IReadOnlyList<Outages.PlanWindow> windows) => windows.Select(w => string.Create(
        CultureInfo.InvariantCulture, $"{w.StartsAt:yyyy-MM-dd HH:mm}–{(w.EndsAt.Date == w.StartsAt.Date ? w.EndsAt.ToString("HH:mm", CultureInfo.InvariantCulture) : w.EndsAt.ToString("MM-dd HH:mm", CultureInfo.InvariantCulture))}"));

    private static (int, int)? Month(string? text) =>
        PlanMonth.Read(text) is { Ok: true } read ? read.Value : throw new SettingsException([$"--month is '{text}'; write it as 2026-12."]);
}
