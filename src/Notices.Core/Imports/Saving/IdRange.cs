namespace Notices.Imports;

/// <summary>Ids for rows still to be written: some that a sequence gave, or all from one on.</summary>
internal sealed class IdRange
{
    private readonly List<long>? _drawn;
    private int _taken;

    internal IdRange(List<long> drawn) => _drawn = drawn;

    private IdRange(long first) => Next = first;

    /// <summary>The first not taken yet, where all from one on are ours.</summary>
    internal long Next { get; private set; }

    internal static IdRange From(long first) => new(first);

    internal long Take() => _drawn is null ? Next++ : _drawn[_taken++];

    /// <summary>Takes so many at once.</summary>
    internal void Skip(int count) => Next += count;
}
