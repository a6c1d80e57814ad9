using Notices.Deliveries;
using Notices.Outages;
using Notices.Storage;

namespace Notices.Audience;

/// <summary>Draws the subscribers of a round, after its last tier: a message an address. They are no recipients and stand beside the snapshot.</summary>
internal sealed class SubscriberDrawing(NoticesDb db, DrawingTexts texts)
{
    private readonly SetStatements _set = new(db);
    private readonly SubscriberSql _sql = new(db is PostgreSqlNoticesDb);

    /// <param name="parameters">Those of <see cref="PriorityTier.Subscribers"/>.</param>
    /// <returns>How many subscriptions are told, by how many messages of their own; null when a text cannot be written.</returns>
    internal async Task<(int Subscriptions, int Messages)?> DrawAsync(Drawing drawing, Round round, Dictionary<string, object?> parameters, CancellationToken cancellationToken)
    {
        var places = drawing.Facts.Places;
        for (var i = 0; i < places.Count; i++) parameters[$"@named{i}_"] = places[i].Name;
        var names = string.Join(", ", places.Select((_, i) => $"@named{i}_"));
        if (SubscriberSql.Condition(drawing, names, drawing.Outage?.Status == OutageStatus.PartlyRestored) is not { } condition) return (0, 0);

        var subscriptions = await _set.RunAsync(_sql.Tellings(condition), parameters, cancellationToken);
        if (subscriptions == 0) return (0, 0);

        var messages = 0;
        foreach (var medium in (Medium[])[Medium.Sms, Medium.Email])
        {
            var variant = round.Shortened && medium == Medium.Sms ? RoundText.Storm : "";
            if (await texts.ParametersAsync(drawing, medium, variant, parameters, cancellationToken) is false) return null;

            messages += (await _set.RunAllAsync(_sql.Messages, parameters, cancellationToken))[SubscriberSql.Made];
        }

        return (subscriptions, messages);
    }
}
