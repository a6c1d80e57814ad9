using System.Collections.Immutable;
using Notices.Deliveries;

namespace Notices.Channels.Sandbox;

/// <summary>What a pretended carrier does with a message.</summary>
/// <param name="Outcome">What it answers.</param>
/// <param name="Delay">Machine time before it answers.</param>
/// <param name="RetryAfter">What it asks for with <see cref="SendOutcomeKind.TryLater"/>.</param>
/// <param name="Call">How a call ends; null: a person answers and presses 1.</param>
/// <param name="Receipt">What the receipt of an accepted message says; null: none comes.</param>
/// <param name="ReceiptTwice">Carriers do repeat receipts.</param>
public sealed record SandboxBehaviour(
    SendOutcomeKind Outcome = SendOutcomeKind.Accepted, TimeSpan Delay = default, TimeSpan? RetryAfter = null, CallResult? Call = null,
    DeliveryState? Receipt = DeliveryState.Delivered, bool ReceiptTwice = false)
{
    /// <summary>Everything is delivered, every call answered.</summary>
    public static readonly SandboxBehaviour Delivers = new();

    /// <summary>The words a setting <c>Providers:NAME:Rules:SUFFIX</c> may use.</summary>
    public static readonly IReadOnlyDictionary<string, SandboxBehaviour> Words = new Dictionary<string, SandboxBehaviour>(StringComparer.Ordinal)
    {
        ["deliver"] = Delivers,
        ["deliver-twice"] = Delivers with { ReceiptTwice = true },
        ["silent"] = Delivers with { Receipt = null },
        ["fail"] = Delivers with { Receipt = DeliveryState.Failed },
        ["try-later"] = new(SendOutcomeKind.TryLater),
        ["refuse"] = new(SendOutcomeKind.Refused),
        ["unknown"] = new(SendOutcomeKind.Unknown),
        ["slow"] = Delivers with { Delay = TimeSpan.FromSeconds(5) },
        ["person"] = new(Call: new CallResult("person", null, 20)),
        ["mailbox"] = new(Call: new CallResult("mailbox", null, 8)),
        ["no-answer"] = new(Call: new CallResult("no-answer")),
        ["busy"] = new(Call: new CallResult("busy")),
        ["hang-up"] = new(Call: new CallResult("refused")),
        ["wrong-number"] = new(Call: new CallResult("wrong-number", null, 4)),
        ["unreachable"] = new(Call: new CallResult("unreachable")),
    };
}

/// <summary>How the pretended carriers behave now, by the end of the address; the longest matching end counts. May be changed while messages flow.</summary>
public sealed class SandboxRules
{
    private ImmutableList<(string Suffix, SandboxBehaviour Behaviour)> _rules = [];

    /// <summary>For addresses without a rule of their own.</summary>
    public SandboxBehaviour Default { get; set; } = SandboxBehaviour.Delivers;

    /// <summary>Rules in force, the longest suffix first.</summary>
    public IReadOnlyList<(string Suffix, SandboxBehaviour Behaviour)> Rules => _rules;

    public void Set(string suffix, SandboxBehaviour behaviour) => ImmutableInterlocked.Update(
        ref _rules, rules => [.. rules.RemoveAll(rule => rule.Suffix == suffix).Add((suffix, behaviour)).OrderByDescending(rule => rule.Suffix.Length)]);

    public void Clear() => (_rules, Default) = ([], SandboxBehaviour.Delivers);

    internal SandboxBehaviour For(string address)
    {
        foreach (var (suffix, behaviour) in _rules)
        {
            if (address.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) return behaviour;
        }

        return Default;
    }
}
