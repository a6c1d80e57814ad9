using Notices.Deliveries;

namespace Notices.Channels.Email;

/// <summary>What could not be delivered comes back as a mail, minutes or days later.</summary>
internal sealed partial class EmailChannel : IPolledChannel
{
    /// <summary>Null where nobody reads it.</summary>
    private readonly BounceMailbox? _mailbox;

    public TimeSpan? EveryOf(PollKind kind) => kind == PollKind.Receipts ? _mailbox?.Every : null;

    public bool AsksAboutEach(PollKind kind) => false;

    public Task<PollAnswer> PollAsync(PollKind kind, OpenMessage? about, CancellationToken cancellationToken) => _mailbox!.PollAsync(cancellationToken);

    public Task<string?> AcknowledgeAsync(PollKind kind, PollAnswer answer, CancellationToken cancellationToken) => _mailbox!.ForgetAsync(answer, cancellationToken);
}
