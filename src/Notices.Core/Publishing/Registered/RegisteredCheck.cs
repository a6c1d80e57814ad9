using Notices.Deliveries;
using Notices.Words;

namespace Notices.Publishing;

/// <summary>Whether every provider that sends registered texts alone could send a short message, whoever gets it. Asked when a plan is submitted, so that none is refused at night.</summary>
/// <param name="providers">Asked for late: commands that submit nothing need none.</param>
public sealed class RegisteredCheck(Func<ProviderDirectory> providers)
{
    /// <summary>Those that stand by may come in too.</summary>
    private readonly Lazy<IReadOnlyList<(string Provider, RegisteredTemplates? Templates)>> _limited = new(() =>
        [.. providers().Providers.Where(provider => provider.Media.Contains(Medium.Sms)).Select(provider => (provider.Name, Channel: provider.Channel as IRegisteredTexts))
            .Where(one => one.Channel?.Limits is not null).Select(one => (one.Name, one.Channel!.Registered))]);

    /// <param name="marked">A rendered short message, its personal marks still in it.</param>
    /// <param name="place">The longest place it may be filled with.</param>
    /// <returns>For each provider what keeps it from sending the message.</returns>
    internal IEnumerable<Problem> Check(string language, string marked, string? place)
    {
        if (_limited.Value.Count == 0) yield break;

        var personal = PersonalText.Parse(marked);
        foreach (var (provider, templates) in _limited.Value.Where(one => one.Templates?.Languages.Contains(language, StringComparer.Ordinal) != false))
        {
            // With and without an account, and with another supply or none, it may read differently.
            var problem = Fillings(personal, place).Select(body => Problem(provider, templates, language, body)).FirstOrDefault(found => found is not null);
            if (problem is not null) yield return problem;
        }
    }

    private static IEnumerable<string> Fillings(PersonalText personal, string? place) =>
        new[] { personal.Fill(place, "0000"), personal.Fill(place, null), personal.Fill(place, "0000", true), personal.Fill(place, null, true) }.Distinct(StringComparer.Ordinal);

    private static Problem? Problem(string provider, RegisteredTemplates? templates, string language, string body)
    {
        if (templates?.Match(language, body) is not null) return null;
        if (templates?.Match(language, body, int.MaxValue) is not { } longer) return new Problem("text-not-registered", null, new { provider, language, text = body });

        var (name, value) = longer.Variables.MaxBy(variable => variable.Value.Length);

        return new Problem("text-variable-too-long", null, new { provider, template = longer.Id, variable = name, value, limit = templates.Limits.LongestVariable });
    }
}
