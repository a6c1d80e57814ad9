using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;
using Notices.Storage;
using Npgsql;

namespace Notices.Testing;

/// <summary>A real PostgreSQL in a temporary folder, one a test process. It lives as long as this process holds its standard input open,
/// so it goes away even when the tests are killed.</summary>
public sealed class PostgreSqlServer
{
    private const string Template = "notices_template";

    // initdb refuses root, so as root all of it runs as the user postgres.
    private const string Script = """
        programs=$1; port=$2; fsync=$3; parent=$4
        folder=$(mktemp -d "$parent/notices-postgresql-XXXXXX") || exit 1
        "$programs/initdb" -D "$folder/data" -U notices -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; rm -rf "$folder"; exit 1; }
        up() { "$programs/postgres" -D "$folder/data" -k "$folder" -p "$port" -c listen_addresses=127.0.0.1 -c max_connections=300 -c "fsync=$fsync" -c max_wal_size=4GB </dev/null >>"$folder/server.log" 2>&1 & server=$!; }
        down() { kill -INT $server 2>/dev/null; wait $server; }
        up
        trap '' INT TERM HUP
        echo "$folder"
        while read -r order; do $order; echo done; done
        down; rm -rf "$folder"
        """;

    private static readonly Lazy<Task<PostgreSqlServer>> Shared = new(() => StartAsync(false));

    private readonly Process _process;
    private int _databases;

    private PostgreSqlServer(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    /// <summary>The one server of this test process, started by the first who asks.</summary>
    public static Task<PostgreSqlServer> SharedAsync() => Shared.Value;

    /// <param name="durable">True keeps fsync on, as a benchmark must.</param>
    /// <param name="parent">Where its folder is made, for a disk of its own.</param>
    public static async Task<PostgreSqlServer> StartAsync(bool durable, string parent = "/tmp")
    {
        var port = FreePort();
        var process = Launch(port, durable, parent);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Stop(process);
        if (await process.StandardOutput.ReadLineAsync() is null)
            throw new InvalidOperationException($"PostgreSQL did not start; install postgresql-15. {await process.StandardError.ReadToEndAsync()}");

        var server = new PostgreSqlServer(process, port);
        await server.AnswersAsync();
        await server.MakeTemplateAsync();

        return server;
    }

    /// <summary>A fresh, migrated database of its own.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {Template}");

        return name;
    }

    public async Task DropDatabaseAsync(string name)
    {
        await using (var connection = new NpgsqlConnection(ConnectionString(name))) NpgsqlConnection.ClearPool(connection);
        await ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    }

    public string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={Port};Username=notices;Database={database};Maximum Pool Size=40;Include Error Detail=true";

    /// <summary>Takes the server down, its data kept; the clients' connections are cut.</summary>
    public Task TakeDownAsync() => OrderAsync("down");

    /// <summary>Brings it up again, on the same port.</summary>
    public async Task BringUpAsync()
    {
        await OrderAsync("up");
        await AnswersAsync();
    }

    private async Task OrderAsync(string order)
    {
        await _process.StandardInput.WriteLineAsync(order);
        await _process.StandardInput.FlushAsync();
        if (await _process.StandardOutput.ReadLineAsync() is null) throw new InvalidOperationException("The shell that runs PostgreSQL has ended.");
    }

    /// <summary>Stops it early; otherwise it ends with the process.</summary>
    public void Stop() => Stop(_process);

    private static Process Launch(int port, bool durable, string parent)
    {
        var start = new ProcessStartInfo { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        string[] shell = ["sh", "-c", Script, "postgresql", Programs(), port.ToString(System.Globalization.CultureInfo.InvariantCulture), durable ? "on" : "off", parent];
        string[] words = Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--", .. shell] : shell;
        start.FileName = words[0];
        start.WorkingDirectory = "/tmp";
        foreach (var word in words.Skip(1)) start.ArgumentList.Add(word);

        return Process.Start(start) ?? throw new InvalidOperationException("The shell that runs PostgreSQL did not start.");
    }

    private static string Programs() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin"))
                .FirstOrDefault(bin => File.Exists(Path.Combine(bin, "initdb"))) ?? Missing()
            : Missing();

    private static string Missing() => throw new InvalidOperationException("These tests need PostgreSQL: apt-get install postgresql-15");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task AnswersAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await ExecuteAsync("SELECT 1");

                return;
            }
            catch (NpgsqlException) when (attempt < 300)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }
    }

    private async Task MakeTemplateAsync()
    {
        await ExecuteAsync($"CREATE DATABASE {Template}");
        // Not pooled: a template with a connection cannot be copied.
        var options = new DbContextOptionsBuilder<PostgreSqlNoticesDb>().UseNpgsql(ConnectionString(Template) + ";Pooling=false").Options;
        await using var db = new PostgreSqlNoticesDb(options);
        await db.Database.MigrateAsync();
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static void Stop(Process process)
    {
        try
        {
            process.StandardInput.Close();
            process.WaitForExit(TimeSpan.FromSeconds(10));
        }
        catch (InvalidOperationException)
        {
            // Already gone.
        }
    }
}
