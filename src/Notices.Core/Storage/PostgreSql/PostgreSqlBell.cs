using Microsoft.Extensions.Logging;
using Notices.Policy;
using Npgsql;

namespace Notices.Storage;

/// <summary>Carries rings between the processes of one PostgreSQL by NOTIFY.</summary>
public sealed class PostgreSqlBell(StorageOptions storage, DueAlarm alarm, ILogger<PostgreSqlBell> log)
{
    private const string Name = "notices_due";

    private readonly string _me = Guid.NewGuid().ToString("N");

    /// <summary>Listens until stopped; a lost connection is opened again, and missed rings are made up by the sweep.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        if (!storage.IsPostgreSql) return;

        alarm.PassOn = () => _ = NotifyAsync();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var connection = new NpgsqlConnection(storage.PostgreSqlConnection);
                connection.Notification += (_, ring) =>
                {
                    if (ring.Payload != _me) alarm.RingHere();
                };
                await connection.OpenAsync(stopping);
                await using (var listen = new NpgsqlCommand($"LISTEN {Name}", connection)) await listen.ExecuteNonQueryAsync(stopping);
                while (true) await connection.WaitAsync(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever is wrong with the line, the process goes on.
            catch (Exception error)
#pragma warning restore CA1031
            {
                if (stopping.IsCancellationRequested) return;

                log.LogWarning("The bell between processes is down ({Reason}); the sweep stands in.", error.Message);
                await Task.Delay(TimeSpan.FromSeconds(2), CancellationToken.None);
            }
        }
    }

    private async Task NotifyAsync()
    {
        try
        {
            await using var connection = new NpgsqlConnection(storage.PostgreSqlConnection);
            await connection.OpenAsync();
            await using var notify = new NpgsqlCommand("SELECT pg_notify($1, $2)", connection);
            notify.Parameters.Add(new() { Value = Name });
            notify.Parameters.Add(new() { Value = _me });
            await notify.ExecuteNonQueryAsync();
        }
        catch (NpgsqlException error)
        {
            log.LogDebug("A ring was not passed on: {Reason}", error.Message);
        }
    }
}
