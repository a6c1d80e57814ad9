using System.Security.Cryptography;
using System.Text;
using Notices.Audit;

namespace Notices.Access;

/// <summary>Keeps the keys of authenticators so that a copy of the database alone does not give them away: AES-GCM under a key derived from <c>Audit:PersonalDataKey</c>.</summary>
public sealed class SecretBox(AuditOptions options)
{
    private const int Nonce = 12;
    private const int Tag = 16;

    private readonly byte[] _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Convert.FromBase64String(options.PersonalDataKey), 32, info: "authenticator"u8.ToArray());

    /// <param name="owner">Whose it is: elsewhere it opens nothing.</param>
    internal string Close(byte[] secret, string owner)
    {
        var box = new byte[Nonce + Tag + secret.Length];
        RandomNumberGenerator.Fill(box.AsSpan(0, Nonce));
        using var cipher = new AesGcm(_key, Tag);
        cipher.Encrypt(box.AsSpan(0, Nonce), secret, box.AsSpan(Nonce + Tag), box.AsSpan(Nonce, Tag), Encoding.UTF8.GetBytes(owner));

        return Convert.ToBase64String(box);
    }

    /// <returns>Null where it was closed with another key or for somebody else.</returns>
    internal byte[]? Open(string closed, string owner)
    {
        var box = Convert.FromBase64String(closed);
        var secret = new byte[box.Length - Nonce - Tag];
        using var cipher = new AesGcm(_key, Tag);
        try
        {
            cipher.Decrypt(box.AsSpan(0, Nonce), box.AsSpan(Nonce + Tag), box.AsSpan(Nonce, Tag), secret, Encoding.UTF8.GetBytes(owner));
        }
        catch (CryptographicException)
        {
            return null;
        }

        return secret;
    }
}
