namespace Notices.Shared;

/// <summary>A column of a <see cref="FigureTable"/>.</summary>
/// <param name="Tone">How its part of the bar is drawn, a class <c>f-…</c> of the style sheet; empty for a total, which is no part of it.</param>
public sealed record FigureColumn(string Name, string Tone = "");

/// <summary>A number, and where that is listed which it is made of.</summary>
/// <param name="Address">Null where nothing lists it.</param>
public sealed record Figure(long Count, string? Address);

/// <summary>A line of numbers, one for each column.</summary>
/// <param name="Address">Of a page about what the line stands for.</param>
public sealed record FigureRow(string Name, IReadOnlyList<Figure> Figures, string? Address = null, bool IsSum = false);
