using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MailKit;

namespace Notices.Channels.Email;

/// <summary>Trusts a server whose certificate an authority of one's own has signed, and no other's.</summary>
internal static class OwnAuthority
{
    internal static void Trust(IMailService client, X509Certificate2 authority)
    {
        client.CheckCertificateRevocation = false; // An authority of one's own publishes no lists.
        client.ServerCertificateValidationCallback = (_, certificate, _, errors) => IsTrusted(certificate, errors, authority);
    }

    private static bool IsTrusted(X509Certificate? certificate, SslPolicyErrors errors, X509Certificate2 authority)
    {
        // A name that does not match is wrong whoever signed it.
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None) return false;

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;

        return chain.Build(certificate as X509Certificate2 ?? X509CertificateLoader.LoadCertificate(certificate.GetRawCertData()));
    }
}
