using Microsoft.Data.Sqlite;

namespace Notices.Benchmarks.Seeding;

/// <summary>A temporary folder for databases and files, gone afterwards.</summary>
internal sealed class Folder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("notices-benchmark-").FullName;

    internal string File(string name) => Path.Combine(_path, name);

    /// <summary>A copy of a database nobody has open, its log merged first.</summary>
    internal static void Copy(string from, string to)
    {
        SqliteConnection.ClearAllPools();
        using (var connection = new SqliteConnection($"Data Source={from};Pooling=false"))
        {
            connection.Open();
            using var merge = connection.CreateCommand();
            merge.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            merge.ExecuteNonQuery();
        }

        foreach (var rest in (string[])["", "-wal", "-shm"]) System.IO.File.Delete(to + rest);
        System.IO.File.Copy(from, to);
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_path, true);
    }
}
