using Npgsql;
using Notices.Storage;

namespace Notices.Setup;

/// <summary>A database server that comes up later than we do, as where a power cut stopped both machines: a start waits for it a while.</summary>
internal static class DatabaseWait
{
    /// <summary>Machine time a start waits; then it ends as for any fault, and whoever supervises it decides.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    /// <summary>Asks again while the server cannot be reached or is not ready yet. A refused password and a database that does not exist stop at once.</summary>
    internal static async Task<T> ForAsync<T>(Func<Task<T>> ask, IServiceProvider services, CancellationToken cancellationToken)
    {
        var machine = services.GetRequiredKeyedService<TimeProvider>(CoreServices.Machine);
        var began = machine.GetTimestamp();
        var said = false;
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (Exception away) when (IsAway(away) && machine.GetElapsedTime(began) < Longest)
            {
                if (!said) services.GetRequiredService<ILogger<StorageStartup>>().LogWarning("PostgreSQL cannot be reached yet; the start waits for it up to {Seconds} s. {Why}", (int)Longest.TotalSeconds, away.GetBaseException().Message);
                said = true;
                await Task.Delay(Between, machine, cancellationToken);
            }
        }
    }

    private static bool IsAway(Exception? error) => error switch
    {
        null => false,
        NpgsqlException { IsTransient: true } => true,
        _ => IsAway(error.InnerException),
    };
}
