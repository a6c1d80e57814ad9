using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Notices.Deliveries;

/// <summary>The gates of this process: one a provider and kind of traffic, for whoever sends.</summary>
public sealed class ProviderGates
{
    private readonly ConcurrentDictionary<(string Provider, bool Calls), ProviderGate> _gates = new();
    private readonly (IAllowance Allowance, int Here, TimeProvider Machine, ILogger Log) _made;

    internal ProviderGates(IAllowance allowance, DeliveryOptions options, TimeProvider machine, ILogger log) => _made = (allowance, options.Concurrency, machine, log);

    internal ProviderGate Of(Provider provider, Medium medium) => _gates.GetOrAdd((provider.Name, medium == Medium.Voice), static (key, given) => key.Calls
        ? new ProviderGate($"{key.Provider}/calls", given.Limits.CallsPerSecond, given.Limits.CallsAtOnce, Math.Max(given.Made.Here, given.Limits.CallsAtOnce ?? 0), given.Made.Allowance, given.Made.Machine, given.Made.Log)
        : new ProviderGate($"{key.Provider}/messages", given.Limits.MessagesPerSecond, given.Limits.Concurrency, given.Made.Here, given.Made.Allowance, given.Made.Machine, given.Made.Log),
        (provider.Limits, Made: _made));

    /// <summary>What a message costs of a rate; counted only where a limit asks for it.</summary>
    internal static double UnitsOf(OutgoingMessage message, Provider provider) =>
        message.Medium == Medium.Sms && provider.Limits.MessagesPerSecond is not null ? Math.Max(1, SmsText.Measure(message.Body).Parts) : 1;
}
