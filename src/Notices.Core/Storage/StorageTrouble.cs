using Microsoft.Data.Sqlite;
using Npgsql;

namespace Notices.Storage;

/// <summary>What a failure of the database means to whoever asked: one code and sentence for both databases.</summary>
public static class StorageTrouble
{
    // SQLite's primary result codes.
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NoDatabase = 26;

    // Of Linux, as .NET hands them on.
    private const int FileTooBig = 27;
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;
    private const int OverQuota = 122;

    /// <returns>Null when it was not the database that failed.</returns>
    public static Problem? Of(Exception? error)
    {
        for (var at = error; at is not null; at = at.InnerException)
        {
            switch (at)
            {
                case PostgresException refused: return OfPostgreSql(refused.SqlState);
                case NpgsqlException: return Unreachable();
                case SqliteException sqlite: return OfSqlite(sqlite.SqliteErrorCode);
                case System.Data.Common.DbException: return Unavailable();
            }
        }

        return null;
    }

    /// <summary>Writing beside the SQLite file failed.</summary>
    internal static Problem OfFile(Exception error) => error switch
    {
        IOException { HResult: NoSpace or OverQuota } => NoRoom(),
        IOException { HResult: ReadOnlyFileSystem } or UnauthorizedAccessException => OnlyRead(),
        IOException { HResult: FileTooBig } or ArgumentOutOfRangeException => Unwritable(),
        DirectoryNotFoundException => Unreachable(),
        _ => Unwritable(),
    };

    internal static Problem Unreachable() => new("storage-unreachable");

    internal static Problem OldSchema() => new("storage-schema-old");

    internal static bool IsBusy(Problem problem) => problem.Code == "storage-busy";

    private static Problem OfPostgreSql(string state) => state switch
    {
        "53100" => NoRoom(),
        "25006" => OnlyRead(),
        "58030" => Unwritable(),
        "40001" or "40P01" or "55P03" or "57014" => Taken(),
        "42P01" or "42703" => OldSchema(),
        "XX001" or "XX002" => Damaged(),
        // Shutting down, starting up, too many connections, no such database or user.
        _ when state.StartsWith("57P", StringComparison.Ordinal) || state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("28", StringComparison.Ordinal)
            || state is "53300" or "3D000" => Unreachable(),
        _ => Unavailable(),
    };

    private static Problem OfSqlite(int code) => code switch
    {
        Busy or Locked => Taken(),
        ReadOnly => OnlyRead(),
        Full => NoRoom(),
        InputOutput => Unwritable(),
        CannotOpen => Unreachable(),
        Corrupt or NoDatabase => Damaged(),
        _ => Unavailable(),
    };

    private static Problem Unavailable() => new("storage-unavailable");

    private static Problem NoRoom() => new("storage-full");

    private static Problem OnlyRead() => new("storage-read-only");

    private static Problem Unwritable() => new("storage-unwritable");

    private static Problem Taken() => new("storage-busy");

    private static Problem Damaged() => new("storage-damaged");
}
