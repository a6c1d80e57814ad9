using Notices.Publishing;

namespace Notices.Deliveries;

/// <summary>A channel whose provider may send registered texts alone. Optional; found by type test.</summary>
public interface IRegisteredTexts
{
    /// <summary>What is registered there; null where this account sends any text.</summary>
    RegisteredTemplates? Registered { get; }

    /// <summary>What the provider allows in a registered text; null where it sends any text. Known also before anything is registered.</summary>
    RegisteredLimits? Limits { get; }
}
