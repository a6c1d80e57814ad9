using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace Notices.Benchmarks.Protocol;

/// <summary>A side or the sink as a process of its own, warm over several orders: an order is a line in, its answer a marked line out. It ends when this process does.</summary>
internal sealed class SideProcess : IAsyncDisposable
{
    private const string Mark = "» ";

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(20);

    private readonly Process _process;
    private readonly Channel<Answer> _answers = Channel.CreateUnbounded<Answer>();

    private SideProcess(Process process) => _process = process;

    internal static SideProcess Start(params string[] arguments)
    {
        var start = Program(typeof(SideProcess).Assembly.Location, arguments);
        (start.RedirectStandardInput, start.RedirectStandardOutput) = (true, true);
        var side = new SideProcess(Process.Start(start)!);
        _ = side.ListenAsync();

        return side;
    }

    /// <summary>How to run a program of this build.</summary>
    internal static ProcessStartInfo Program(string dll, params string[] arguments)
    {
        var host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

        return new ProcessStartInfo(host, [dll, .. arguments]) { UseShellExecute = false };
    }

    /// <exception cref="BenchmarkException">The side could not do it.</exception>
    internal async Task<string> AskAsync(params string[] order)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order));
        await _process.StandardInput.FlushAsync();
        using var limit = new CancellationTokenSource(Longest, TimeProvider.System);
        var answer = await _answers.Reader.ReadAsync(limit.Token);

        return answer.Fault is null ? answer.Text ?? "" : throw new BenchmarkException($"{string.Join(' ', order)}: {answer.Fault}");
    }

    internal async Task<double> AskNumberAsync(params string[] order) => double.Parse(await AskAsync(order), System.Globalization.CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task ListenAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(Mark, StringComparison.Ordinal)) _answers.Writer.TryWrite(JsonSerializer.Deserialize<Answer>(line[Mark.Length..])!);
            else await Console.Error.WriteLineAsync(line);
        }

        _answers.Writer.TryComplete(new BenchmarkException("A side ended before it answered."));
    }

    /// <summary>The side's own part: answers orders until there are no more.</summary>
    internal static async Task ServeAsync(Func<string[], Task<string>> work)
    {
        while (await Console.In.ReadLineAsync() is { } line)
        {
            Answer answer;
            try
            {
                answer = new Answer(await work(JsonSerializer.Deserialize<string[]>(line)!), null);
            }
            catch (Exception fault)
            {
                answer = new Answer(null, fault.ToString());
            }

            await Console.Out.WriteLineAsync(Mark + JsonSerializer.Serialize(answer));
        }
    }

    internal static string Number(double number) => number.ToString("R", System.Globalization.CultureInfo.InvariantCulture);

    private sealed record Answer(string? Text, string? Fault);
}
