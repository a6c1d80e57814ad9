using System.Net;
using System.Net.Sockets;

namespace Notices.Webhooks;

/// <summary>Passes on every connection to a service whose port is known only once it runs, for those who must be told an address before.</summary>
internal sealed class PortRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly TaskCompletionSource<Uri> _target = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _accepting;

    internal PortRelay()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    internal Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>Connections made before wait for it.</summary>
    internal void PassTo(Uri service) => _target.TrySetResult(service);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Stop();
        await _accepting;
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = PassAsync(await _listener.AcceptTcpClientAsync(_over.Token));
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private async Task PassAsync(TcpClient from)
    {
        using var near = from;
        try
        {
            var target = await _target.Task.WaitAsync(_over.Token);
            using var far = new TcpClient();
            await far.ConnectAsync(target.Host, target.Port, _over.Token);
            await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream(), _over.Token), far.GetStream().CopyToAsync(near.GetStream(), _over.Token));
        }
        catch (Exception end) when (end is IOException or SocketException or OperationCanceledException)
        {
            // One side is gone.
        }
    }
}
