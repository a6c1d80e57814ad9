using Notices.Network;
using Notices.Outages;
using Notices.Policy;
using Notices.Publishing;
using Notices.Words;

namespace Notices.Ringing;

/// <summary>What a ring says: one sentence a kind, in the reader's language (<c>Words/Labels</c>).</summary>
internal static class RingWords
{
    /// <param name="deadline">By when the notice must be out; for a plan that waits for approval.</param>
    internal static (string Subject, string Body) Of(MomentKind kind, Outage outage, DateTimeOffset? deadline, DateTimeOffset now, string language)
    {
        var organisation = outage.Organisation!;
        var zone = TimeZoneInfo.FindSystemTimeZoneById(organisation.TimeZone);
        var words = new TimeWords(language, TimeStyle.Short, zone, DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime));
        string? At(DateTimeOffset? instant, bool end = false)
        {
            if (instant is not { } at) return null;
            var (day, minutes) = words.Local(at, end);

            return words.At(day, minutes);
        }

        var start = outage.Windows.Count > 0 ? outage.Windows.Min(w => w.StartsAt) : outage.StartedAt;
        var end = outage.ExpectedAt ?? (outage.Windows.Count > 0 ? outage.Windows.Max(w => w.EndsAt) : (DateTimeOffset?)null);
        var values = new
        {
            signature = organisation.LocalSignature.In(language),
            number = outage.Number,
            line = Line(outage, language),
            start = At(start),
            deadline = At(deadline, true) ?? At(start),
            end = At(end, true),
            by = At(outage.NextUpdateBy),
        };

        return (Sentences.Label("ring-subject", values, language), Sentences.Label(Code(kind), values, language));
    }

    private static string Code(MomentKind kind) => kind switch
    {
        MomentKind.RingApprover => "ring-approver",
        MomentKind.RingDeputy => "ring-deputy",
        MomentKind.RingDutyLeader => "ring-duty-leader",
        MomentKind.AskOwner => "ring-owner",
        MomentKind.AskSecondPerson => "ring-second",
        MomentKind.NextUpdateOwed => "ring-next-update",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>The feeders; where none is known the places.</summary>
    private static string Line(Outage outage, string language)
    {
        var english = language == Languages.English;
        var feeders = outage.Scope.Select(s => s.Feeder ?? s.Section?.Feeder ?? s.Transformer?.Feeder).OfType<Feeder>().DistinctBy(f => f.Code)
            .OrderBy(f => f.Code, StringComparer.Ordinal).Select(f => english ? f.NameEn ?? f.Name : f.Name).ToList();
        var names = feeders.Count > 0 ? feeders : [.. outage.Places.Select(p => p.Name)];

        return string.Join(english ? ", " : "、", names.Take(2)) + (names.Count > 2 ? english ? "…" : "等" : "");
    }
}
