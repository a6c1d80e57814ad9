using Notices.Access;
using Notices.Deliveries;
using Notices.Ringing;

namespace Notices.Replies;

/// <summary>Sends answers to replies, within the providers' limits and behind the rounds.</summary>
public sealed class AnswerDispatcher(OutboxParts parts) : OutboxDispatcher<ReplyAnswer>(parts)
{
    /// <summary>Answers are numbered from here down, rings from −1: a provider sees no number twice.</summary>
    private const long Below = -(1L << 40);

    private protected override bool KeepsLimits => true;

    private protected override long NumberOf(ReplyAnswer row) => Below - row.Id;

    private protected override Task<Dictionary<long, string>> AddressesAsync(List<ReplyAnswer> claimed, CancellationToken cancellationToken) =>
        Task.FromResult(claimed.Where(row => row.Address is not null).ToDictionary(row => row.Id, row => row.Address!));

    /// <summary>First by the provider the reply came by, since only a number people have written to is theirs to answer from.</summary>
    private protected override Pick? PickFor(ReplyAnswer row) => PickNamed(row.Via, row.Medium!.Value) ?? base.PickFor(row);

    private protected override Task RecordAsync(List<(ReplyAnswer Row, string? Address)> rows, CancellationToken cancellationToken)
    {
        if (rows.Count > 0)
        {
            Audit.Record(Actor.System, "answers.tried", "answers", null, new
            {
                answers = rows.Select(r => new { r.Row.Id, r.Row.ReplyId, to = r.Row.Address is { } address ? Digests.Digest(address) : null, r.Row.State, r.Row.Reason, r.Row.Provider, r.Row.Attempts }).ToList(),
            });
        }

        return Task.CompletedTask;
    }
}
