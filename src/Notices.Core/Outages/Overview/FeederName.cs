using System.Linq.Expressions;
using Notices.Words;

namespace Notices.Outages;

/// <summary>How lists call what an outage cuts: by the feeder, also where it is a part of one.</summary>
internal sealed record FeederName(string Name, string? NameEn)
{
    /// <summary>Read by the database, of each line of a scope.</summary>
    internal static readonly Expression<Func<OutageScope, FeederName>> Of = s => new FeederName(
        s.Feeder != null ? s.Feeder.Name : s.Section != null ? s.Section.Feeder!.Name : s.Transformer!.Feeder!.Name,
        s.Feeder != null ? s.Feeder.NameEn : s.Section != null ? s.Section.Feeder!.NameEn : s.Transformer!.Feeder!.NameEn);

    /// <summary>Each once.</summary>
    internal static IReadOnlyList<LocalText> Texts(IEnumerable<FeederName> names) => [.. names.Distinct().Select(one => new LocalText(one.Name, one.NameEn ?? one.Name))];
}
