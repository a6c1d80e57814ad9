using Microsoft.Data.Sqlite;

namespace Notices.Benchmarks.Seeding;

/// <summary>A temporary folder for databases and files, gone afterwards.</summary>
internal sealed class Folder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("notices-benchmark-").FullName;
    private int _copies;

    internal string File(string name) => Path.Combine(_path, name);

    /// <summary>A copy of a database that nobody has open, under a name never used before: a process may still hold the last one.</summary>
    internal string CopyOf(string database)
    {
        SqliteConnection.ClearAllPools();
        using (var connection = new SqliteConnection($"Data Source={database};Pooling=false"))
        {
            connection.Open();
            using var merge = connection.CreateCommand();
            merge.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            merge.ExecuteNonQuery();
        }

        var copy = File($"copy-{++_copies}.db");
        System.IO.File.Copy(database, copy);

        return copy;
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_path, true);
    }
}
