namespace Notices.Operation;

/// <summary>What an installation is for.</summary>
public enum OperationMode
{
    /// <summary>People are told.</summary>
    Live,

    /// <summary>演练: everything as in life, at full size, and nothing leaves this machine.</summary>
    Drill,
}

/// <summary>The section <c>Operation</c>.</summary>
public sealed class OperationOptions
{
    /// <summary>The name of an <see cref="OperationMode"/>. As text, so that a wrong one is told as a sentence.</summary>
    public string Mode { get; set; } = "live";

    public bool IsDrill => Mode.Equals("drill", StringComparison.OrdinalIgnoreCase);

    internal IEnumerable<string> Faults()
    {
        if (!IsDrill && !Mode.Equals("live", StringComparison.OrdinalIgnoreCase)) yield return $"Operation:Mode is '{Mode}'; it must be live or drill.";
    }
}
