using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Notices.Testing;

/// <summary>A mail server that really speaks SMTP, with STARTTLS and AUTH PLAIN, and misbehaves on demand.</summary>
public sealed class SmtpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly X509Certificate2 _certificate;
    private readonly string _folder = Directory.CreateTempSubdirectory("notices-smtp-").FullName;
    private readonly Task _accepting;
    private int _connections;

    public SmtpServer()
    {
        (_certificate, var authority) = Certificates();
        AuthorityFile = Path.Combine(_folder, "authority.pem");
        File.WriteAllText(AuthorityFile, authority.ExportCertificatePem());
        authority.Dispose();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The authority that signed this server's certificate, in PEM.</summary>
    public string AuthorityFile { get; }

    public bool OffersTls { get; init; } = true;

    /// <summary>What must be given before MAIL is taken; null for nothing.</summary>
    public (string User, string Password)? SignIn { get; init; }

    /// <summary>Answers a command line in place of the usual reply; "cut" closes the connection. <c>.</c> is the end of a mail's text.</summary>
    public Func<string, string?> Answer { get; set; } = _ => null;

    public ConcurrentQueue<string> Mails { get; } = new();

    public int Connections => _connections;

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Stop();
        await _accepting;
        _certificate.Dispose();
        _over.Dispose();
        Directory.Delete(_folder, true);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_over.Token));
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        Interlocked.Increment(ref _connections);
        using var closing = client;
        try
        {
            await TalkAsync(client.GetStream());
        }
        catch (Exception end) when (end is IOException or OperationCanceledException or AuthenticationException or ObjectDisposedException)
        {
            // The client has gone.
        }
    }

    private async Task TalkAsync(Stream stream)
    {
        var (reader, encrypted, signedIn) = (new StreamReader(stream, Encoding.UTF8), false, SignIn is null);
        await SayAsync(stream, "220 test ESMTP");
        while (await reader.ReadLineAsync(_over.Token) is { } line)
        {
            var verb = line.Split(' ', ':')[0].ToUpperInvariant();
            if (Answer(line) is { } scripted)
            {
                if (scripted == "cut") return;

                await SayAsync(stream, scripted);
                continue;
            }

            switch (verb)
            {
                case "EHLO":
                    await SayAsync(stream, $"250-test\r\n250-ENHANCEDSTATUSCODES\r\n{(OffersTls && !encrypted ? "250-STARTTLS\r\n" : "")}{(SignIn is null ? "" : "250-AUTH PLAIN\r\n")}250 8BITMIME");
                    break;
                case "STARTTLS":
                    await SayAsync(stream, "220 go ahead");
                    var tls = new SslStream(stream);
                    await tls.AuthenticateAsServerAsync(_certificate);
                    (stream, reader, encrypted) = (tls, new StreamReader(tls, Encoding.UTF8), true);
                    break;
                case "AUTH":
                    var given = Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ')[2]));
                    signedIn = given == $"\0{SignIn?.User}\0{SignIn?.Password}";
                    await SayAsync(stream, signedIn ? "235 2.7.0 welcome" : "535 5.7.8 no");
                    break;
                case "MAIL" when !signedIn:
                    await SayAsync(stream, "530 5.7.0 sign in first");
                    break;
                case "DATA":
                    await SayAsync(stream, "354 go ahead");
                    if (!await ReceiveAsync(stream, reader)) return;

                    break;
                case "QUIT":
                    await SayAsync(stream, "221 bye");

                    return;
                default:
                    await SayAsync(stream, "250 2.0.0 ok");
                    break;
            }
        }
    }

    private async Task<bool> ReceiveAsync(Stream stream, StreamReader reader)
    {
        var mail = new StringBuilder();
        while (await reader.ReadLineAsync(_over.Token) is { } line && line != ".") mail.AppendLine(line);
        var answer = Answer(".");
        if (answer == "cut") return false;
        if (answer is null) Mails.Enqueue(mail.ToString());
        await SayAsync(stream, answer ?? "250 2.0.0 queued");

        return true;
    }

    private static async Task SayAsync(Stream stream, string line)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"));
        await stream.FlushAsync();
    }

    /// <summary>A certificate for localhost and the authority that signed it.</summary>
    /// <summary>For <c>localhost</c>, signed by an authority of the test's own.</summary>
    internal static (X509Certificate2 Server, X509Certificate2 Authority) Certificates()
    {
        var (from, to) = (TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test authority", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var authority = request.CreateSelfSigned(from, to);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var leaf = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        leaf.CertificateExtensions.Add(names.Build());
        using var signed = leaf.Create(authority, from.AddMinutes(1), to.AddMinutes(-1), RandomNumberGenerator.GetBytes(8));
        using var whole = signed.CopyWithPrivateKey(key);

        return (X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable), authority);
    }
}
