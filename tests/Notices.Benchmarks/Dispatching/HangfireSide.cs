using System.Diagnostics;
using Hangfire;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Notices.Benchmarks.Protocol;
using Notices.Benchmarks.Seeding;
using Notices.Channels.Sandbox;
using Notices.Deliveries;

namespace Notices.Benchmarks.Dispatching;

/// <summary>What a job a recipient would cost: each enqueued, run and posted by the same request code.</summary>
public static class HangfireSide
{
    private static SandboxPost? post;
    private static string text = "";
    private static int left;
    private static TaskCompletionSource done = new();

    internal static async Task ServeAsync(string[] args)
    {
        using var client = post = new SandboxPost(new Uri(args[1]));
        var options = new PostgreSqlStorageOptions { QueuePollInterval = TimeSpan.FromSeconds(1), EnableLongPolling = true, UseSlidingInvisibilityTimeout = true, InvisibilityTimeout = TimeSpan.FromSeconds(30) };
        var storage = new PostgreSqlStorage(new NpgsqlConnectionFactory(args[0], options), options);
        using var server = new BackgroundJobServer(new BackgroundJobServerOptions { SchedulePollingInterval = TimeSpan.FromSeconds(1) }, storage);
        var jobs = new BackgroundJobClient(storage);
        await SideProcess.ServeAsync(async order =>
        {
            var count = int.Parse(order[0], null);
            (text, left, done) = (order[1], count, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            var began = Stopwatch.GetTimestamp();
            for (var id = 1; id <= count; id++)
            {
                var recipient = id;
                jobs.Enqueue(() => PostAsync(recipient));
            }

            await done.Task;

            return SideProcess.Number(count / Stopwatch.GetElapsedTime(began).TotalSeconds);
        });
    }

    /// <summary>The job.</summary>
    public static async Task PostAsync(long recipient)
    {
        var outcome = await post!.SendAsync(new OutgoingMessage(recipient, Medium.Sms, "+8613800000001", "zh-CN", null, text, null, County.Start), default);
        if (outcome.Kind != SendOutcomeKind.Accepted) done.TrySetException(new InvalidOperationException($"Not accepted: {outcome.Detail}"));
        if (Interlocked.Decrement(ref left) == 0) done.TrySetResult();
    }
}
