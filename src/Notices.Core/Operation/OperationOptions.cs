namespace Notices.Operation;

/// <summary>What an installation is for.</summary>
public enum OperationMode
{
    /// <summary>People are told.</summary>
    Live,

    /// <summary>演练: everything as in life, at full size, and nothing leaves this machine.</summary>
    Drill,

    /// <summary>试运行: real plans, everything as in life, and nothing is sent or shown to the public; a report a day says what would have been.</summary>
    Shadow,
}

/// <summary>The section <c>Operation</c>.</summary>
public sealed class OperationOptions
{
    /// <summary>The name of an <see cref="OperationMode"/>. As text, so that a wrong one is told as a sentence.</summary>
    public string Mode { get; set; } = "live";

    public bool IsDrill => Mode.Equals(DatabaseMode.Drill, StringComparison.OrdinalIgnoreCase);

    public bool IsShadow => Mode.Equals(DatabaseMode.Shadow, StringComparison.OrdinalIgnoreCase);

    /// <summary>People are told.</summary>
    public bool IsLive => !IsDrill && !IsShadow;

    /// <summary>The mark a database of this mode bears; null for a real one.</summary>
    internal string? Mark => IsDrill ? DatabaseMode.Drill : IsShadow ? DatabaseMode.Shadow : null;

    internal IEnumerable<string> Faults()
    {
        if (IsLive && !Mode.Equals("live", StringComparison.OrdinalIgnoreCase)) yield return $"Operation:Mode is '{Mode}'; it must be live, drill or shadow.";
    }
}
