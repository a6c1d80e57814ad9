namespace Notices.Deliveries;

/// <summary>A channel whose provider takes one text for many numbers in one call. Optional; found by type test.</summary>
public interface IBatchChannel
{
    /// <summary>Numbers in one call at most; 1 where this account takes them one by one.</summary>
    int LargestBatch { get; }

    /// <summary>Hands over messages of the same words, language and medium in one call.</summary>
    /// <returns>What became of each, in their order: a provider may refuse some of them, and a break leaves all of them unknown.</returns>
    Task<IReadOnlyList<SendOutcome>> SendAsync(IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken);
}
