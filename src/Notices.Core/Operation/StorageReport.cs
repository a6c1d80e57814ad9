using Notices.Storage;

namespace Notices.Operation;

public enum StorageState
{
    Good,

    /// <summary>It works, and something else holds it up at the moment.</summary>
    Slow,

    Bad,

    /// <summary>Could not be looked at, since something before it is bad.</summary>
    Unknown,
}

/// <param name="Problem">What is wrong; null where nothing is.</param>
public sealed record StorageCheck(string Name, StorageState State, Problem? Problem = null);

/// <summary>How the database does.</summary>
public sealed record StorageReport(IReadOnlyList<StorageCheck> Checks)
{
    /// <summary>Connected and answered.</summary>
    public const string Answers = "answers";

    /// <summary>Has every migration this program knows.</summary>
    public const string Schema = "schema";

    /// <summary>Took a row and has room for more.</summary>
    public const string Writes = "writes";

    public static readonly IReadOnlyList<string> Names = [Answers, Schema, Writes];

    public bool Ready => Checks.All(check => check.State is StorageState.Good or StorageState.Slow);

    public StorageCheck this[string name] => Checks.First(check => check.Name == name);

    internal static StorageReport OldSchema { get; } =
        new([new(Answers, StorageState.Good), new(Schema, StorageState.Bad, StorageTrouble.OldSchema()), new(Writes, StorageState.Unknown)]);

    internal static StorageReport Silent(Problem trouble) =>
        new([new(Answers, StorageState.Bad, trouble), new(Schema, StorageState.Unknown), new(Writes, StorageState.Unknown)]);

    internal static StorageReport Of(Problem? writing) => new(
    [
        new(Answers, StorageState.Good),
        new(Schema, StorageState.Good),
        new(Writes, writing is null ? StorageState.Good : StorageTrouble.IsBusy(writing) ? StorageState.Slow : StorageState.Bad, writing),
    ]);
}
