namespace Notices.Deliveries;

/// <summary>A channel whose provider calls back what became of a message. Optional; found by type test.</summary>
public interface ICalledBack
{
    /// <summary>Where the provider is told to call; null where it is not asked to.</summary>
    CallBack? CallBack { get; }
}

/// <param name="Method">Of HTTP.</param>
public sealed record CallBack(Uri Address, string Method = "POST");

/// <summary>Calls a web hook of our own from outside, without the proof a provider would bring.</summary>
public interface IHookProbe
{
    Task<HookAnswer> CallAsync(CallBack hook, CancellationToken cancellationToken);
}

/// <param name="Status">Of HTTP, where there was an answer.</param>
public sealed record HookAnswer(HookState State, int? Status = null);

public enum HookState
{
    /// <summary>Our service answered that the proof is missing: a provider that brings it is heard.</summary>
    Heard,

    /// <summary>Somebody else answered, or the address is passed on wrongly.</summary>
    Stranger,

    /// <summary>Nobody answered.</summary>
    Silent,

    /// <summary>The certificate does not fit the name, or nobody trusts it.</summary>
    Certificate,
}
