using System.Collections.Concurrent;
using MailKit.Security;

namespace Notices.Channels.Email;

/// <summary>Connected clients, so many and no more; each carries one mail at a time.</summary>
internal sealed class EmailPool(EmailOptions options) : IAsyncDisposable
{
    private readonly SemaphoreSlim _free = new(options.Connections, options.Connections);
    private readonly ConcurrentBag<EmailClient> _idle = [];

    /// <summary>Waits for a place. Each wait is followed by one <see cref="Release"/>.</summary>
    internal Task WaitAsync(CancellationToken cancellationToken) => _free.WaitAsync(cancellationToken);

    internal void Release() => _free.Release();

    /// <summary>A client that was connected when it was last used, or null.</summary>
    internal EmailClient? Kept()
    {
        while (_idle.TryTake(out var client))
        {
            if (client.IsConnected) return client;

            client.Dispose();
        }

        return null;
    }

    internal void Keep(EmailClient client) => _idle.Add(client);

    internal async Task<EmailClient> ConnectAsync(CancellationToken cancellationToken)
    {
        var client = new EmailClient();
        try
        {
            if (options.Authority is { } authority) OwnAuthority.Trust(client, authority);
            await client.ConnectAsync(options.Host, options.Port, Way(options.Security), cancellationToken);
            if (options.User is { } user) await client.AuthenticateAsync(user, options.Password!, cancellationToken);

            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_idle.TryTake(out var client))
        {
            try
            {
                if (client.IsConnected) await client.DisconnectAsync(true, new CancellationToken(false));
            }
            catch (Exception fault) when (fault is IOException or MailKit.ProtocolException or MailKit.CommandException)
            {
                // It had gone already.
            }

            client.Dispose();
        }

        _free.Dispose();
        options.Authority?.Dispose();
    }

    internal static SecureSocketOptions Way(EmailSecurity security) => security switch
    {
        EmailSecurity.StartTls => SecureSocketOptions.StartTls,
        EmailSecurity.Tls => SecureSocketOptions.SslOnConnect,
        _ => SecureSocketOptions.None,
    };
}
