using System.CommandLine;
using Notices.Access;
using Notices.Outages;
using Notices.Words;

namespace Notices.Commands;

/// <summary><c>outages</c>: the steps of a plan from a shell.</summary>
internal static class OutagesCommand
{
    internal static Command Make() => new("outages", "Lists outages and takes them through their steps.") { List(), Submit(), Approve(), Cancel() };

    private static Command List()
    {
        var status = Choice.Maybe<OutageStatus>("--status", "Only those in this state:");
        var kind = Choice.Maybe<OutageKind>("--kind", "Only of this kind:");
        var organisation = new Option<string?>("--organisation") { Description = "Only of this organisation (code) and those below it." };
        var limit = new Option<int>("--limit") { Description = "At most so many, the newest.", DefaultValueFactory = _ => 50 };
        var command = new Command("list", "Lists outages, newest first.") { status, kind, organisation, limit };
        command.SetAction((parsed, stopping) => Tool.ReadAsync(async (services, actor) =>
        {
            var found = await services.GetRequiredService<OutagePlanning>().ListAsync(
                new OutageQuery(Kind: parsed.GetValue(kind), Status: parsed.GetValue(status), Organisation: parsed.GetValue(organisation), Limit: Math.Clamp(parsed.GetValue(limit), 1, 10_000)),
                actor, stopping);
            Tool.Table(
                ["number", "status", "kind", "starts", "ends", "feeders", "places"],
                found.Select(o => new[]
                {
                    o.Number, Choice.Name(o.Status), Choice.Name(o.Kind), Tool.Time(o.Windows is [var first, ..] ? first.StartsAt : o.StartedAt), Tool.Time(o.Windows is [.., var last] ? last.EndsAt : o.EstimatedRestoration),
                    string.Join('|', o.Feeders), string.Join('|', o.Places),
                }));

            return CommandLine.Done;
        }, stopping));

        return command;
    }

    private static Command Submit()
    {
        var number = Number();
        var confirm = new Option<string[]>("--confirm") { Description = "Codes of warnings you have read.", AllowMultipleArgumentsPerToken = true };
        var late = new Option<string?>("--late-reason") { Description = "Why it is announced after the deadline." };
        var command = new Command("submit", "Submits a plan for approval.") { number, confirm, late };
        command.SetAction((parsed, stopping) => DoAsync(
            (services, actor) => services.GetRequiredService<OutageDesk>().SubmitAsync(
                parsed.GetRequiredValue(number), new SubmitOutage(parsed.GetValue(confirm), parsed.GetValue(late)), actor, stopping), stopping));

        return command;
    }

    private static Command Approve()
    {
        var number = Number();
        var late = new Option<string?>("--late-reason") { Description = "Why it is announced after the deadline, where it became late while it waited." };
        var command = new Command("approve", "Approves a plan another person submitted; it then goes out in time by itself.") { number, late };
        command.SetAction((parsed, stopping) => DoAsync(
            (services, actor) => services.GetRequiredService<OutageDesk>().ApproveAsync(parsed.GetRequiredValue(number), new ApproveOutage(parsed.GetValue(late)), actor, stopping), stopping));

        return command;
    }

    private static Command Cancel()
    {
        var number = Number();
        var reason = new Option<string>("--reason") { Description = "Why; printed in the notice. A text, or a code of config/reasons.json.", Required = true };
        var command = new Command("cancel", "Cancels an outage; those told hear so.") { number, reason };
        command.SetAction((parsed, stopping) => DoAsync(
            (services, actor) => services.GetRequiredService<OutageChanges>().CancelAsync(parsed.GetRequiredValue(number), LocalText.Same(parsed.GetRequiredValue(reason)), actor, stopping), stopping));

        return command;
    }

    private static Argument<string> Number() => new("NUMBER") { Description = "The outage's number, such as JX-2026-00012." };

    private static Task<int> DoAsync(Func<IServiceProvider, Actor, Task<Result<OutageView>>> verb, CancellationToken stopping) => Tool.ReadAsync(async (services, actor) =>
    {
        var result = await verb(services, actor);
        if (result.Value is not { } outage) return Tool.Refuse(result.Problems);

        Console.WriteLine($"{outage.Number} {Choice.Name(outage.Status)}");

        return CommandLine.Done;
    }, stopping);
}
