using System.Text;
using Xunit;

namespace Notices.Channels.HttpGateway;

public class SigningTests
{
    /// <summary>Source: Alibaba Cloud SMS 2017-05-25, "request signature", its worked example.</summary>
    [Fact]
    public void The_published_example_of_an_rpc_signature_comes_out()
    {
        var shape = Shape("""
            "query": { "AccessKeyId": "testId", "Timestamp": "2017-07-12T02:42:19Z", "SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0", "SignatureNonce": "45e25e9b-0a6f-4070-8c85-2956eda1b466",
              "Action": "SendSms", "Version": "2017-05-25", "RegionId": "cn-hangzhou", "PhoneNumbers": "15300000001", "SignName": "阿里云短信测试专用", "TemplateParam": "{{\"customer\":\"test\"}}",
              "TemplateCode": "SMS_71390007", "OutId": "123", "Format": "XML", "Signature": "{sign}" },
            "signing": [{ "name": "sign", "how": "hmac-sha1", "of": "GET&%2F&{parameters|url}", "key": "{Key}&", "as": "base64" }]
            """);

        Assert.Contains("Signature=zJDF%2BLrzhj%2FThnlvIToysFRq6t4%3D", Url(shape, "testSecret"), StringComparison.Ordinal);
    }

    /// <summary>Source: Alibaba Cloud, "V3 request structure and signature" (ACS3-HMAC-SHA256), its worked example.</summary>
    [Fact]
    public void The_published_example_of_a_v3_signature_comes_out()
    {
        const string signed = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version";
        var shape = Shape($$$"""
            "query": { "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai" },
            "headers": { "Authorization": "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders={{{signed}}},Signature={sign}" },
            "signing": [
              { "name": "canonical", "how": "text", "of": "POST\n/\n{parameters}\nhost:ecs.cn-shanghai.aliyuncs.com\nx-acs-action:RunInstances\nx-acs-content-sha256:{body|sha256}\nx-acs-date:2023-10-26T10:22:32Z\nx-acs-signature-nonce:3156853299f313e23d1673dc12e1703d\nx-acs-version:2014-05-26\n\n{{{signed}}}\n{body|sha256}" },
              { "name": "sign", "how": "hmac-sha256", "of": "ACS3-HMAC-SHA256\n{canonical|sha256}", "key": "{Key}" }]
            """);
        var (request, _) = RequestBuilder.Build(shape, Values("YourAccessKeySecret"));

        Assert.EndsWith("Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0", request.Headers.GetValues("Authorization").Single(), StringComparison.Ordinal);
    }

    /// <summary>Keys made of keys. Source: Amazon Web Services, "examples of how to derive a signing key for Signature Version 4".</summary>
    [Fact]
    public void The_published_example_of_a_derived_key_comes_out()
    {
        var shape = Shape("""
            "headers": { "X-Key": "{service}" },
            "signing": [
              { "name": "day", "how": "hmac-sha256", "of": "20120215", "key": "AWS4{Key}" },
              { "name": "region", "how": "hmac-sha256", "of": "us-east-1", "keyOf": "day" },
              { "name": "iam", "how": "hmac-sha256", "of": "iam", "keyOf": "region" },
              { "name": "service", "how": "hmac-sha256", "of": "aws4_request", "keyOf": "iam" }]
            """);
        var (request, _) = RequestBuilder.Build(shape, Values("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"));

        Assert.Equal("f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d", request.Headers.GetValues("X-Key").Single());
    }

    private static string Url(RequestShape shape, string key) => RequestBuilder.Build(shape, Values(key)).Request.RequestUri!.OriginalString;

    private static GatewayValues Values(string key) => new(new Dictionary<string, string>(StringComparer.Ordinal) { ["Key"] = key }, Gateways.Now, TimeZoneInfo.Utc);

    private static RequestShape Shape(string members) => ProfileReader.Read("test", Encoding.UTF8.GetBytes($$"""
        { "follows": "tests", "secrets": { "Key": "k" }, "send": { "url": "https://example.org/", "body": "none", {{members}} }, "answer": { "rules": [{ "outcome": "accepted", "status": "200" }] } }
        """)).Send;
}
