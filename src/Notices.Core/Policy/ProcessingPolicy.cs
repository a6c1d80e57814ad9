using Notices.Deliveries;
using PhoneNumbers;

namespace Notices.Policy;

/// <summary>Where providers may process the numbers and texts they are handed.</summary>
/// <param name="Countries">ISO 3166, two letters.</param>
public sealed record ProcessingPolicy(IReadOnlyList<string> Countries, string Source)
{
    /// <summary>A code of ISO 3166 that some country has.</summary>
    internal static bool IsCountry(string text) => PhoneNumberUtil.GetInstance().GetSupportedRegions().Contains(text);

    /// <summary>A sentence for each provider that would take data elsewhere, or does not say where; the service does not start with one.</summary>
    public static IEnumerable<string> Faults(PolicyOptions policy, ProviderDirectory providers)
    {
        if (policy.Processing is not { } processing) yield break;

        var (allowed, file) = (string.Join(", ", processing.Countries), $"config/policy/{policy.Jurisdiction}.json");
        foreach (var provider in providers.Providers)
        {
            if (provider.Country is null)
                yield return $"Providers:{provider.Name}:Country is missing; {file} allows data to be processed in {allowed} alone ({processing.Source}), so every provider must say where it does.";
            else if (!processing.Countries.Contains(provider.Country, StringComparer.Ordinal))
                yield return $"Providers:{provider.Name} processes data in {provider.Country}; {file} allows {allowed} alone ({processing.Source}). Use another provider, or set Providers:{provider.Name}:Country if it is processed elsewhere by contract.";
        }
    }
}
