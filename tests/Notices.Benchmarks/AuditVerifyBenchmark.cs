using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Notices.Access;
using Notices.Audit;
using Notices.Benchmarks.Protocol;
using Notices.Benchmarks.Seeding;
using Notices.Deliveries;
using Notices.Evidence;
using Notices.Testing;
using Npgsql;
using NpgsqlTypes;

namespace Notices.Benchmarks;

/// <summary>The whole record verified, entries and the attempts they speak for, against sha256sum over the same bytes in a file.</summary>
internal static class AuditVerifyBenchmark
{
    /// <summary>Of each entry that speaks for attempts.</summary>
    private const int Batch = 1000;

    private const int EntriesACheckpoint = 5000;

    internal static async Task RunAsync(BenchmarkRun run)
    {
        // Half of them entries, a thousandth of which speak for the other half.
        var entries = run.Size(2_500_000, 4_000);
        run.Progress(0, "seeding");
        var server = await PostgreSqlServer.StartAsync(durable: true);
        using var folder = new Folder();
        try
        {
            var connection = server.ConnectionString(await server.CreateDatabaseAsync());
            var file = folder.File("bytes");
            var attempts = await SeedAsync(connection, file, entries, run.Small ? 4 : entries / Batch, (done, what) => run.Progress(done / 4, what));
            await using var ours = SideProcess.Start("side-audit-verify", connection);

            var medians = await run.AlternateAsync(
                ("ours", () => ours.AskNumberAsync("verify", $"{entries}")),
                ("sha256sum", () => DigestAsync(file)));
            run.More["entries"] = entries;
            run.More["attempts"] = attempts;
            run.More["bytes"] = new FileInfo(file).Length;
            run.More["peakMegabytes"] = await ours.AskNumberAsync("memory");
            run.Add("audit-verify", medians[0], "s", medians[0] / medians[1]);
        }
        finally
        {
            server.Stop();
        }
    }

    /// <summary>Side: verifies as the command does.</summary>
    internal static async Task ServeAsync(string[] args)
    {
        await using var product = Product.Make(DatabaseKind.PostgreSql, args[0], new ShiftedClock(County.Due));
        await SideProcess.ServeAsync(async order =>
        {
            if (order[0] == "memory") return SideProcess.Number(Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0);

            await using var scope = product.Services.CreateAsyncScope();
            var began = Stopwatch.GetTimestamp();
            var verdict = (await scope.ServiceProvider.GetRequiredService<AuditVerifier>().VerifyAsync(Actor.System, null, null, default)).Value!;
            var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
            if (!verdict.Ok || verdict.Entries != long.Parse(order[1], CultureInfo.InvariantCulture)) throw new BenchmarkException($"Not in order: {verdict}");

            return SideProcess.Number(took);
        });
    }

    private static async Task<double> DigestAsync(string file)
    {
        var began = Stopwatch.GetTimestamp();
        using var sum = Process.Start(new ProcessStartInfo("sha256sum", [file]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        await sum.StandardOutput.ReadToEndAsync();
        await sum.WaitForExitAsync();

        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>A chain as the product writes it, with the attempts its entries speak for and a signed head now and then; every byte that is hashed goes into the file too.</summary>
    /// <returns>How many attempts.</returns>
    private static async Task<int> SeedAsync(string connection, string file, int entries, int batches, Action<double, string> progress)
    {
        await using var bytes = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 20);
        var digests = await AttemptsAsync(connection, bytes, batches, progress);
        var at = County.Due;
        var checkpoints = new List<(long Sequence, string Hash)>();
        var hash = AuditChain.Genesis;
        await using (var to = new NpgsqlConnection(connection))
        {
            await to.OpenAsync();
            await using var copy = await to.BeginBinaryImportAsync("COPY audit_entries (sequence, at, actor, action, subject, line, hash) FROM STDIN (FORMAT BINARY)");
            var every = entries / batches;
            for (var sequence = 1; sequence <= entries; sequence++)
            {
                var batch = sequence % every == 0 && sequence / every <= batches ? (sequence / every) - 1 : -1;
                var (actor, action, subject) = batch >= 0 ? (Actor.System.Name, "deliveries.attempted", $"attempts/{BatchId(batch)}") : ("dispatcher@example.org", "outage.changed", $"outage/JX-2026-{sequence % 9999:0000}");
                var after = batch >= 0
                    ? $$$"""{"count":{{{Batch}}},"sha256":"{{{digests[batch]}}}","outcomes":{"accepted":{{{Batch}}}}}"""
                    : """{"outage":{"status":"approved","reason":"线路检修","work":"更换开关","owner":"planner"},"why":"weather"}""";
                var when = at.AddMilliseconds(sequence);
                var line = AuditChain.Line(sequence, when, actor, action, subject, null, after, hash);
                hash = AuditChain.Hash(line);
                bytes.Write(Encoding.UTF8.GetBytes(line));
                await copy.StartRowAsync();
                await copy.WriteAsync((long)sequence, NpgsqlDbType.Bigint);
                await copy.WriteAsync(when.ToUniversalTime(), NpgsqlDbType.TimestampTz);
                foreach (var text in (string[])[actor, action, subject, line, hash]) await copy.WriteAsync(text, NpgsqlDbType.Text);
                if (sequence % EntriesACheckpoint == 0) checkpoints.Add((sequence, hash));
                if (sequence % 50_000 == 0) progress(0.5 + (sequence / (2.0 * entries)), "seeding entries");
            }

            await copy.CompleteAsync();
        }

        await SignAsync(connection, checkpoints, at);
        await Sql.RunAsync(DatabaseKind.PostgreSql, connection, $"UPDATE audit_heads SET sequence = {entries}, hash = '{hash}'");
        foreach (var order in (string[])["VACUUM ANALYZE", "CHECKPOINT"]) await Sql.RunAsync(DatabaseKind.PostgreSql, connection, order);

        return batches * Batch;
    }

    private static async Task<List<string>> AttemptsAsync(string connection, Stream bytes, int batches, Action<double, string> progress)
    {
        var digests = new List<string>(batches);
        using var hash = new RowsHash(bytes);
        await using var to = new NpgsqlConnection(connection);
        await to.OpenAsync();
        await using var copy = await to.BeginBinaryImportAsync(
            "COPY attempts (delivery_id, batch, number, started_at, ended_at, provider, outcome, provider_message_id) FROM STDIN (FORMAT BINARY)");
        for (var batch = 0; batch < batches; batch++)
        {
            for (var i = 0; i < Batch; i++)
            {
                var id = ((long)batch * Batch) + i + 1;
                var began = County.Due.AddMilliseconds(id).ToUniversalTime();
                var row = new Attempt
                {
                    DeliveryId = id,
                    Batch = BatchId(batch),
                    Number = 1,
                    StartedAt = began,
                    EndedAt = began.AddMilliseconds(35),
                    Provider = "main",
                    Outcome = (short)SendOutcomeKind.Accepted,
                    ProviderMessageId = $"SM{id:x32}",
                };
                hash.Add(row);
                await copy.StartRowAsync();
                await copy.WriteAsync(row.DeliveryId, NpgsqlDbType.Bigint);
                await copy.WriteAsync(row.Batch, NpgsqlDbType.Text);
                await copy.WriteAsync(row.Number, NpgsqlDbType.Smallint);
                await copy.WriteAsync(row.StartedAt, NpgsqlDbType.TimestampTz);
                await copy.WriteAsync(row.EndedAt, NpgsqlDbType.TimestampTz);
                await copy.WriteAsync(row.Provider, NpgsqlDbType.Text);
                await copy.WriteAsync(row.Outcome, NpgsqlDbType.Smallint);
                await copy.WriteAsync(row.ProviderMessageId, NpgsqlDbType.Text);
            }

            digests.Add(hash.Finish());
            if (batch % 50 == 0) progress(batch / (2.0 * batches), "seeding attempts");
        }

        await copy.CompleteAsync();

        return digests;
    }

    private static async Task SignAsync(string connection, List<(long Sequence, string Hash)> heads, DateTimeOffset at)
    {
        await using var product = Product.Make(DatabaseKind.PostgreSql, connection, new ShiftedClock(County.Due));
        var signer = product.Services.GetRequiredService<CheckpointSigner>();
        await using var db = County.Open(DatabaseKind.PostgreSql, connection);
        db.Checkpoints.AddRange(heads.Select(head => signer.Sign(head.Sequence, head.Hash, at.ToUniversalTime())));
        await db.SaveChangesAsync();
    }

    private static string BatchId(int batch) => string.Create(CultureInfo.InvariantCulture, $"{batch:x20}");
}
