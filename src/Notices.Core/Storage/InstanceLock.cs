namespace Notices.Storage;

/// <summary>One service on one SQLite file: a lock file beside it, released by the system when the process ends, however it ends.</summary>
public sealed class InstanceLock : IDisposable
{
    private readonly FileStream _file;

    private InstanceLock(FileStream file) => _file = file;

    /// <summary>Takes the lock; null when another service holds it.</summary>
    public static InstanceLock? Take(StorageOptions storage)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(storage.SqliteFile)!);
        try
        {
            return new InstanceLock(new FileStream(storage.SqliteFile + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();
}
