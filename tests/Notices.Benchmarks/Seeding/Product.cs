using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Notices.Access;
using Notices.Audience;
using Notices.Audit;
using Notices.Benchmarks.Protocol;
using Notices.Outages;
using Notices.Publishing;
using Notices.Setup;
using Notices.Testing;

namespace Notices.Benchmarks.Seeding;

/// <summary>The product as its commands put it together, on a database of the benchmark's.</summary>
internal static class Product
{
    private static readonly AuditOptions Keys = SharedKeys();

    private static readonly Actor Planner = new("planner", new HashSet<Role> { Role.Dispatcher }, "/");
    private static readonly Actor Approver = new("approver", new HashSet<Role> { Role.Approver }, "/");

    /// <param name="more">Further settings.</param>
    internal static WebApplication Make(
        DatabaseKind kind, string connection, TimeProvider clock, HostRole role = HostRole.Web, Uri? sink = null, IReadOnlyDictionary<string, string?>? more = null)
    {
        var settings = Settings(kind, connection, sink);
        foreach (var (name, value) in more ?? new Dictionary<string, string?>()) settings[name] = value;

        return NoticesHost.Create(new HostRequest("http://127.0.0.1:0", role, settings, clock, Quiet: true));
    }

    /// <param name="sink">Where the sandbox carrier posts; null for its outbox.</param>
    internal static Dictionary<string, string?> Settings(DatabaseKind kind, string connection, Uri? sink = null)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Database:Provider"] = kind == DatabaseKind.PostgreSql ? "postgresql" : "sqlite",
            ["Database:ConnectionString"] = connection,
            ["Audit:PersonalDataKey"] = Keys.PersonalDataKey,
            ["Audit:SigningKey"] = Keys.SigningKey,
            ["Providers:main:Channel"] = "sandbox",
        };
        if (sink is not null) settings["Providers:main:BaseAddress"] = sink.ToString();

        return settings;
    }

    /// <summary>The same as environment variables, for a command in a process of its own.</summary>
    internal static void Set(IDictionary<string, string?> environment, Dictionary<string, string?> settings)
    {
        foreach (var (name, value) in settings) environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
    }

    /// <summary>Plans, submits and approves, as people would.</summary>
    internal static async Task PlanAsync(IServiceProvider services, PlanOutage plan)
    {
        await using var scope = services.CreateAsyncScope();
        var (planning, desk) = (scope.ServiceProvider.GetRequiredService<OutagePlanning>(), scope.ServiceProvider.GetRequiredService<OutageDesk>());
        var planned = Must(await planning.PlanAsync(plan, Planner, default));
        Must(await desk.SubmitAsync(planned.Number, new SubmitOutage(), Planner, default));
        Must(await desk.ApproveAsync(planned.Number, new ApproveOutage(), Approver, default));
    }

    internal static async Task<int> PublishAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();

        return await scope.ServiceProvider.GetRequiredService<NoticePublisher>().PublishDueAsync(default);
    }

    internal static async Task<int> ExpandAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();

        return await scope.ServiceProvider.GetRequiredService<RoundExpansion>().ExpandDueAsync(default);
    }

    /// <exception cref="BenchmarkException">The chain does not verify.</exception>
    internal static async Task VerifyAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var verdict = Must(await scope.ServiceProvider.GetRequiredService<AuditVerifier>().VerifyAsync(Actor.System, null, null, default));
        if (!verdict.Ok) throw new BenchmarkException($"The audit chain does not verify: {verdict.Fault}");
    }

    /// <summary>One pair for all processes of a run, handed down by the environment, so that any of them can verify.</summary>
    private static AuditOptions SharedKeys()
    {
        const string personal = "Audit__PersonalDataKey", signing = "Audit__SigningKey";
        if (Environment.GetEnvironmentVariable(personal) is { } known && Environment.GetEnvironmentVariable(signing) is { } pair)
            return new AuditOptions { PersonalDataKey = known, SigningKey = pair };

        var keys = AuditOptions.Fresh();
        Environment.SetEnvironmentVariable(personal, keys.PersonalDataKey);
        Environment.SetEnvironmentVariable(signing, keys.SigningKey);

        return keys;
    }

    /// <summary>Makes the keys before the first process is started.</summary>
    internal static void ShareKeys() => _ = Keys;

    private static T Must<T>(Result<T> result) =>
        result.Ok ? result.Value! : throw new BenchmarkException(string.Join("; ", result.Problems.Select(p => $"{p.Code} {p.Field} {System.Text.Json.JsonSerializer.Serialize(p.Values)}")));
}
