namespace Notices.Feeds;

/// <summary>What a board is written from; good until the stamp it was read with changes.</summary>
/// <param name="Items">Newest first, at most <see cref="Most"/>.</param>
/// <param name="Organisations">All, in the order of their paths.</param>
public sealed record BoardContent(IReadOnlyList<FeedItem> Items, IReadOnlyList<BoardOrganisation> Organisations)
{
    /// <summary>Notices of the worst storm; a board holds no more.</summary>
    public const int Most = 5000;

    /// <summary>The board as of a moment: what is off by then and what is still to come.</summary>
    public PublicBoard At(DateTimeOffset now) => BoardWriting.Write(Items, Organisations, now);
}
