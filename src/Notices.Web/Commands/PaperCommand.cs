using System.CommandLine;
using System.Globalization;
using Notices.Access;
using Notices.Deliveries;
using Notices.Operation;
using Notices.Words;

namespace Notices.Commands;

/// <summary><c>paper list</c> and <c>paper print</c>: the letters of a round, as files to be printed. What became of them comes in with <c>import letters</c>.</summary>
internal static class PaperCommand
{
    internal static Command Make() => new("paper", "The letters of a round.") { List(), Print() };

    private static Command List()
    {
        var round = Round();
        var command = new Command("list", "How far the letters of a round have come, by place, and the stacks printed so far.") { round };
        command.SetAction((parsed, stopping) => Tool.ReadAsync((services, actor) => ListAsync(services, actor, parsed.GetValue(round), stopping), stopping));

        return command;
    }

    private static Command Print()
    {
        var round = Round();
        var to = new Option<DirectoryInfo>("--to") { Description = "Folder for the letters and the walk sheets.", Required = true };
        var form = new Option<LetterForm>("--form") { Description = "receipt (to tear off) or post (address block for a window envelope)." };
        var station = new Option<string?>("--station") { Description = "Code of the supply station; all without it." };
        var place = new Option<string?>("--place") { Description = "Code of the place; all without it." };
        var limit = new Option<int?>("--limit") { Description = string.Create(CultureInfo.InvariantCulture, $"Letters in a stack, 1 to {LetterDesk.MostAtOnce}.") };
        var all = new Option<bool>("--all") { Description = "Goes on until nothing is left to print." };
        var again = new Option<string?>("--batch") { Description = "Prints this stack again, and no new one." };
        var command = new Command("print", "Prints the next letters in walking order.") { round, to, form, station, place, limit, all, again };
        command.SetAction((parsed, stopping) => Tool.ReadAsync(
            (services, actor) => PrintAsync(
                services, actor, parsed.GetValue(round), new PrintLetters(parsed.GetValue(station), parsed.GetValue(place), parsed.GetValue(limit)), parsed.GetValue(form), parsed.GetValue(to)!, parsed.GetValue(all),
                parsed.GetValue(again), stopping),
            stopping));

        return command;
    }

    private static Argument<long> Round() => new("round") { Description = "Id of the round." };

    private static async Task<int> ListAsync(IServiceProvider services, Actor actor, long round, CancellationToken stopping)
    {
        if (await services.GetRequiredService<LetterDesk>().FindAsync(round, actor, stopping) is not { } paper) return Missing("round", round.ToString(CultureInfo.InvariantCulture));

        string[] Row(string where, LetterCounts counts) =>
            [where, .. new[] { counts.Letters, counts.Waiting, counts.Printed, counts.Posted, counts.Told, counts.SignedFor, counts.Failed, counts.Unconfirmed, counts.Dropped }.Select(count => count.ToString(CultureInfo.InvariantCulture))];
        Tool.Table(
            ["", .. new[] { "letters", "waiting", "printed", "posted", "told", "signed", "failed", "unconfirmed", "dropped" }.Select(column => Word("column-" + column))],
            [.. paper.Groups.Select(group => Row(string.Join(" ", new[] { group.StationName, group.Township, group.Place, group.PlaceCode }.Where(part => part is { Length: > 0 })), group.Counts)), Row(Word("total"), paper.Total)]);
        Tool.Table([Word("batch"), Word("printed-at"), Word("column-letters"), Word("open")], paper.Batches.Select(batch => new[]
        {
            batch.Batch, Tool.Time(TimeZoneInfo.ConvertTime(batch.PrintedAt, TimeZoneInfo.FindSystemTimeZoneById(paper.TimeZone))), batch.Letters.ToString(CultureInfo.InvariantCulture), batch.Open.ToString(CultureInfo.InvariantCulture),
        }));
        if (paper is { PostBy: { } post, Deadline: { } deadline, Total.Waiting: > 0 })
        {
            var inTime = post > services.GetRequiredService<TimeProvider>().GetUtcNow();
            Console.WriteLine(Sentences.Label(inTime ? "letter-post-by" : "letter-post-late", new { at = inTime ? post : deadline }, Tool.Language, TimeZoneInfo.FindSystemTimeZoneById(paper.TimeZone)));
        }

        if (paper is { IsOvertaken: true, Total.Printed: > 0 }) Console.Error.WriteLine(Sentences.Label("letter-overtaken", new { count = paper.Total.Printed }, Tool.Language));

        return CommandLine.Done;
    }

    private static async Task<int> PrintAsync(
        IServiceProvider services, Actor actor, long round, PrintLetters request, LetterForm form, DirectoryInfo folder, bool all, string? again, CancellationToken stopping)
    {
        var desk = services.GetRequiredService<LetterDesk>();
        // Before anything counts as printed.
        folder.Create();
        if (again is not null) return await WriteAsync(services, actor, round, again, form, folder, stopping) ? CommandLine.Done : Missing("letters", again);

        for (var stacks = 0; ; stacks++)
        {
            var printed = await desk.PrintAsync(round, request, actor, stopping);
            if (!printed.Ok) return Tool.Refuse(printed.Problems);
            if (printed.Value!.Batch is not { } batch)
            {
                if (stacks == 0) Console.WriteLine(Sentences.Label("letter-none", Tool.Language));

                return CommandLine.Done;
            }

            await WriteAsync(services, actor, round, batch, form, folder, stopping);
            Console.WriteLine(Sentences.Label("letter-stack", new { count = printed.Value.Letters, batch, waiting = printed.Value.Waiting, folder = folder.FullName }, Tool.Language));
            if (!all) return CommandLine.Done;
        }
    }

    private static async Task<bool> WriteAsync(IServiceProvider services, Actor actor, long round, string batch, LetterForm form, DirectoryInfo folder, CancellationToken stopping)
    {
        if (await services.GetRequiredService<LetterDesk>().ShowAsync(round, batch, actor, stopping) is not { } shown) return false;

        var drill = services.GetRequiredService<OperationOptions>().IsDrill;
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, $"letters-{batch}.html"), LetterPages.Letters(shown, form).Write(drill), stopping);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, $"walk-{batch}.html"), LetterPages.WalkSheet(shown, Tool.Language).Write(drill), stopping);

        return true;
    }

    private static int Missing(string what, string which) => Tool.Refuse([Problem.NotFound(what, which)]);

    private static string Word(string code) => Sentences.Label($"letter-{code}", Tool.Language);
}
