using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;
using Notices.Speech;

namespace Notices.Channels.Speech;

/// <summary>Runs a program on one text. Whatever it does, it ends in time, with all it started.</summary>
internal static class SpeechProgram
{
    /// <summary>Ten minutes at 48,000 samples a second.</summary>
    private const int LongestSound = 64 << 20;

    /// <summary>Of what it says about an error, for the log.</summary>
    private const int LongestError = 300;

    /// <returns>The sound, or a word of <see cref="SpeechFailures"/>.</returns>
    internal static async Task<(WaveSound? Sound, string? Failure)> RunAsync(SpeechProgramOptions options, string text, TimeProvider machine, ILogger log)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(options.Command, options.Arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardInputEncoding = new UTF8Encoding(false),
                UseShellExecute = false,
            },
        };
        try
        {
            process.Start();
        }
        catch (Exception fault) when (fault is Win32Exception or IOException or InvalidOperationException)
        {
            log.LogError(fault, "Program {Program} cannot be started", options.Name);

            return (null, SpeechFailures.ProgramFailed);
        }

        using var limit = new CancellationTokenSource(options.Timeout, machine);
        try
        {
            // All three at once: a program that waits for one of its pipes must not wait for us.
            var (written, read, told) = (WriteAsync(process, text, limit.Token), ReadAsync(process.StandardOutput.BaseStream, LongestSound, limit.Token), HeadAsync(process.StandardError.BaseStream, LongestError, limit.Token));
            var endless = (await read).Length > LongestSound;
            if (endless) End(process);
            await Task.WhenAll(written, told);
            if (endless) return Failed(SpeechFailures.ProgramGarbage, "writes without end");

            await process.WaitForExitAsync(limit.Token);
            if (process.ExitCode != 0) return Failed(SpeechFailures.ProgramFailed, $"ended with {process.ExitCode}");

            return Wave.Read(read.Result) is { Samples.Length: > 0 } sound ? (sound, null) : Failed(SpeechFailures.ProgramGarbage, "wrote no WAV file of 16-bit PCM");

            (WaveSound?, string?) Failed(string failure, string what)
            {
                log.LogError("Program {Program} {What}: {Words}", options.Name, what, WithoutText(Encoding.UTF8.GetString(told.Result.Span).Trim(), text));

                return (null, failure);
            }
        }
        catch (OperationCanceledException)
        {
            log.LogError("Program {Program} did not end within {Timeout}", options.Name, options.Timeout);

            return (null, SpeechFailures.ProgramTimedOut);
        }
        finally
        {
            End(process);
        }
    }

    /// <summary>A program may end before it has read all, and what it wrote be good all the same.</summary>
    private static async Task WriteAsync(Process process, string text, CancellationToken limit)
    {
        try
        {
            await process.StandardInput.WriteAsync(text.AsMemory(), limit);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has closed its end.
        }
    }

    /// <returns>One byte more than <paramref name="most"/> where there is more.</returns>
    private static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream from, int most, CancellationToken limit)
    {
        using var all = new MemoryStream();
        var part = new byte[64 << 10];
        while (all.Length <= most && await from.ReadAsync(part, limit) is > 0 and var count) all.Write(part, 0, (int)Math.Min(count, most + 1 - all.Length));

        return all.ToArray();
    }

    /// <summary>The beginning, with the rest read and dropped: who has much to say must not wait for a reader.</summary>
    private static async Task<ReadOnlyMemory<byte>> HeadAsync(Stream from, int most, CancellationToken limit)
    {
        using var head = new MemoryStream();
        var part = new byte[4 << 10];
        while (await from.ReadAsync(part, limit) is > 0 and var count) head.Write(part, 0, (int)Math.Min(count, most - head.Length));

        return head.ToArray();
    }

    /// <summary>What a program says of an error may quote the text, which names accounts and places: whatever also stands in the text is left out, words of three letters and less and single signs apart.</summary>
    internal static string WithoutText(string words, string text)
    {
        var told = new StringBuilder(words.Length);
        for (var at = 0; at < words.Length;)
        {
            var same = 0;
            while (at + same < words.Length && text.Contains(words.AsSpan(at, same + 1).ToString(), StringComparison.OrdinalIgnoreCase)) same++;
            if (same > 3 || (same > 0 && words.AsSpan(at, same).ContainsAnyExceptInRange('\0', '\u007f')))
            {
                told.Append('…');
                at += same;
            }
            else
            {
                told.Append(char.IsControl(words[at]) ? ' ' : words[at]);
                at++;
            }
        }

        return told.ToString();
    }

    private static void End(Process process)
    {
        try
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        catch (Exception gone) when (gone is InvalidOperationException or Win32Exception)
        {
            // It has just ended.
        }
    }
}
