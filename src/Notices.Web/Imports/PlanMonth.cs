using System.Globalization;

namespace Notices.Imports;

/// <summary>The month a plan is for, as people and browsers write it.</summary>
internal static class PlanMonth
{
    /// <returns>Null where none is given; refused where it is not like <c>2026-12</c>.</returns>
    internal static Result<(int Year, int Month)?> Read(string? text) =>
        string.IsNullOrEmpty(text) ? Result<(int Year, int Month)?>.Of(null)
        : DateTime.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first) ? (first.Year, first.Month)
        : new Problem("import-month", "month", new { value = text }, ProblemKind.Unreadable);
}
