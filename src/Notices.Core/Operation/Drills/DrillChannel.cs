using Notices.Audit;
using Notices.Deliveries;

namespace Notices.Operation;

/// <summary>The only door out of a drill: whoever sends, by whatever way, gets his channel from <see cref="ProviderDirectory"/>, and in a drill each of those is one of these.
/// It puts a pretended address in the place of the real one and the mark on any text that came without, and hands both to the sandbox. It has no other ability:
/// it is asked for nothing, polled for nothing and called back by nobody.</summary>
public sealed class DrillChannel : IChannel, IAsyncDisposable
{
    /// <summary>The one channel a drill makes.</summary>
    public const string Sandbox = "sandbox";

    private readonly IChannel _sandbox;
    private readonly AuditOptions _keys;

    /// <exception cref="InvalidOperationException">It is not the sandbox.</exception>
    internal DrillChannel(IChannel sandbox, AuditOptions keys) =>
        (_sandbox, _keys) = (sandbox.Name == Sandbox ? sandbox : throw new InvalidOperationException($"A drill sends through the sandbox alone, not through {sandbox.Name}."), keys);

    public string Name => _sandbox.Name;

    public IReadOnlySet<Medium> Media => _sandbox.Media;

    public Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken) => _sandbox.SendAsync(Pretended(message), cancellationToken);

    internal OutgoingMessage Pretended(OutgoingMessage message) => message with
    {
        Address = DrillAddresses.Of(message.Medium, message.Address, _keys),
        Subject = message.Subject is { } subject ? DrillMark.Line(subject, message.Language) : null,
        Body = message.Medium == Medium.Sms ? DrillMark.Line(message.Body, message.Language) : DrillMark.Text(message.Body, message.Language),
        Html = message.Html is { } html ? DrillMark.Html(html, message.Language) : null,
    };

    public async ValueTask DisposeAsync()
    {
        if (_sandbox is IAsyncDisposable later) await later.DisposeAsync();
        else (_sandbox as IDisposable)?.Dispose();
    }
}
