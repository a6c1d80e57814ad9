using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Notices.Benchmarks.Protocol;
using Notices.Testing;
using Npgsql;

namespace Notices.Benchmarks.Seeding;

/// <summary>Statements straight to a database.</summary>
internal static class Sql
{
    internal static async Task RunAsync(DatabaseKind kind, string connection, string sql)
    {
        await using var db = County.Open(kind, connection);
        db.Database.SetCommandTimeout(600);
        await db.Database.ExecuteSqlRawAsync(sql);
    }

    internal static async Task<long> CountAsync(DatabaseKind kind, string connection, string sql)
    {
        await using var db = County.Open(kind, connection);
        db.Database.SetCommandTimeout(600);

        var value = $"SELECT ({sql}) AS \"Value\"";

        return (await db.Database.SqlQueryRaw<long>(value).ToListAsync())[0];
    }

    /// <exception cref="BenchmarkException">The count differs.</exception>
    internal static async Task ExpectAsync(DatabaseKind kind, string connection, string sql, long expected)
    {
        var count = await CountAsync(kind, connection, sql);
        if (count != expected) throw new BenchmarkException($"{sql}: {count}, and {expected} were expected.");
    }

    /// <summary>psql itself, with one script.</summary>
    /// <returns>Seconds.</returns>
    internal static async Task<double> PsqlAsync(string connection, string script)
    {
        var to = new NpgsqlConnectionStringBuilder(connection);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, script);
        var began = Stopwatch.GetTimestamp();
        using var psql = Process.Start(new ProcessStartInfo(
            "psql", ["-q", "-X", "-v", "ON_ERROR_STOP=1", "-h", to.Host!, "-p", $"{to.Port}", "-U", to.Username!, "-d", to.Database!, "-f", file])
        { UseShellExecute = false, RedirectStandardError = true })!;
        var said = await psql.StandardError.ReadToEndAsync();
        await psql.WaitForExitAsync();
        var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        File.Delete(file);

        return psql.ExitCode == 0 ? took : throw new BenchmarkException($"psql: {said}");
    }
}
