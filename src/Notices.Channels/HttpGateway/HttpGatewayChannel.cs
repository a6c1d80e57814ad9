using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Feeds;
using Notices.Publishing;

namespace Notices.Channels.HttpGateway;

/// <summary>Text messages by a carrier's or reseller's HTTP platform, as a profile describes it. A request is handed over once: what fails before it began to leave is tried later, what breaks after is unknown, for each number of it.</summary>
/// <param name="machine">Machine time, which signatures bear.</param>
internal sealed partial class HttpGatewayChannel(string provider, HttpGatewayOptions options, AuditOptions audit, TimeProvider clock, TimeProvider machine) : IChannel, IBatchChannel, IRegisteredTexts, IProcessesIn, IDisposable
{
    /// <summary>A batch of thousands may be told of number by number.</summary>
    private const int LongestAnswer = 4 << 20;

    private static readonly HashSet<Medium> OnlySms = [Medium.Sms];

    private readonly GatewayProfile _profile = options.Profile;
    private readonly HttpClient _client = OneTry.Client();

    public string Name => "http-gateway";

    public IReadOnlySet<Medium> Media => OnlySms;

    public RegisteredTemplates? Registered => options.Registered;

    public RegisteredLimits? Limits => _profile.Templates;

    public string? Country => _profile.Country;

    public int LargestBatch => _profile.Batch?.Most ?? 1;

    internal static HttpGatewayChannel Create(IServiceProvider services, ProviderSettings settings) => new(
        settings.Name, HttpGatewayOptions.Read(settings, services.GetService<NoticesOptions>()?.Home ?? AppContext.BaseDirectory), services.GetRequiredService<AuditOptions>(),
        services.GetRequiredService<TimeProvider>(), services.GetRequiredKeyedService<TimeProvider>(CoreServices.Machine))
    {
        Outside = services.GetService<PublicOptions>() ?? new PublicOptions(),
    };

    public void Dispose() => _client.Dispose();

    public async Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken) => (await SendAsync([message], cancellationToken))[0];

    public async Task<IReadOnlyList<SendOutcome>> SendAsync(IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
    {
        var (outcomes, now) = (new SendOutcome?[messages.Count], clock.GetUtcNow());
        var going = new List<(int Index, string Number)>(messages.Count);
        for (var i = 0; i < messages.Count; i++)
        {
            if (!Number().IsMatch(messages[i].Address)) outcomes[i] = SendOutcome.Refused("not-a-number");
            else if (messages[i].ExpiresAt <= now) outcomes[i] = SendOutcome.TryLater("expired") with { OfRecipient = true };
            else if (_profile.Numbers.Write(messages[i].Address) is { } written) going.Add((i, written));
            else outcomes[i] = SendOutcome.Refused("not-this-country");
        }

        if (going.Count == 0) return outcomes!;

        // They all have the same words.
        var registered = Registered?.Match(messages[0].Language, messages[0].Body);
        if (Limits is null || registered is not null) await HandOverAsync(messages, going, registered, outcomes, cancellationToken);
        else going.ForEach(one => outcomes[one.Index] = SendOutcome.Refused("text-not-registered"));

        return outcomes!;
    }

    private async Task HandOverAsync(IReadOnlyList<OutgoingMessage> messages, List<(int Index, string Number)> going, RegisteredMessage? registered, SendOutcome?[] outcomes, CancellationToken cancellationToken)
    {
        var values = Values();
        var first = messages[going[0].Index];
        values.Set("number", going[0].Number);
        values.Set("numbers", going.ConvertAll(one => one.Number), string.Join(_profile.Batch?.Join ?? ",", going.Select(one => one.Number)));
        values.Set("text", first.Body);
        values.Set("language", first.Language);
        values.Set("deliveryId", first.DeliveryId.ToString(CultureInfo.InvariantCulture));
        if (registered is not null)
        {
            var list = registered.Variables.Select(variable => variable.Value).ToList();
            values.Set("template", registered.Id);
            values.Set("variables", list, JsonSerializer.Serialize(registered.Variables.ToDictionary(variable => variable.Key, variable => variable.Value, StringComparer.Ordinal), Json.Stored));
            values.Set("variableList", list, JsonSerializer.Serialize(list, Json.Stored));
        }

        var (request, content) = RequestBuilder.Build(_profile.Send, values);
        using var disposed = request;
        var each = new Dictionary<string, SendOutcome>(StringComparer.Ordinal);
        var whole = await OneTry.SendAsync(_client, request, content!, response => TranslateAsync(response, each, cancellationToken), cancellationToken);
        foreach (var (index, _) in going)
        {
            var own = each.GetValueOrDefault(messages[index].Address) ?? whole;
            outcomes[index] = own.Kind == SendOutcomeKind.Accepted ? Taken(own, whole, messages[index]) : own with { ProviderMessageId = null };
        }
    }

    private async Task<SendOutcome> TranslateAsync(HttpResponseMessage response, Dictionary<string, SendOutcome> each, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        string? words;
        try
        {
            words = await OneTry.ReadAsync(response, LongestAnswer, cancellationToken);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException && status is 429 or 503)
        {
            // The status has said that nothing was taken; words that break off change nothing about that.
            words = null;
        }

        var answer = AnswerTranslation.Parse(words);
        var whole = AnswerTranslation.Whole(_profile.Answer, status, answer, answer is not null, OneTry.RetryAfter(response));
        if (whole.Kind == SendOutcomeKind.Accepted && _profile.Answer.Each is { } shape)
        {
            foreach (var (number, outcome) in AnswerTranslation.Each(shape, _profile.Numbers, status, answer)) each[number] = outcome;
        }

        return whole;
    }

    /// <summary>A receipt is expected where the profile tells how one comes and the answer has named what it will be known by. Staff's messages have numbers below zero and no receipts.</summary>
    private SendOutcome Taken(SendOutcome own, SendOutcome whole, OutgoingMessage message)
    {
        var id = own.ProviderMessageId is { } single && !ReferenceEquals(own, whole) ? Id(single) : MessageId(whole.ProviderMessageId, message.Address);
        var expects = _profile.Receipts is { } receipts && message.DeliveryId > 0 && (id is not null || receipts.Item.Delivery is not null);

        return SendOutcome.Accepted(id, expects);
    }

    /// <summary>What a message is filed under: of a batch, its id and a keyed digest of the number, since numbers stand in no record.</summary>
    private string? MessageId(string? id, string number) => Id(id) is not { } known ? null
        : _profile.Batch is null || _profile.Receipts?.Item.Number is null ? known
        : $"{known}/{audit.Digest(number)[..16]}";

    /// <returns>Null for what is no id, or too long to be kept.</returns>
    private static string? Id(string? text) => text is { Length: > 0 and <= 120 } && !text.Any(char.IsControl) ? text : null;

    private GatewayValues Values() => new(options.Values, machine.GetUtcNow(), _profile.Zone);

    [GeneratedRegex(@"^\+[1-9][0-9]{1,14}$")]
    private static partial Regex Number();
}
