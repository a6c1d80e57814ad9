using System.Security.Cryptography;
using System.Text.RegularExpressions;
using MimeKit;
using MimeKit.Cryptography;
using Notices.Deliveries;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Security;

namespace Notices.Channels.Email;

/// <summary>Signs mails by DKIM (RFC 6376): receivers see that the text is the company's and was not changed on the way.</summary>
internal sealed partial class MailSignature
{
    /// <summary>RFC 8301: signers use at least 2048 bits.</summary>
    private const int ShortestKey = 2048;

    /// <summary>What a reader sees or a program goes by.</summary>
    private static readonly HeaderId[] Signed =
        [HeaderId.From, HeaderId.To, HeaderId.Subject, HeaderId.Date, HeaderId.MessageId, HeaderId.MimeVersion, HeaderId.ContentType, HeaderId.ContentLanguage, HeaderId.AutoSubmitted,
        HeaderId.ListUnsubscribe, HeaderId.ListUnsubscribePost];

    private readonly Signer _signer;

    private MailSignature(RSA key, string domain, string selector) => _signer = new Signer(key, domain, selector)
    {
        HeaderCanonicalizationAlgorithm = DkimCanonicalizationAlgorithm.Relaxed,
        BodyCanonicalizationAlgorithm = DkimCanonicalizationAlgorithm.Relaxed,
    };

    /// <returns>Null where none is configured.</returns>
    internal static MailSignature? Read(ProviderSettings settings, string? domain, List<string> faults)
    {
        string? Text(string name) => settings.Section[name] is { Length: > 0 } text ? text : null;
        var (selector, key) = (Text("DkimSelector"), Text("DkimKey"));
        if (selector is null && key is null) return null;

        var secret = $"{settings.Key("DkimKey")} (environment Providers__{settings.Name}__DkimKey)";
        if (selector is null) faults.Add($"{settings.Key("DkimSelector")} is missing: the name below _domainkey at which the public key stands, such as notices2026.");
        else if (!Label().IsMatch(selector)) faults.Add($"{settings.Key("DkimSelector")} is \"{selector}\"; it must be a DNS name of letters, digits and hyphens.");
        var rsa = key is null ? null : Key(key);
        if (key is null) faults.Add($"{secret} is missing: the private key, of which the public one stands in DNS.");
        else if (rsa is null) faults.Add($"{secret} must be an RSA private key of {ShortestKey} bits or more, PKCS#8 in base64; `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -outform DER | base64 -w0` makes one.");

        return rsa is null || selector is null || domain is null ? null : new MailSignature(rsa, domain, selector);
    }

    internal void Sign(MimeMessage mail)
    {
        // What is signed is what leaves: nothing on the way has to be coded anew.
        mail.Prepare(EncodingConstraint.SevenBit);
        _signer.Sign(mail, Signed);
    }

    private static RSA? Key(string text)
    {
        var bytes = new byte[text.Length];
        var rsa = RSA.Create();
        try
        {
            if (Convert.TryFromBase64String(text, bytes, out var length))
            {
                rsa.ImportPkcs8PrivateKey(bytes.AsSpan(0, length), out _);
                if (rsa.KeySize >= ShortestKey) return rsa;
            }
        }
        catch (CryptographicException)
        {
            // Told as any other text that is no key.
        }

        rsa.Dispose();

        return null;
    }

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$")]
    private static partial Regex Label();

    /// <summary>Signs with the platform's RSA, some ten times as fast as the managed one.</summary>
    private sealed class Signer(RSA key, string domain, string selector) : DkimSigner(PrivateKeyFactory.CreateKey(key.ExportPkcs8PrivateKey()), domain, selector, DkimSignatureAlgorithm.RsaSha256)
    {
        protected override ISigner CreateSigningContext() => new Context(key);
    }

    private sealed class Context(RSA key) : ISigner, IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public string AlgorithmName => "SHA-256withRSA";

        public void Init(bool forSigning, ICipherParameters parameters)
        {
        }

        public void Update(byte input) => _hash.AppendData([input]);

        public void BlockUpdate(byte[] input, int inOff, int inLen) => _hash.AppendData(input, inOff, inLen);

        public void BlockUpdate(ReadOnlySpan<byte> input) => _hash.AppendData(input);

        public int GetMaxSignatureSize() => key.KeySize / 8;

        public byte[] GenerateSignature() => key.SignHash(_hash.GetHashAndReset(), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

        public bool VerifySignature(byte[] signature) => key.VerifyHash(_hash.GetHashAndReset(), signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

        public void Reset() => _hash.GetHashAndReset();

        public void Dispose() => _hash.Dispose();
    }
}
