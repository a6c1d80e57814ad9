using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Notices.Audit;

namespace Notices.Evidence;

/// <summary>Signs and checks heads of the chain: ECDSA P-256 with SHA-256 over the text <c>sequence hash at</c> (one space between, the time as in an entry),
/// the signature in DER, so that <c>openssl dgst -sha256 -verify</c> checks it.</summary>
public sealed class CheckpointSigner : IDisposable
{
    private const DSASignatureFormat Format = DSASignatureFormat.Rfc3279DerSequence;

    private readonly Lock _lock = new();
    private readonly ECDsa _own;
    private readonly List<ECDsa> _known;

    public CheckpointSigner(AuditOptions options)
    {
        _own = options.Signer();
        _known = [_own];
        foreach (var former in options.FormerPublicKeys)
        {
            var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(former), out _);
            _known.Add(key);
        }

        PublicKey = Convert.ToBase64String(_own.ExportSubjectPublicKeyInfo());
    }

    /// <summary>SPKI in base64.</summary>
    public string PublicKey { get; }

    /// <summary>What is signed.</summary>
    public static string Text(long sequence, string hash, DateTimeOffset at) => string.Create(CultureInfo.InvariantCulture, $"{sequence} {hash} {AuditChain.Time(at)}");

    /// <summary>True when the present key or a former one signed it.</summary>
    public bool Verifies(Checkpoint checkpoint)
    {
        var (text, signature) = (Encoding.UTF8.GetBytes(Text(checkpoint.Sequence, checkpoint.Hash, checkpoint.At)), new byte[checkpoint.Signature.Length]);
        if (!Convert.TryFromBase64String(checkpoint.Signature, signature, out var length)) return false;
        lock (_lock)
        {
            return _known.Exists(key => key.VerifyData(text, signature.AsSpan(0, length), HashAlgorithmName.SHA256, Format));
        }
    }

    public void Dispose()
    {
        foreach (var key in _known) key.Dispose();
    }

    internal Checkpoint Sign(long sequence, string hash, DateTimeOffset at)
    {
        lock (_lock)
        {
            var signature = _own.SignData(Encoding.UTF8.GetBytes(Text(sequence, hash, at)), HashAlgorithmName.SHA256, Format);

            return new Checkpoint { Sequence = sequence, Hash = hash, At = at, Signature = Convert.ToBase64String(signature) };
        }
    }
}
