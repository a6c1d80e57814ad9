using System.CommandLine;
using Notices.Access;
using Notices.Network;
using Notices.Outages;
using Notices.Publishing;
using Notices.Words;

namespace Notices.Commands;

/// <summary><c>emergency</c>: declares and sends.</summary>
internal static class EmergencyCommand
{
    internal static Command Make()
    {
        var feeders = new Option<string[]>("--feeder") { Description = "Codes of the feeders that are cut.", Required = true, AllowMultipleArgumentsPerToken = true };
        var restoration = new Option<string?>("--restoration") { Description = $"Supply is expected back then; {Moment.Form}." };
        var next = new Option<string?>("--next-update") { Description = $"Not yet known when supply is back: the next word comes by then; {Moment.Form}." };
        var reason = new Option<string>("--reason") { Description = "Why. A text, or a code of config/reasons.json.", Required = true };
        var planned = Choice.Maybe<PlannedFate>("--planned-outages", "What becomes of planned outages of the same transformers at that time; without it they stay as announced.");
        var command = new Command("emergency", "Declares an emergency cut: it is published at once, and everyone affected is called and texted.") { feeders, restoration, next, reason, planned };
        command.Validators.Add(result =>
        {
            if (result.GetResult(restoration) is null == result.GetResult(next) is null) result.AddError("Give either --restoration or --next-update.");
        });
        command.SetAction((parsed, stopping) => Tool.ReadAsync(
            (services, actor) => DeclareAsync(
                services, actor, parsed.GetRequiredValue(feeders), parsed.GetValue(restoration), parsed.GetValue(next), parsed.GetRequiredValue(reason), parsed.GetValue(planned), stopping), stopping));

        return command;
    }

    private static async Task<int> DeclareAsync(
        IServiceProvider services, Actor actor, string[] feeders, string? restoration, string? nextUpdate, string reason, PlannedFate? planned, CancellationToken stopping)
    {
        var organisation = await services.GetRequiredService<OrganisationDirectory>().OfFeederAsync(feeders[0], actor, stopping);
        if (organisation.Value is not { } owner) return Tool.Refuse(organisation.Problems);

        var zone = TimeZoneInfo.FindSystemTimeZoneById(owner.TimeZone);
        var (back, word) = (Moment.Read(restoration, "--restoration", zone), Moment.Read(nextUpdate, "--next-update", zone));
        if (!back.Ok || !word.Ok) return Tool.Refuse([.. back.Problems, .. word.Problems]);

        var declared = await services.GetRequiredService<EmergencyDesk>().DeclareAsync(
            new PlanOutage
            {
                Kind = OutageKind.Emergency,
                Organisation = owner.Code,
                Feeders = feeders,
                Reason = LocalText.Same(reason),
                EstimatedRestoration = back.Value,
                NextUpdateBy = word.Value,
                PlannedOutages = planned,
            }, actor, stopping);
        if (declared.Value is not { } outage) return Tool.Refuse(declared.Problems);

        // Before the public at once, even where no service runs; a running one claims the row no second time, and sends.
        await services.GetRequiredService<NoticePublisher>().PublishDueAsync(stopping);
        var now = await services.GetRequiredService<OutagePlanning>().FindAsync(outage.Number, actor, stopping);
        Console.WriteLine($"{outage.Number} {Choice.Name(now.Value!.Status)}");
        await Console.Error.WriteLineAsync(now.Value.Notices.Count > 0
            ? "Published. Calls and messages leave as soon as the service runs; a second person still has to review it."
            : "Declared, but not yet published: start the service with `notices serve`.");

        foreach (var overlapped in outage.Overlaps ?? [])
        {
            await Console.Error.WriteLineAsync(overlapped.Fate == PlannedFate.Stays
                ? $"It lies over the planned outage {overlapped.Number}, which stays as announced: cancel that one where it falls away."
                : $"The planned outage {overlapped.Number}, which it lies over, is {Choice.Name(overlapped.Fate)}; its customers are told.");
        }

        return CommandLine.Done;
    }
}
