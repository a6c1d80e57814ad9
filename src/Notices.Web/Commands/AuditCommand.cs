using System.CommandLine;
using System.Globalization;
using Notices.Access;
using Notices.Audit;
using Notices.Evidence;
using Notices.Network;
using Notices.Words;
using Spectre.Console;

namespace Notices.Commands;

/// <summary><c>audit</c>: the record checked and copied.</summary>
internal static class AuditCommand
{
    internal static Command Make() => new("audit", "Checks the record and exports it.") { Verify(), Export() };

    private static Command Verify()
    {
        var checkpoint = new Option<FileInfo?>("--checkpoint")
        {
            Description = "A signed head kept elsewhere (from /.well-known/notices-head, or the manifest of an export): also finds a tail cut off and a record rewritten whole.",
        };
        var command = new Command("verify", "Reads the whole record again; exit status 1, and the first wrong entry named, when it is not as it was written.") { checkpoint };
        command.SetAction((parsed, stopping) => Tool.ReadAsync(async (services, actor) =>
        {
            Checkpoint? kept = null;
            if (parsed.GetValue(checkpoint) is { } file)
            {
                var read = CheckpointFile.Read(await File.ReadAllTextAsync(file.FullName, stopping));
                if (!read.Ok) return Tool.Refuse(read.Problems);
                kept = read.Value;
            }

            var verifier = services.GetRequiredService<AuditVerifier>();
            var verdict = await WithBarAsync(progress => verifier.VerifyAsync(actor, progress, kept, stopping));
            if (verdict.Value is not { } found) return Tool.Refuse(verdict.Problems);
            if (found.Fault is not { } fault)
            {
                Console.WriteLine(found.Empty
                    ? Sentences.Label("audit-empty", Tool.Language)
                    : Sentences.Label("audit-whole", new { entries = found.Entries, hash = found.HeadHash }, Tool.Language));

                return CommandLine.Done;
            }

            var where = fault.Sequence is { } sequence ? string.Create(CultureInfo.InvariantCulture, $"Entry {sequence}: ") : "";
            await Console.Error.WriteLineAsync($"{where}{Sentences.Of(fault.Problem, Tool.Language)} ({fault.Problem.Code})");

            return CommandLine.Partly;
        }, stopping));

        return command;
    }

    private static Command Export()
    {
        var from = new Option<string?>("--from") { Description = $"The first entry at or after it; {Moment.Form}. From the beginning without it." };
        var to = new Option<string?>("--to") { Description = $"The last entry before it; {Moment.Form}. To the end without it." };
        var format = Choice.Maybe<AuditExportFormat>("--format", "How entries are written (jsonl without it):");
        var path = new Argument<string>("FILE") { Description = "The file; manifest.json with its SHA-256 and the signed head is written beside it. Or a folder." };
        var command = new Command("export", "Copies a stretch of the record into a file that proves itself.") { from, to, format, path };
        command.SetAction((parsed, stopping) => Tool.ReadAsync(async (services, actor) =>
        {
            var zone = await services.GetRequiredService<OrganisationDirectory>().ZoneAsync(actor, stopping);
            var (first, last) = (Moment.Read(parsed.GetValue(from), "--from", zone), Moment.Read(parsed.GetValue(to), "--to", zone));
            if (!first.Ok || !last.Ok) return Tool.Refuse([.. first.Problems, .. last.Problems]);

            var written = await services.GetRequiredService<AuditExport>().WriteAsync(
                actor, parsed.GetRequiredValue(path), first.Value, last.Value, parsed.GetValue(format) ?? AuditExportFormat.Jsonl, stopping);
            if (written.Value is not { } manifest) return Tool.Refuse(written.Problems);

            foreach (var file in manifest.Files)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file.Name}: {file.Entries} entries ({file.First} to {file.Last}), SHA-256 {file.Sha256}"));

            return CommandLine.Done;
        }, stopping));

        return command;
    }

    private static async Task<T> WithBarAsync<T>(Func<IProgress<AuditProgress>?, Task<T>> work)
    {
        if (Console.IsErrorRedirected) return await work(null);

        var screen = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

        return await screen.Progress().AutoClear(true).StartAsync(context =>
        {
            var bar = context.AddTask("Entries");

            return work(new Bar(bar));
        });
    }

    /// <summary>Told on the reader's own thread: the last word must not come after the end.</summary>
    private sealed class Bar(ProgressTask task) : IProgress<AuditProgress>
    {
        public void Report(AuditProgress value) => (task.MaxValue, task.Value) = (Math.Max(value.Total, 1), value.Done);
    }
}
