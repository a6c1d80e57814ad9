using System.Globalization;
using System.Text.Json;
using Notices.Deliveries;
using Notices.Replies;

namespace Notices.Channels.HttpGateway;

/// <summary>Reads receipts and replies out of what a platform says, polled or called back. What cannot be read is counted, and the rest stands.</summary>
/// <param name="keyOf">What a message of a batch is filed under, by batch id and number in E.164.</param>
internal sealed class ReportReading(string provider, GatewayProfile profile, Func<string?, string, string?> keyOf)
{
    /// <param name="now">Domain time: stands for times that are missing or lie ahead.</param>
    internal PollAnswer Read(PollKind kind, JsonElement answer, JsonPath? acknowledgeId, DateTimeOffset now)
    {
        var shape = (kind == PollKind.Receipts ? profile.Receipts : profile.Replies)!.Item;
        if (shape.Items.Find(answer) is not { } found) return new PollAnswer([], [], 0, null, []);

        var items = found.ValueKind == JsonValueKind.Array ? [.. found.EnumerateArray()] : new List<JsonElement> { found };
        var (receipts, replies, unreadable, ids) = (new List<ReceiptNews>(), new List<InboundText>(), 0, new List<string>());
        foreach (var item in items)
        {
            var before = receipts.Count + replies.Count;
            if (kind == PollKind.Receipts) unreadable += Receipts(shape, item, now, receipts) ? 0 : 1;
            else if (Reply(shape, item, now) is { } reply) replies.Add(reply);
            else unreadable++;
            // What cannot be read stays with the platform, where somebody may look for it.
            if (acknowledgeId?.Read(item) is { } id && (receipts.Count + replies.Count > before || Waits(shape, item))) ids.Add(id);
        }

        return new PollAnswer(receipts, replies, unreadable, null, ids);
    }

    private static bool Waits(ItemShape shape, JsonElement item) => shape.Status?.Read(item) is { } status && shape.Waiting.Any(wanted => AnswerTranslation.IsValue(wanted, status));

    /// <returns>False where it could not be read.</returns>
    private bool Receipts(ItemShape shape, JsonElement item, DateTimeOffset now, List<ReceiptNews> receipts)
    {
        if (shape.Status!.Read(item) is not { } status) return false;
        if (Waits(shape, item)) return true;

        var state = shape.Delivered.Any(wanted => AnswerTranslation.IsValue(wanted, status)) ? DeliveryState.Delivered : DeliveryState.Failed;
        var detail = state == DeliveryState.Failed ? AnswerTranslation.Code(shape.Code?.Read(item)) ?? AnswerTranslation.Code(status) ?? "failed" : null;
        var (id, at) = (shape.Id?.Read(item), TimeOf(shape, item, now) ?? now);
        var delivery = long.TryParse(shape.Delivery?.Read(item), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (long?)null;
        var before = receipts.Count;
        if (profile.Batch is null || shape.Number is null)
        {
            if (id is { Length: > 0 } || delivery is not null) receipts.Add(new ReceiptNews(provider, id is { Length: > 0 } ? id : null, delivery, state, at, detail));
        }
        else
        {
            // Some platforms name several numbers in one report.
            foreach (var one in Numbers(shape.Number.Find(item)))
            {
                if (profile.Numbers.Read(one) is { } address && keyOf(id, address) is { } key) receipts.Add(new ReceiptNews(provider, key, null, state, at, detail));
            }
        }

        return receipts.Count > before;
    }

    private InboundText? Reply(ItemShape shape, JsonElement item, DateTimeOffset now)
    {
        var at = TimeOf(shape, item, now);

        return shape.Number!.Read(item) is { } number && profile.Numbers.Read(number) is { } from && shape.Text!.Read(item) is { } text
            ? new InboundText(provider, shape.Id?.Read(item), from, shape.To?.Read(item), text, at ?? now) { Untimed = at is null }
            : null;
    }

    private static IEnumerable<string> Numbers(JsonElement? value) => value switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } many => many.EnumerateArray().Select(JsonPath.Written).OfType<string>(),
        { } one => JsonPath.Written(one)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
    };

    /// <returns>Null where none is told, or none that can be.</returns>
    private DateTimeOffset? TimeOf(ItemShape shape, JsonElement item, DateTimeOffset now)
    {
        if (shape.At?.Read(item) is not { } text) return null;

        DateTimeOffset at;
        if (shape.TimeFormat is null)
        {
            if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at)) return null;
        }
        else if (!DateTime.TryParseExact(text, shape.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)) return null;
        else at = new DateTimeOffset(local, profile.Zone.GetUtcOffset(local)).ToUniversalTime();

        // A clock of theirs that goes ahead must not date a message later than it was read; one that is days off says nothing.
        return at > now || at < now - TimeSpan.FromDays(7) ? null : at;
    }
}
