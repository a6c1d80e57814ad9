namespace Notices.Deliveries;

/// <summary>A channel of which is known where it takes the data of those it reaches, unless <c>Providers:NAME:Country</c> says otherwise. Optional; found by type test.</summary>
public interface IProcessesIn
{
    /// <summary>ISO 3166, two letters; null where it is not known.</summary>
    string? Country { get; }
}
