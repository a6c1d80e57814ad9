using System.Globalization;
using Microsoft.Extensions.Options;
using Notices.Deliveries;
using Notices.Publishing;
using Notices.Words;

namespace Notices.Channels.HttpGateway;

/// <summary><c>Providers:NAME</c> of an account at a platform a profile describes.</summary>
/// <param name="Values">Settings and secrets by the names the profile gives them.</param>
/// <param name="Registered">Null where the platform sends any text, and while nothing is registered.</param>
internal sealed record HttpGatewayOptions(GatewayProfile Profile, IReadOnlyDictionary<string, string> Values, RegisteredTemplates? Registered = null)
{
    /// <summary>As <c>Templates</c>: nothing is registered yet, and every message is refused.</summary>
    private const string NothingYet = "none";

    internal static HttpGatewayOptions Read(ProviderSettings settings, string home)
    {
        if (settings.Section["Profile"] is not { Length: > 0 } name) throw Fault(settings, [$"{settings.Key("Profile")} is missing: the name of a file of config/gateways, without .json."]);

        var profile = ProfileReader.Load(home, name, settings.Key("Profile"));
        var (values, faults) = (new Dictionary<string, string>(StringComparer.Ordinal), new List<string>());
        foreach (var one in profile.Settings)
        {
            values[one.Name] = settings.Section[one.Name] is { Length: > 0 } given ? given : one.Otherwise ?? "";
            if (one.Otherwise is null && values[one.Name].Length == 0) faults.Add($"{settings.Key(one.Name)} is missing: {one.Means}");
        }

        foreach (var one in profile.Secrets)
        {
            values[one.Name] = settings.Section[one.Name] ?? "";
            if (values[one.Name].Length == 0) faults.Add($"{settings.Key(one.Name)} is missing (environment Providers__{settings.Name}__{one.Name}): {one.Means}");
        }

        if (settings.Section["AllowHttp"] is { Length: > 0 } allow && !bool.TryParse(allow, out _)) faults.Add($"{settings.Key("AllowHttp")} is \"{allow}\"; it must be true or false.");
        if (faults.Count == 0) faults.AddRange(AddressFaults(settings, profile, values));

        var registered = Templates(settings, home, profile, faults);

        return faults.Count == 0 ? new HttpGatewayOptions(profile, values, registered) : throw Fault(settings, faults);
    }

    private static RegisteredTemplates? Templates(ProviderSettings settings, string home, GatewayProfile profile, List<string> faults)
    {
        var name = settings.Section["Templates"];
        if (profile.Templates is not { } limits)
        {
            if (name is { Length: > 0 }) faults.Add($"{settings.Key("Templates")} is \"{name}\"; the profile {profile.Name} sends any text and has no use for it.");

            return null;
        }

        if (name == NothingYet) return null;
        if (name is not { Length: > 0 })
        {
            faults.Add($"{settings.Key("Templates")} is missing: a file of config/registered, without .json, that says what is registered. `notices templates export --provider {settings.Name}` writes what to register.");

            return null;
        }

        var loaded = RegisteredTemplates.Load(home, name, limits);
        faults.AddRange(loaded.Problems.Select(problem => $"{problem.Field}: {Sentences.Of(problem, Languages.English)}"));

        return loaded.Value;
    }

    /// <summary>Every address the profile makes must be one, and keep what goes there from others' eyes.</summary>
    private static IEnumerable<string> AddressFaults(ProviderSettings settings, GatewayProfile profile, Dictionary<string, string> values)
    {
        var shapes = new[] { profile.Send, profile.Receipts?.Poll?.Request, profile.Receipts?.Poll?.Acknowledge, profile.Replies?.Poll?.Request, profile.Replies?.Poll?.Acknowledge };
        var plain = bool.TryParse(settings.Section["AllowHttp"], out var allowed) && allowed;
        foreach (var shape in shapes)
        {
            if (shape is null) continue;

            var url = shape.Url.Fill(new GatewayValues(values, DateTimeOffset.UnixEpoch, profile.Zone));
            var good = Uri.TryCreate(url, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && (address.IsLoopback || plain)));
            if (!good) yield return string.Create(CultureInfo.InvariantCulture, $"{settings.Key("Profile")} {profile.Name} speaks to \"{url}\"; it must be an https address, or http to this machine. Inside a line nobody else uses, {settings.Key("AllowHttp")}=true allows http.");
        }
    }

    private static OptionsValidationException Fault(ProviderSettings settings, IEnumerable<string> faults) => new(settings.Name, typeof(HttpGatewayOptions), faults);
}
