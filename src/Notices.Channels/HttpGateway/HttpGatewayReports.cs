using System.Security.Cryptography;
using System.Text;
using Notices.Deliveries;
using Notices.Feeds;

namespace Notices.Channels.HttpGateway;

/// <summary>What comes back: polled, or called back by the platform.</summary>
internal sealed partial class HttpGatewayChannel : IPolledChannel, IGatewayHook, ICalledBack
{
    private ReportReading Reports => new(provider, _profile, MessageId);

    public TimeSpan? EveryOf(PollKind kind) => ShapeOf(kind)?.Poll?.Every;

    public bool AsksAboutEach(PollKind kind) => ShapeOf(kind)?.Poll?.PerMessage == true;

    public async Task<PollAnswer> PollAsync(PollKind kind, OpenMessage? about, CancellationToken cancellationToken)
    {
        var poll = ShapeOf(kind)!.Poll!;
        var values = Values();
        if (about is not null)
        {
            if (_profile.Numbers.Write(about.Address) is not { } number) return PollAnswer.Nothing("not-this-country");

            values.Set("number", number);
            // Of a batch's key, what the platform itself calls it.
            values.Set("messageId", _profile.Batch is not null && about.ProviderMessageId?.LastIndexOf('/') is > 0 and var slash ? about.ProviderMessageId[..slash] : about.ProviderMessageId ?? "");
            values.Set("sentOn", TimeZoneInfo.ConvertTime(about.SentAt, _profile.Zone));
        }

        var (answer, fault) = await AskAsync(poll.Request, poll.Good, values, cancellationToken);

        return fault is not null ? PollAnswer.Nothing(fault) : Reports.Read(kind, answer!.Value, poll.AcknowledgeId, clock.GetUtcNow());
    }

    public async Task<string?> AcknowledgeAsync(PollKind kind, PollAnswer answer, CancellationToken cancellationToken)
    {
        if (ShapeOf(kind)!.Poll!.Acknowledge is not { } acknowledge || answer.Ids.Count == 0) return null;

        var values = Values();
        values.Set("ids", answer.Ids, string.Join(',', answer.Ids));

        return (await AskAsync(acknowledge, [], values, cancellationToken, json: false)).Fault;
    }

    /// <summary>The service as the platform reaches it.</summary>
    internal PublicOptions Outside { get; init; } = new();

    public CallBack? CallBack => Hears(PollKind.Receipts) ? new CallBack(new Uri(Outside.Link($"webhooks/gateway/{provider}/receipts"))) : null;

    public bool Hears(PollKind kind) => ShapeOf(kind)?.Hook is not null;

    public bool IsProved(PollKind kind, string body, Func<string, string?> header, Func<string, string?> query)
    {
        if (ShapeOf(kind)?.Hook is not { } hook) return false;

        var values = Values();
        values.Set("body", body);
        RequestBuilder.Run(hook.Signing, values);
        var (wanted, given) = (hook.Proof.Fill(values), hook.Header is { } name ? header(name) : query(hook.Query!));

        return given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(wanted), Encoding.UTF8.GetBytes(given));
    }

    public PollAnswer Read(PollKind kind, string body) =>
        AnswerTranslation.Parse(body) is { } said ? Reports.Read(kind, said, null, clock.GetUtcNow()) : PollAnswer.Nothing("garbage");

    public string AnswerTo(PollKind kind) => ShapeOf(kind)?.Hook?.Answer ?? "";

    private ReportShape? ShapeOf(PollKind kind) => kind == PollKind.Receipts ? _profile.Receipts : _profile.Replies;

    /// <returns>The answer, or why there is none; one of both.</returns>
    private async Task<(System.Text.Json.JsonElement? Answer, string? Fault)> AskAsync(
        RequestShape shape, IReadOnlyList<AnswerRule> good, GatewayValues values, CancellationToken cancellationToken, bool json = true)
    {
        try
        {
            var (request, content) = RequestBuilder.Build(shape, values);
            using var disposed = request;
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var status = (int)response.StatusCode;
            var words = await OneTry.ReadAsync(response, LongestAnswer, cancellationToken);
            if (good.Count == 0 && !response.IsSuccessStatusCode) return (null, $"http {status}");

            var answer = AnswerTranslation.Parse(words);
            if (!json) return (null, null);
            if (answer is null) return (null, response.IsSuccessStatusCode ? "garbage" : $"http {status}");
            if (good.Count == 0 || AnswerTranslation.Fitting(good, status, answer)?.Outcome == "accepted") return (answer, null);

            return (null, AnswerTranslation.Code(_profile.Answer.Code?.Read(answer)) ?? $"http {status}");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException)
        {
            return (null, fault is OperationCanceledException ? "timed-out" : "no-connection");
        }
    }
}
