using Notices.Speech;

namespace Notices.Channels.Speech;

/// <summary>What was spoken, a file a text, named by all that decides how it sounds. Several processes may share the folder: a file appears whole or not at all.</summary>
internal sealed class SpeechCache(string folder, long most, TimeProvider machine)
{
    /// <summary>Emptied down to this share of what it may hold, so that not every new file makes room for itself.</summary>
    private const double Emptied = 0.9;

    /// <summary>Machine time after which a file somebody began to write is nobody's: its process was killed.</summary>
    private static readonly TimeSpan Unfinished = TimeSpan.FromHours(1);

    private readonly Lock _emptying = new();

    /// <returns>Null where it was not spoken, or had to make room.</returns>
    internal SpokenAudio? Find(string key)
    {
        foreach (var source in (SpeechSource[])[SpeechSource.Recordings, SpeechSource.Program])
        {
            var file = PathOf(key, source);
            try
            {
                if (!File.Exists(file) || Wave.Read(File.ReadAllBytes(file)) is not { Samples.Length: > 0 } sound) continue;

                // Who was used last goes last.
                File.SetLastWriteTimeUtc(file, machine.GetUtcNow().UtcDateTime);

                return new SpokenAudio(file, sound.Duration, source, true, null, []);
            }
            catch (FileNotFoundException)
            {
                // Another process has just made room.
            }
        }

        return null;
    }

    /// <param name="write">Writes the file and says how long it sounds.</param>
    internal SpokenAudio Keep(string key, SpeechSource source, Func<string, TimeSpan> write)
    {
        // Texts name accounts and places: only the service's own user reads them.
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var (file, unfinished) = (PathOf(key, source), Path.Combine(folder, $".{Guid.NewGuid():N}.tmp"));
        try
        {
            var duration = write(unfinished);
            File.SetLastWriteTimeUtc(unfinished, machine.GetUtcNow().UtcDateTime);
            File.Move(unfinished, file, overwrite: true);
            MakeRoom(file);

            return new SpokenAudio(file, duration, source, false, null, []);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private void MakeRoom(string newest)
    {
        lock (_emptying)
        {
            try
            {
                var there = new DirectoryInfo(folder);
                // Asked whether it is there first, a file keeps its size and time though another process deletes it meanwhile.
                var files = there.GetFiles("*.wav").Where(file => file.Exists).OrderBy(file => file.LastWriteTimeUtc).ToList();
                var abandoned = (machine.GetUtcNow() - Unfinished).UtcDateTime;
                foreach (var file in there.GetFiles(".*.tmp").Where(file => file.Exists && file.LastWriteTimeUtc < abandoned)) file.Delete();
                var size = files.Sum(file => file.Length);
                if (size <= most) return;

                foreach (var file in files.Where(file => file.FullName != newest))
                {
                    if (size <= most * Emptied) return;

                    size -= file.Length;
                    file.Delete();
                }
            }
            catch (Exception held) when (held is IOException or UnauthorizedAccessException)
            {
                // What was just spoken is there all the same; the next one tries again.
            }
        }
    }

    private string PathOf(string key, SpeechSource source) => Path.Combine(folder, $"{key}.{(source == SpeechSource.Recordings ? "r" : "p")}.wav");
}
