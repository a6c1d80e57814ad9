namespace Notices.Setup;

/// <summary>A page of a list.</summary>
/// <param name="Next">Pass as <c>after</c> for the following page; null on the last.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
