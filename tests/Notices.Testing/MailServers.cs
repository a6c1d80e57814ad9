using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Notices.Testing;

/// <summary>Real mail servers in a folder of their own: postfix with TLS, sign-in, refusals and a grey list (postgrey), and dovecot with the mailbox into which postfix's own bounces fall.
/// They live as long as this process holds their standard input open. Whoever starts them is root, as postfix changes users.
/// <para>Addresses at <c>example.net</c> are taken, but <c>unknown@</c> (550 5.1.1), <c>full@</c> (452 4.2.2), <c>disk@</c> (452 4.3.1) and <c>grey@</c>. What goes to <c>gone.example</c>
/// is taken and then refused by the next server, to <c>away.example</c> it finds no server.</para></summary>
public sealed class MailServers : IAsyncDisposable
{
    public const string User = "notices";
    public const string Password = "mail-test";

    /// <summary>Seconds a sender must wait at the grey list.</summary>
    public const int GreyDelay = 2;

    private const string Script = """
        folder=$1
        trap '' INT TERM HUP
        /usr/sbin/postfix -c "$folder/postfix" check >&2 || exit 1
        /usr/sbin/postgrey --inet=127.0.0.1:$2 --delay=$3 --dbdir="$folder/grey" --user=postgrey --group=postgrey >"$folder/grey.log" 2>&1 & grey=$!
        /usr/sbin/dovecot -F -c "$folder/dovecot.conf" >"$folder/dovecot.out" 2>&1 & imap=$!
        /usr/lib/postfix/sbin/master -c "$folder/postfix" -d >"$folder/postfix.out" 2>&1 & smtp=$!
        cat >/dev/null
        kill $smtp $imap $grey; wait $smtp $imap $grey
        rm -rf "$folder"
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("notices-mail-").FullName;
    private readonly (int Grey, int Auth, int Next) _inner = (FreePort(), FreePort(), FreePort());
    private Process? _running;

    private MailServers()
    {
    }

    /// <summary>STARTTLS.</summary>
    public int SmtpPort { get; } = FreePort();

    /// <summary>TLS from the first byte.</summary>
    public int SmtpsPort { get; } = FreePort();

    /// <summary>STARTTLS.</summary>
    public int ImapPort { get; } = FreePort();

    /// <summary>TLS from the first byte.</summary>
    public int ImapsPort { get; } = FreePort();

    /// <summary>What signed the certificate of <c>localhost</c>.</summary>
    public string AuthorityFile => Path.Combine(_folder, "authority.pem");

    /// <summary>Null where all of it is installed and may be started, otherwise why not.</summary>
    public static string? Missing =>
        Environment.UserName != "root" ? "postfix can be started by root alone"
        : ((string[])["/usr/lib/postfix/sbin/master", "/usr/sbin/postgrey", "/usr/lib/dovecot/imap"]).FirstOrDefault(file => !File.Exists(file)) is { } file ? $"{file} is missing: apt-get install postfix postgrey dovecot-imapd"
        : null;

    public static async Task<MailServers> StartAsync()
    {
        var servers = new MailServers();
        try
        {
            await servers.BeginAsync();
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }

        return servers;
    }

    /// <summary>Puts a mail into the mailbox as it is, whatever it is.</summary>
    public async Task DropAsync(byte[] mail)
    {
        var name = $"{Guid.NewGuid():N}.test";
        var (draft, final) = (Path.Combine(_folder, "box", "tmp", name), Path.Combine(_folder, "box", "new", name));
        await File.WriteAllBytesAsync(draft, mail);
        File.Move(draft, final);
    }

    /// <summary>Mails in a folder of the mailbox; the one they fall into where none is named.</summary>
    public int Count(string? folder = null)
    {
        var box = Path.Combine(_folder, "box", folder is null ? "" : "." + folder);

        return ((string[])["new", "cur"]).Select(part => Path.Combine(box, part)).Where(Directory.Exists).Sum(part => Directory.GetFiles(part).Length);
    }

    /// <summary>What postfix and dovecot wrote of themselves.</summary>
    public string Log => string.Join('\n', ((string[])["mail.log", "dovecot.log", "grey.log", "postfix.out", "dovecot.out"]).Select(file => Path.Combine(_folder, file)).Where(File.Exists).Select(File.ReadAllText));

    public async ValueTask DisposeAsync()
    {
        if (_running is not null)
        {
            _running.StandardInput.Close();
            await _running.WaitForExitAsync();
            _running.Dispose();
        }

        if (Directory.Exists(_folder)) Directory.Delete(_folder, true);
    }

    private async Task BeginAsync()
    {
        // The servers' own users pass through.
        await RunAsync("chmod", "755", _folder);
        foreach (var part in (string[])["postfix", "queue", "data", "grey", "dovecot", "box", "box/new", "box/cur", "box/tmp"]) Directory.CreateDirectory(Path.Combine(_folder, part));
        await RunAsync("chown", "-R", "postfix", Path.Combine(_folder, "data"));
        await RunAsync("chown", "-R", "postgrey", Path.Combine(_folder, "grey"));
        await RunAsync("chown", "-R", "nobody", Path.Combine(_folder, "box"));
        var (server, authority) = SmtpServer.Certificates();
        using (server)
        using (authority)
        {
            await WriteAsync("authority.pem", authority.ExportCertificatePem());
            await WriteAsync("server.pem", server.ExportCertificatePem());
            await WriteAsync("key.pem", server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        }

        await WriteAsync("postfix/main.cf", MailServerFiles.Main(_folder, _inner.Grey, _inner.Auth));
        await WriteAsync("postfix/master.cf", MailServerFiles.Master(_folder, SmtpPort, SmtpsPort, _inner.Next));
        await WriteAsync("postfix/transport", $"example.net discard:\ngone.example smtp:[127.0.0.1]:{_inner.Next}\naway.example smtp:[127.0.0.1]:1\n");
        await WriteAsync("postfix/access", "unknown@example.net 550 5.1.1 no such user\nfull@example.net 452 4.2.2 mailbox full\ndisk@example.net 452 4.3.1 disk full\ngrey@example.net greylist\n");
        await WriteAsync("postfix/next", "gone.example 550 5.1.1 mailbox gone\n");
        await WriteAsync("dovecot.conf", MailServerFiles.Dovecot(_folder, Password, ImapPort, ImapsPort, _inner.Auth));
        _running = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script, "sh", _folder, Text(_inner.Grey), Text(GreyDelay)]) { UseShellExecute = false, RedirectStandardInput = true })!;
        foreach (var port in (int[])[SmtpPort, SmtpsPort, _inner.Next, _inner.Grey, _inner.Auth, ImapPort, ImapsPort]) await ListensAsync(port);
    }

    private Task WriteAsync(string file, string text) => File.WriteAllTextAsync(Path.Combine(_folder, file), text);

    private static async Task RunAsync(string program, params string[] words)
    {
        using var running = Process.Start(program, words);
        await running.WaitForExitAsync();
    }

    private async Task ListensAsync(int port)
    {
        for (var left = 200; ; left--)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);

                return;
            }
            catch (SocketException) when (left > 0 && !_running!.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
            catch (SocketException fault)
            {
                throw new InvalidOperationException($"The mail servers do not come up: {Log}", fault);
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
