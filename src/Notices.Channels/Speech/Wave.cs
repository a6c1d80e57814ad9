using System.Buffers.Binary;
using NAudio.Wave;
using NAudio.Wave.SampleProviders;

namespace Notices.Channels.Speech;

/// <summary>Sound as a program or a recording has it: 16-bit PCM.</summary>
/// <param name="Channels">1 or 2.</param>
internal sealed record WaveSound(int SampleRate, int Channels, ReadOnlyMemory<byte> Samples)
{
    internal TimeSpan Duration => TimeSpan.FromSeconds((double)Samples.Length / (SampleRate * Channels * 2));
}

/// <summary>WAV files: reading what programs write down a pipe, joining, changing the rate.</summary>
internal static class Wave
{
    /// <summary>Of what stands before the samples: almost always, and at the most. Thousands of recordings are looked at when the service starts.</summary>
    private const int Head = 256, LongestHead = 64 << 10;

    /// <summary>A recording without its samples.</summary>
    /// <returns>Null where it is no WAV file of 16-bit PCM with one channel.</returns>
    internal static WaveSound? HeadOf(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        foreach (var most in (int[])[Head, LongestHead])
        {
            var head = new byte[Math.Min(most, stream.Length)];
            stream.Position = 0;
            stream.ReadExactly(head);
            if (Read(head) is { } sound) return sound.Channels == 1 ? sound : null;
        }

        return null;
    }

    /// <summary>Programs that write down a pipe do not know the length beforehand: what is there counts, whatever the head says.</summary>
    /// <returns>Null where it is no WAV file of 16-bit PCM with one or two channels.</returns>
    internal static WaveSound? Read(ReadOnlyMemory<byte> file)
    {
        var bytes = file.Span;
        if (bytes.Length < 12 || !bytes[..4].SequenceEqual("RIFF"u8) || !bytes[8..12].SequenceEqual("WAVE"u8)) return null;

        (int Rate, int Channels)? format = null;
        for (var at = 12; at + 8 <= bytes.Length;)
        {
            var name = bytes.Slice(at, 4);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 4)..]);
            at += 8;
            if (name.SequenceEqual("fmt "u8) && length >= 16 && at + 16 <= bytes.Length)
            {
                var (tag, channels, rate, bits) = (BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[(at + 2)..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[(at + 4)..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[(at + 14)..]));
                if (tag is not (1 or 0xFFFE) || bits != 16 || channels is not (1 or 2) || rate is < 4000 or > 192_000) return null;

                format = (rate, channels);
            }
            else if (name.SequenceEqual("data"u8))
            {
                if (format is not var (rate, channels)) return null;

                var there = (int)Math.Min(length, (uint)(bytes.Length - at));

                return new WaveSound(rate, channels, file.Slice(at, there - (there % (2 * channels))));
            }

            if (length > bytes.Length) return null;
            at += (int)length + (int)(length % 2);
        }

        return null;
    }

    /// <summary>Recordings one after the other, with their pauses.</summary>
    internal static TimeSpan Join(string to, IReadOnlyList<SpeechPiece> pieces, SpeechOptions options)
    {
        var sounds = new List<ISampleProvider>();
        foreach (var piece in pieces)
        {
            if (piece.File is null) sounds.Add(Silence(piece.IsLong ? options.LongPause : options.ShortPause, options.SampleRate));
            else sounds.Add(AtRate(Read(File.ReadAllBytes(piece.File)) ?? throw new InvalidDataException($"{piece.File} is no WAV file any more."), options.SampleRate));
        }

        return Write(to, new ConcatenatingSampleProvider(sounds));
    }

    internal static TimeSpan Write(string to, WaveSound sound, int rate) => Write(to, AtRate(sound, rate));

    private static TimeSpan Write(string to, ISampleProvider sound)
    {
        WaveFileWriter.CreateWaveFile16(to, sound);

        return TimeSpan.FromSeconds((double)(Read(File.ReadAllBytes(to))?.Samples.Length ?? 0) / (sound.WaveFormat.SampleRate * 2));
    }

    /// <summary>One channel at the rate, through a low-pass where it becomes slower.</summary>
    private static ISampleProvider AtRate(WaveSound sound, int rate)
    {
        ISampleProvider samples = new RawSourceWaveStream(new MemoryStream(sound.Samples.ToArray(), false), new WaveFormat(sound.SampleRate, 16, sound.Channels)).ToSampleProvider();
        if (sound.Channels == 2) samples = samples.ToMono();

        return sound.SampleRate == rate ? samples : new WdlResamplingSampleProvider(samples, rate);
    }

    private static ISampleProvider Silence(TimeSpan length, int rate) => new SilenceProvider(WaveFormat.CreateIeeeFloatWaveFormat(rate, 1)).ToSampleProvider().Take(length);
}
