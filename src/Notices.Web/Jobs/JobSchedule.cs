using Hangfire;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Notices.Storage;

namespace Notices.Jobs;

/// <summary>Every job, on one page. A job is a doorbell: the rows are the truth, so a lost run costs a few seconds and two overlapping runs share the work.</summary>
internal static class JobSchedule
{
    /// <summary>Name, cron (with seconds) and method of each.</summary>
    internal static readonly IReadOnlyList<(string Name, string Cron, System.Linq.Expressions.Expression<Func<Sweep, Task>> Run)> All =
    [
        ("publish-due", "*/5 * * * * *", sweep => sweep.PublishAsync(CancellationToken.None)),
        ("do-moments", "*/10 * * * * *", sweep => sweep.DoMomentsAsync(CancellationToken.None)),
        ("ring-staff", "*/10 * * * * *", sweep => sweep.RingAsync(CancellationToken.None)),
        ("apply-replies", "*/5 * * * * *", sweep => sweep.ApplyRepliesAsync(CancellationToken.None)),
        ("send-answers", "*/10 * * * * *", sweep => sweep.AnswerAsync(CancellationToken.None)),
        ("send-confirmations", "*/10 * * * * *", sweep => sweep.ConfirmAsync(CancellationToken.None)),
        ("draw-rounds", "*/5 * * * * *", sweep => sweep.ExpandAsync(CancellationToken.None)),
        ("dispatch-due", "*/5 * * * * *", sweep => sweep.DispatchAsync(CancellationToken.None)),
        ("ask-unconfirmed", "*/5 * * * * *", sweep => sweep.AskAsync(CancellationToken.None)),
        ("watch-calls", "*/5 * * * * *", sweep => sweep.WatchCallsAsync(CancellationToken.None)),
        ("release-leases", "*/5 * * * * *", sweep => sweep.ReleaseAsync(CancellationToken.None)),
        ("sign-head", "0 * * * * *", sweep => sweep.SignHeadAsync(CancellationToken.None)),
        ("report-shadow", "10 * * * * *", sweep => sweep.ReportShadowAsync(CancellationToken.None)),
        ("archive-old", "20 */10 * * * *", sweep => sweep.ArchiveAsync(CancellationToken.None)),
        ("erase-old", "40 */10 * * * *", sweep => sweep.EraseAsync(CancellationToken.None)),
    ];

    internal static void AddJobs(this IServiceCollection services, StorageOptions storage)
    {
        services.AddSingleton<SweepTurns>().AddTransient<Sweep>();
        services.AddHangfire(hangfire =>
        {
            hangfire.UseSimpleAssemblyNameTypeSerializer().UseRecommendedSerializerSettings();
            if (storage.IsPostgreSql)
            {
                hangfire.UsePostgreSqlStorage(
                    to => to.UseNpgsqlConnection(storage.PostgreSqlConnection),
                    new PostgreSqlStorageOptions
                    {
                        QueuePollInterval = TimeSpan.FromSeconds(1),
                        EnableLongPolling = true,
                        UseSlidingInvisibilityTimeout = true,
                        InvisibilityTimeout = TimeSpan.FromSeconds(30),
                        // A process killed while it holds a lock leaves it behind; by default nobody could start for ten minutes. Jobs are doorbells: two at once do no harm.
                        DistributedLockTimeout = TimeSpan.FromSeconds(10),
                    });
            }
            else
            {
                hangfire.UseInMemoryStorage(new InMemoryStorageOptions { MaxExpirationTime = TimeSpan.FromMinutes(10) });
            }

            hangfire.UseFilter(new ForgetSoon());
        });
        services.AddHangfireServer(server =>
        {
            server.SchedulePollingInterval = TimeSpan.FromSeconds(1);
            server.WorkerCount = 4;
        });
    }

    internal static void UseJobs(this IServiceProvider services)
    {
        var recurring = services.GetRequiredService<IRecurringJobManager>();
        foreach (var (name, cron, run) in All) recurring.AddOrUpdate(name, run, cron);
    }
}
