using Notices.Deliveries;
using Notices.Outages;
using Notices.Policy;
using Notices.Storage;

namespace Notices.Audience;

/// <summary>Draws the relay persons of a round, with tier 0: a message each that says which places to tell. They are no recipients and stand beside the snapshot.</summary>
internal sealed class RelayDrawing(NoticesDb db, PolicyBook policy, DrawingTexts texts)
{
    private readonly SetStatements _set = new(db);
    private readonly RelaySql _sql = new(db is PostgreSqlNoticesDb);

    /// <param name="parameters">Those of tier 0.</param>
    /// <returns>How many are asked, by how many messages; null when a text cannot be written.</returns>
    internal async Task<(int Persons, int Messages)?> DrawAsync(Drawing drawing, Dictionary<string, object?> parameters, CancellationToken cancellationToken)
    {
        var (type, partly) = (drawing.Facts.Type, drawing.Outage!.Status == OutageStatus.PartlyRestored);
        var media = Media(policy.Options.ContactsFor(drawing.Facts.Kind ?? OutageKind.Planned, 0));
        if (media.Count == 0 || RelaySql.Condition(drawing.Audience, type, partly) is not { } condition) return (0, 0);

        var persons = await _set.RunAsync(_sql.Tellings(condition, type, partly), parameters, cancellationToken);
        if (persons == 0) return (0, 0);

        var messages = 0;
        foreach (var medium in media)
        {
            if (await texts.ParametersAsync(drawing, medium, RoundText.Relay, parameters, cancellationToken) is false) return null;

            messages += (await _set.RunAllAsync(_sql.Messages(DrawingParameters.Condition(drawing, parameters)), parameters, cancellationToken))[0];
        }

        return (persons, messages);
    }

    /// <summary>A short message, and a call where tier 0 gets both at once.</summary>
    private static List<Medium> Media(ContactPlan plan) =>
        plan.Media.Count == 0 ? [] : plan.Mode == ContactMode.AllAtOnce && plan.Media.Contains(Medium.Voice) ? [Medium.Sms, Medium.Voice] : [Medium.Sms];
}
