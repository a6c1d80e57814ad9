using Notices.Channels.Twilio;
using Notices.Deliveries;
using Notices.Feeds;
using Notices.Setup;

namespace Notices.Webhooks;

/// <summary>What Twilio said, once it has proved that it is Twilio.</summary>
internal sealed record TwilioTold<T>(string Provider, T Account, IReadOnlyList<KeyValuePair<string, string>> Form)
{
    internal string? this[string name] => Form.FirstOrDefault(field => field.Key == name).Value;
}

/// <summary>Checks that Twilio calls. Its web hooks are open to everybody, since the signature says who calls; it covers the address with its query, as Twilio was given it.</summary>
internal sealed class TwilioProof(ProviderDirectory providers, PublicOptions outside, WebhookRefusals refusals)
{
    /// <param name="path">As it was given to Twilio, below the public address.</param>
    /// <returns>Null where it is not Twilio, or not about such a provider of ours; that is on record then.</returns>
    internal async Task<TwilioTold<T>?> ReadAsync<T>(string path, string? provider, HttpContext context, CancellationToken stopping)
        where T : class, ITwilioAccount
    {
        var known = provider is null ? null : providers.Find(provider);
        var form = await FormAsync(context.Request, stopping);
        if (form is not null && known?.Channel is T account && account.IsSigned(outside.Link(path) + context.Request.QueryString, form, context.Request.Headers["X-Twilio-Signature"]))
            return new TwilioTold<T>(known.Name, account, form);

        await refusals.RecordAsync(path, known?.Name, stopping);

        return null;
    }

    internal static ProblemsResult Refused() => new([new Problem("signature-wrong", "X-Twilio-Signature", null, ProblemKind.Forbidden)]);

    /// <returns>Null where the body is no form.</returns>
    private static async Task<List<KeyValuePair<string, string>>?> FormAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) != true) return null;

        try
        {
            var form = await request.ReadFormAsync(cancellationToken);

            return [.. form.SelectMany(field => field.Value, (field, value) => KeyValuePair.Create(field.Key, value ?? ""))];
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
