using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Notices.Access;
using Notices.Public;
using Notices.Setup;
using Notices.Shared;
using Notices.Words;

namespace Notices.Outages;

/// <summary>Approving or rejecting by a plain form: for an approver on an old browser, or on a telephone with a bad line.</summary>
internal static class ApprovalPages
{
    private const int LongestBody = 8192;

    public static void MapApprovals(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("/console/approve/{number}").RequireAuthorization(Setup.Access.Approver).ExcludeFromDescription().WithMetadata(new BodyLimit(LongestBody));

        pages.MapGet("", Show);
        pages.MapPost("", Decide);
    }

    private static Task<IResult> Show(string number, HttpContext context, [FromServices] OutagePlanning planning, [FromServices] OutageInsight insight) => PageAsync(number, context, planning, insight, []);

    /// <summary>A decision sent twice finds the state it made and says so; nothing is decided twice.</summary>
    private static async Task<IResult> Decide(string number, HttpContext context, [FromServices] OutagePlanning planning, [FromServices] OutageInsight insight, [FromServices] OutageDesk desk)
    {
        if (await PlainForm.ReadAsync(context) is not { } form) return await PageAsync(number, context, planning, insight, [new Problem("form-expired")]);

        var (reason, actor, stopping) = (form["reason"].ToString().Trim(), context.User.ToActor(), context.RequestAborted);
        var decided = form["decision"] == "reject"
            ? await desk.RejectAsync(number, reason.Length == 0 ? null : LocalText.Same(reason), actor, stopping)
            : await desk.ApproveAsync(number, new ApproveOutage(reason.Length == 0 ? null : reason), actor, stopping);

        return decided.Ok ? Results.Redirect($"/console/outages/{number}") : await PageAsync(number, context, planning, insight, decided.Problems);
    }

    private static async Task<IResult> PageAsync(string number, HttpContext context, OutagePlanning planning, OutageInsight insight, IReadOnlyList<Problem> problems)
    {
        var (actor, stopping, language) = (context.User.ToActor(), context.RequestAborted, context.PageLanguage());
        var found = await planning.FindAsync(number, actor, stopping);
        if (found.Value is not { } outage)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;

            return SignInForm.Told(context, "approve-title", found.Problems);
        }

        var (lead, frame) = (new StringBuilder(), new ConsoleFrame(language, ""));
        string Said(string code) => Pages.Text(frame.Say(code));
        void Fact(string code, string? value) => lead.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Said(code)}</th><td class=\"text\">{Pages.Text(value)}</td></tr>");
        lead.Append("<table><tbody>");
        Fact("number", outage.Number);
        Fact("kind", frame.Say(outage.Kind));
        Fact("status", frame.Say(outage.Status));
        Fact("feeders", string.Join(", ", outage.Feeders.Concat(outage.Sections).Concat(outage.Transformers)));
        foreach (var window in outage.Windows) Fact("window", $"{frame.At(window.StartsAt)} – {frame.At(window.EndsAt)}");
        Fact("reason", frame.Say(outage.Reason));
        Fact("places", string.Join(language == Languages.Chinese ? "、" : ", ", outage.Places));
        Fact("submitted-by", outage.SubmittedBy);
        var schedule = await insight.ScheduleAsync(number, actor, stopping);
        foreach (var line in (schedule.Value?.Notices ?? []).Where(line => line.Type == Publishing.NoticeType.Initial)) Fact("moments", frame.At(line.DueAt) + (line.Deadline is { } deadline ? $" ({frame.Say("deadline")} {frame.At(deadline)})" : ""));
        lead.Append("</tbody></table>");
        if (outage.Difference is { } difference)
        {
            lead.Append(CultureInfo.InvariantCulture, $"<h2>{Pages.Text(frame.Say(difference.Number == outage.Number ? "difference" : "difference-of", new { number = difference.Number }))}</h2><p>{Pages.Text(frame.Say("difference-since", new { by = difference.By, at = frame.At(difference.At) }))}</p>");
            lead.Append(difference.Changes.Count == 0 ? $"<p>{Said("difference-none")}</p>" : "<table><tbody>");
            foreach (var change in difference.Changes)
                lead.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Pages.Text(ChangeWords.Member(change, frame))}</th><td class=\"text\"><del>{Pages.Text(ChangeWords.Before(change, frame))}</del><br><ins>{Pages.Text(ChangeWords.After(change, frame))}</ins></td></tr>");
            if (difference.Changes.Count > 0) lead.Append("</tbody></table>");
        }

        var preview = await insight.PreviewAsync(number, actor, stopping);
        if (preview.Value?.Texts.FirstOrDefault(one => one.Language == language && one.Medium == Publishing.TemplateMedium.Feed) is { } text) lead.Append(CultureInfo.InvariantCulture, $"<blockquote>{Pages.Text(text.Text)}</blockquote>");

        var fields =
            $"""
            <fieldset><legend>{PlainForm.Word("approve-decision", context)}</legend><label><input type="radio" name="decision" value="approve" checked>{Said("Act-Approve")}</label><label><input type="radio" name="decision" value="reject">{Said("Act-Reject")}</label></fieldset>
            {PlainForm.Field(context, "reason", problems, "autocomplete=\"off\"", "approve-reason")}
            """;

        return PlainForm.Page(context, "approve-title", problems, "approve-do", fields, lead.ToString(), $"/console/outages/{number}", "approve-back", "body{max-width:38rem}blockquote{margin:.5rem 0;padding:.5rem .75rem;border-inline-start:4px solid var(--line);white-space:pre-line}th{font-weight:400;color:var(--quiet)}");
    }
}
