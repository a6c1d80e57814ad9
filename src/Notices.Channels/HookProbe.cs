using Notices.Deliveries;

namespace Notices.Channels;

/// <summary>Calls a web hook of ours as a provider would, with nothing that proves it: our service answers 403 and says which proof is missing.</summary>
internal sealed class HookProbe : IHookProbe, IDisposable
{
    private const int LongestAnswer = 64 << 10;

    /// <summary>The code of our refusal; anybody's proxy may answer 403.</summary>
    private const string Refusal = "signature-wrong";

    private readonly HttpClient _client = OneTry.Client();

    public void Dispose() => _client.Dispose();

    public async Task<HookAnswer> CallAsync(CallBack hook, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(new HttpMethod(hook.Method), hook.Address);
            if (hook.Method != "GET") request.Content = new ByteArrayContent([]);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var words = await OneTry.ReadAsync(response, LongestAnswer, cancellationToken);

            return new HookAnswer((int)response.StatusCode == 403 && words?.Contains(Refusal, StringComparison.Ordinal) == true ? HookState.Heard : HookState.Stranger, (int)response.StatusCode);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException)
        {
            return new HookAnswer(fault is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } ? HookState.Certificate : HookState.Silent);
        }
    }
}
