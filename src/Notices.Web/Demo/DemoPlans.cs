using Notices.Access;
using Notices.Audience;
using Notices.Deliveries;
using Notices.Outages;
using Notices.Publishing;
using Notices.Words;

namespace Notices.Demo;

/// <summary>Nine days in the life of the county, lived through by the methods the API calls: plans told in time, one moved, one cancelled, one running, one about to start, a fault.</summary>
internal sealed class DemoPlans(IServiceScopeFactory scopes, DemoClock clock)
{
    private static readonly Actor Dispatcher = new("demo-dispatcher", new HashSet<Role> { Role.Dispatcher }, "/");
    private static readonly Actor Approver = new("demo-approver", new HashSet<Role> { Role.Approver }, "/");
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    internal async Task LiveAsync(CancellationToken stopping)
    {
        var now = TimeProvider.System.GetUtcNow();
        now -= TimeSpan.FromTicks(now.Ticks % TimeSpan.TicksPerMinute);
        var start = TimeZoneInfo.ConvertTime(now, Zone).Date;

        clock.StandAt(At(start.AddDays(-9), 9.5));
        await PlanAsync(0, 0, now.AddMinutes(-50), 4, "grid-upgrade", "replace-poles", stopping); // running by now
        await PlanAsync(0, 1, now.AddMinutes(4), 5, "line-maintenance", "replace-switch", stopping); // starts in four minutes
        var moved = await PlanAsync(0, 2, At(start.AddDays(2), 8), 10, "line-maintenance", "replace-switch", stopping);
        var dropped = await PlanAsync(1, 0, At(start.AddDays(3), 8), 6, "new-connection", "replace-transformer", stopping);
        await PlanAsync(1, 1, now.AddDays(1).AddMinutes(3), 6, "tree-cutting", "tree-cutting", stopping); // its reminder falls due in three minutes
        await GoOnAsync(stopping);

        for (var day = -8; day < 0; day++)
        {
            clock.StandAt(At(start.AddDays(day), 9));
            if (clock.GetUtcNow() < now.AddDays(-1).AddMinutes(-50)) await GoOnAsync(stopping);
        }

        clock.StandAt(now.AddDays(-1).AddMinutes(-50));
        await GoOnAsync(stopping);

        clock.StandAt(now.AddHours(-6));
        await DoAsync<OutageChanges>(c => c.RescheduleAsync(
            moved, new RescheduleOutage([new PlanWindow(At(start.AddDays(11), 8), At(start.AddDays(11), 18))], LocalText.Same("weather")), Dispatcher, stopping));
        await DoAsync<OutageChanges>(c => c.CancelAsync(dropped, LocalText.Same("materials-delayed"), Dispatcher, stopping));
        await GoOnAsync(stopping);

        clock.StandAt(now.AddMinutes(-50));
        await GoOnAsync(stopping);
        clock.StandAt(now.AddMinutes(-20));
        await DoAsync<EmergencyDesk>(desk => desk.DeclareAsync(
            new PlanOutage
            {
                Kind = OutageKind.Fault,
                Organisation = DemoCounty.Counties[1].Code,
                Feeders = [DemoCounty.Feeder(1, 3)],
                StartsAt = now.AddMinutes(-22),
                NextUpdateBy = now.AddMinutes(70),
                Reason = LocalText.Same("wind"),
            }, Dispatcher, stopping));
        clock.StandAt(now.AddMinutes(-14));
        await GoOnAsync(stopping);
        await PlanAsync(1, 4, At(start.AddDays(12), 8), 9, "municipal-works", "replace-poles", stopping);
        clock.StandAt(now);
        await GoOnAsync(stopping);
    }

    private async Task<string> PlanAsync(int county, int line, DateTimeOffset startsAt, double hours, string reason, string work, CancellationToken stopping)
    {
        var plan = new PlanOutage
        {
            Kind = OutageKind.Planned,
            Organisation = DemoCounty.Counties[county].Code,
            Feeders = [DemoCounty.Feeder(county, line)],
            Windows = [new PlanWindow(startsAt, startsAt.AddHours(hours))],
            Reason = LocalText.Same(reason),
            Work = LocalText.Same(work),
            Owner = "duty@example.org",
        };
        var drafted = await DoAsync<OutagePlanning>(p => p.PlanAsync(plan, Dispatcher, stopping));
        var warnings = drafted.Warnings.Where(w => w.Kind == ProblemKind.Warning).Select(w => w.Code).Distinct().ToList();
        await DoAsync<OutageDesk>(desk => desk.SubmitAsync(drafted.Number, new SubmitOutage(warnings), Dispatcher, stopping));
        await DoAsync<OutageDesk>(desk => desk.ApproveAsync(drafted.Number, new ApproveOutage(), Approver, stopping));

        return drafted.Number;
    }

    /// <summary>What the loops of a running service would do at this moment.</summary>
    private async Task GoOnAsync(CancellationToken stopping)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<NoticePublisher>().PublishDueAsync(stopping);
        await scope.ServiceProvider.GetRequiredService<RoundExpansion>().ExpandDueAsync(stopping);
        await scope.ServiceProvider.GetRequiredService<DeliveryDispatcher>().DispatchDueAsync(stopping);
    }

    private async Task<OutageView> DoAsync<T>(Func<T, Task<Result<OutageView>>> act)
        where T : notnull
    {
        await using var scope = scopes.CreateAsyncScope();
        var result = await act(scope.ServiceProvider.GetRequiredService<T>());

        return result.Value ?? throw new InvalidOperationException(string.Join("; ", result.Problems.Select(p => $"{p.Code} {p.Field} {Sentences.Of(p, Languages.English)}")));
    }

    private static DateTimeOffset At(DateTime day, double hour)
    {
        var local = day.AddHours(hour);

        return new DateTimeOffset(local, Zone.GetUtcOffset(local));
    }
}
