using System.Security.Cryptography;
using System.Text;

namespace Notices.Audit;

/// <summary>The two keys of the record; from the environment only.</summary>
public sealed class AuditOptions
{
    /// <summary>Base64 of at least 32 bytes: personal data stands in entries only as HMAC-SHA-256 under this key.</summary>
    public string PersonalDataKey { get; set; } = "";

    /// <summary>PKCS#8 private key, ECDSA P-256, in base64 without armour: signs the head of the chain every minute.</summary>
    public string SigningKey { get; set; } = "";

    /// <summary>Public keys (SPKI, base64) that signed before the present one: old checkpoints stay valid after a change of key.</summary>
    public IList<string> FormerPublicKeys { get; } = [];

    /// <summary>A fresh pair, for a demonstration or a test.</summary>
    public static AuditOptions Fresh()
    {
        using var signing = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        return new AuditOptions
        {
            PersonalDataKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            SigningKey = Convert.ToBase64String(signing.ExportPkcs8PrivateKey()),
        };
    }

    internal IEnumerable<string> Faults()
    {
        if (!IsKey(PersonalDataKey, bytes => bytes.Length >= 32))
            yield return "Audit:PersonalDataKey (environment Audit__PersonalDataKey) must be the base64 of at least 32 random bytes; `openssl rand -base64 32` makes one.";
        if (!IsKey(SigningKey, CanSign))
            yield return "Audit:SigningKey (environment Audit__SigningKey) must be an ECDSA P-256 private key, PKCS#8 in base64; `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 | openssl pkcs8 -topk8 -nocrypt -outform DER | base64 -w0` makes one.";
        foreach (var former in FormerPublicKeys)
        {
            if (!IsKey(former, CanVerify))
                yield return $"Audit:FormerPublicKeys holds '{former}'; each must be an ECDSA P-256 public key, SPKI in base64, as /.well-known/notices-head gave it.";
        }
    }

    internal ECDsa Signer()
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Convert.FromBase64String(SigningKey), out _);

        return key;
    }

    /// <summary>A keyed digest that stands for a number, name or address in the record.</summary>
    public string Digest(string personal) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Convert.FromBase64String(PersonalDataKey), Encoding.UTF8.GetBytes(personal)));

    private static bool IsKey(string text, Func<byte[], bool> good)
    {
        var bytes = new byte[text.Length];

        return Convert.TryFromBase64String(text, bytes, out var length) && good(bytes[..length]);
    }

    private static bool CanVerify(byte[] bytes)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(bytes, out _);

            return key.KeySize == 256;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool CanSign(byte[] bytes)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportPkcs8PrivateKey(bytes, out _);

            return key.KeySize == 256;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
