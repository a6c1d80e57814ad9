using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Notices.Access;
using Notices.Network;
using Notices.Outages;
using Notices.Public;
using Notices.Setup;
using Notices.Shared;
using Notices.Words;

namespace Notices.Emergencies;

/// <summary>Declaring an emergency or a fault: three fields, a picture of who will be told, the feeder's code typed, and it is out. Plain pages, since a storm takes lines down.</summary>
internal static class EmergencyPages
{
    private const int LongestBody = 16 << 10;

    public static void MapEmergencyPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("/console/emergency").RequireAuthorization(Setup.Access.Dispatcher).ExcludeFromDescription().WithMetadata(new BodyLimit(LongestBody));

        pages.MapGet("", Show);
        pages.MapGet("confirm", Ask);
        pages.MapPost("confirm", Declare);
    }

    private static async Task<IResult> Show(HttpContext context, [FromServices] GridBrowser grid) => await FormAsync(context, grid, EmergencyForm.Of(name => context.Request.Query[name]), []);

    /// <summary>Changes nothing: one may go back to it, and load it again.</summary>
    private static async Task<IResult> Ask(HttpContext context, [FromServices] Foreseeing foreseeing, [FromServices] GridBrowser grid)
    {
        var form = EmergencyForm.Of(name => context.Request.Query[name]);
        var foreseen = await foreseeing.ReadAsync(form, context.User.ToActor(), context.RequestAborted);

        return foreseen.Value.Outage is { } outage ? Confirm(context, form, outage, form.Typed is null ? [] : [Differs(form)]) : await FormAsync(context, grid, form, foreseen.Problems);
    }

    private static async Task<IResult> Declare(
        HttpContext context, [FromServices] Foreseeing foreseeing, [FromServices] GridBrowser grid, [FromServices] EmergencyDesk desk, [FromServices] Idempotency once)
    {
        var sent = await PlainForm.ReadAsync(context);
        var form = EmergencyForm.Of(name => sent is null ? context.Request.Query[name] : sent[name]);
        var (actor, stopping) = (context.User.ToActor(), context.RequestAborted);
        var foreseen = await foreseeing.ReadAsync(form, actor, stopping);
        if (foreseen.Value.Outage is not { } outage) return await FormAsync(context, grid, form, foreseen.Problems);
        if (sent is null) return Confirm(context, form, outage, [new Problem("form-expired")]);
        if (form.FirstFeeder?.Equals(form.Typed, StringComparison.OrdinalIgnoreCase) != true) return Results.Redirect("/console/emergency/confirm" + form.ToQuery());

        // The same form sent twice, by a double click or by a browser that goes back, is one declaration.
        var (verdict, row) = await once.BeginAsync(context.User.Holder()!, "/console/emergency", form.Key, Encoding.UTF8.GetBytes(form.Key), stopping);
        if (verdict != IdempotencyVerdict.Fresh) return Results.Redirect(row.Answer is { } number ? $"/console/outages/{number}" : "/console");

        var declared = Result<OutageView>.Refused([]);
        try
        {
            declared = await desk.DeclareAsync(foreseen.Value.Plan, actor, stopping);
        }
        finally
        {
            // Refused or failed: the same form may try again at once.
            if (declared.Value is null) await once.ReleaseAsync(row.Id, CancellationToken.None);
        }

        if (declared.Value is null) return await FormAsync(context, grid, form, declared.Problems);

        await once.CompleteAsync(row.Id, StatusCodes.Status302Found, null, null, declared.Value.Number, CancellationToken.None);

        return Results.Redirect($"/console/outages/{declared.Value.Number}");
    }

    private static Problem Differs(EmergencyForm form) => new("feeder-code-differs", "typed", new { feeder = form.FirstFeeder });

    private static async Task<IResult> FormAsync(HttpContext context, GridBrowser grid, EmergencyForm form, IReadOnlyList<Problem> problems)
    {
        var feeders = await grid.AllFeedersAsync(context.User.ToActor(), context.RequestAborted);
        var language = context.PageLanguage();
        var reasons = context.RequestServices.GetRequiredService<ReasonBook>();
        string Check(bool on) => on ? " checked" : "";
        var fields = new StringBuilder();
        fields.Append(CultureInfo.InvariantCulture, $"<fieldset><legend>{PlainForm.Word("emergency-kind", context)}</legend>");
        foreach (var kind in (string[])["emergency", "fault"])
            fields.Append(CultureInfo.InvariantCulture, $"<label><input type=\"radio\" name=\"kind\" value=\"{kind}\"{Check(form.Kind == kind)}>{PlainForm.Word("emergency-" + kind, context)}</label>");
        fields.Append("</fieldset>");
        fields.Append(PlainForm.Field(context, "feeders", problems, $"list=\"known\" autocomplete=\"off\" autofocus value=\"{Pages.Text(form.Feeders)}\" placeholder=\"JX-F03, JX-F04\"", "emergency-feeders"));
        fields.Append(CultureInfo.InvariantCulture, $"<datalist id=\"known\">{string.Concat(feeders.Select(f => $"<option value=\"{Pages.Text(f.Code)}\">{Pages.Text(f.Name.In(language))}</option>"))}</datalist>");
        fields.Append(PlainForm.Field(context, "minutesLeft", problems, $"inputmode=\"numeric\" value=\"{Pages.Text(form.MinutesLeft)}\"", "emergency-minutes"));
        fields.Append(PlainForm.Field(context, "hours", problems, $"inputmode=\"decimal\" value=\"{Pages.Text(form.Hours)}\"", "emergency-hours"));
        fields.Append(CultureInfo.InvariantCulture, $"<fieldset><legend>{PlainForm.Word("emergency-then", context)}</legend>");
        foreach (var promise in (string[])["back", "word"])
            fields.Append(CultureInfo.InvariantCulture, $"<label><input type=\"radio\" name=\"promise\" value=\"{promise}\"{Check(form.Promise == promise)}>{PlainForm.Word("emergency-" + promise, context)}</label>");
        fields.Append(CultureInfo.InvariantCulture, $"</fieldset><label for=\"reason\">{PlainForm.Word("field-emergency-reason", context)}</label><select id=\"reason\" name=\"reason\">");
        foreach (var (code, text) in reasons.Texts) fields.Append(CultureInfo.InvariantCulture, $"<option value=\"{Pages.Text(code)}\"{(form.Reason == code ? " selected" : "")}>{Pages.Text(text.In(language))}</option>");
        fields.Append(CultureInfo.InvariantCulture, $"</select><input type=\"hidden\" name=\"key\" value=\"{Pages.Text(form.Key)}\">");

        return PlainForm.Page(context, "emergency-title", problems, "emergency-next", fields.ToString(), $"<p>{PlainForm.Word("emergency-lead", context)}</p>", "/console", "sign-in-back", asks: "/console/emergency/confirm");
    }

    /// <summary>Who will be told, and the code that says it is meant.</summary>
    private static IResult Confirm(HttpContext context, EmergencyForm form, ForeseenOutage foreseen, IReadOnlyList<Problem> problems)
    {
        var language = context.PageLanguage();
        var (lead, frame) = (new StringBuilder(), new ConsoleFrame(language, ""));
        lead.Append(CultureInfo.InvariantCulture, $"<p class=\"alert\">{PlainForm.Word("emergency-sure", context)}</p><table><caption>{Pages.Text(string.Join(language == Languages.Chinese ? "、" : ", ", foreseen.Places))}</caption><thead><tr><th>{PlainForm.Word("emergency-tier", context)}</th><th>{PlainForm.Word("emergency-people", context)}</th></tr></thead><tbody>");
        foreach (var tier in foreseen.Audience.Tiers) lead.Append(CultureInfo.InvariantCulture, $"<tr><td>{Pages.Text(frame.Tier(tier.Tier))}</td><td>{frame.Count(tier.Customers)}</td></tr>");
        lead.Append(CultureInfo.InvariantCulture, $"</tbody></table><p>{Pages.Text(Sentences.Label("emergency-reached", new { total = frame.Count(foreseen.Audience.SupplyPoints), unreachable = frame.Count(foreseen.Audience.Unreachable) }, language))}</p><blockquote>{Pages.Text(foreseen.Text.In(language))}</blockquote>");
        foreach (var plan in foreseen.Overlaps) lead.Append(CultureInfo.InvariantCulture, $"<p class=\"quiet\">{Pages.Text(Sentences.Label("emergency-overlap", new { plan.Number }, language))}</p>");

        var fields = form.Hidden() + PlainForm.Field(context, "typed", problems, "autocomplete=\"off\" autocapitalize=\"characters\" autofocus", "emergency-typed");

        return PlainForm.Page(
            context, "emergency-confirm", problems, "emergency-send", fields, lead.ToString(), "/console/emergency", "emergency-again", "blockquote{margin:.5rem 0;padding:.5rem .75rem;border-inline-start:4px solid var(--line);white-space:pre-line}", "bad");
    }
}

/// <summary>What a form would declare, and whom that would tell.</summary>
internal sealed class Foreseeing(OrganisationDirectory organisations, OutageInsight insight, TimeProvider clock)
{
    internal async Task<Result<(PlanOutage Plan, ForeseenOutage? Outage)>> ReadAsync(EmergencyForm form, Actor actor, CancellationToken stopping)
    {
        if (form.FirstFeeder is not { } first) return new Problem("scope-missing", "feeders");

        var organisation = await organisations.OfFeederAsync(first.ToUpperInvariant(), actor, stopping);
        if (!organisation.Ok) return Result<(PlanOutage, ForeseenOutage?)>.Refused(organisation.Problems);

        var plan = form.ToPlan(organisation.Value!, clock.GetUtcNow());
        var foreseen = await insight.ForeseeAsync(plan, actor, stopping);

        return foreseen.Ok ? (plan, foreseen.Value) : Result<(PlanOutage, ForeseenOutage?)>.Refused(foreseen.Problems);
    }
}
