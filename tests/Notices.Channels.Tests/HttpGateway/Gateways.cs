using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;
using Notices.Audit;
using Notices.Deliveries;

namespace Notices.Channels.HttpGateway;

/// <summary>Accounts at a platform for tests: the ready profiles, and a plain one that takes batches.</summary>
internal static class Gateways
{
    internal static readonly DateTimeOffset Now = new(2026, 11, 30, 8, 0, 0, TimeSpan.Zero);

    internal static readonly AuditOptions Audit = AuditOptions.Fresh();

    /// <summary>Takes up to five numbers, names those it refuses, and is polled and acknowledged.</summary>
    internal const string Plain = """
        {
          "follows": "nobody; for tests",
          "zone": "Asia/Shanghai",
          "numbers": { "style": "national", "countryCode": "86" },
          "settings": { "Address": "the server." },
          "secrets": { "Key": "the key." },
          "send": {
            "url": "{Address}/send",
            "headers": { "X-Time": "{now:yyyyMMddHHmmss}", "X-Sign": "{sign}" },
            "body": "json",
            "fields": { "to": "{numbers[]}", "text": "{text}", "count": 1, "key": { "id": "k" } },
            "signing": [{ "name": "sign", "how": "hmac-sha256", "of": "{timestamp}\n{body|sha256}", "key": "{Key}" }],
            "batch": { "most": 5 }
          },
          "answer": {
            "id": "batch",
            "code": "code",
            "rules": [
              { "outcome": "accepted", "status": "2xx", "path": "code", "values": ["0"] },
              { "outcome": "later", "path": "code", "values": ["busy*"] },
              { "outcome": "later", "path": "code", "values": ["often"], "ofRecipient": true },
              { "outcome": "refused", "path": "code", "values": ["black"] }
            ],
            "each": { "items": "each", "number": "to", "code": "code", "rules": [
              { "outcome": "refused", "path": "code", "values": ["black"] },
              { "outcome": "later", "path": "code", "values": ["busy"] },
              { "outcome": "accepted", "path": "code", "values": ["0"] } ] }
          },
          "receipts": {
            "items": "reports", "number": "to", "id": "batch", "status": "state", "delivered": ["ok*"], "waiting": ["sent"], "code": "why", "at": "at", "timeFormat": "yyyy-MM-dd HH:mm:ss",
            "poll": { "everySeconds": 5, "method": "GET", "url": "{Address}/reports", "query": { "key": "{Key}" }, "good": [{ "outcome": "accepted", "path": "code", "values": ["0"] }],
              "acknowledge": { "url": "{Address}/forget", "body": "json", "fields": { "ids": "{ids[]}" }, "id": "no" } },
            "webhook": { "header": "X-Sign", "proof": "{sign}", "signing": [{ "name": "sign", "how": "hmac-sha256", "of": "{body}", "key": "{Key}" }], "reply": "{\"code\":0}" }
          },
          "replies": {
            "items": "texts", "number": "from", "text": "body", "to": "to", "id": "no",
            "poll": { "everySeconds": 5, "url": "{Address}/texts", "body": "none" }
          }
        }
        """;

    internal static HttpGatewayChannel Channel(string profile, params (string Name, string Value)[] values) => new(
        "gate", new HttpGatewayOptions(ProfileReader.Read("test", Encoding.UTF8.GetBytes(profile)), values.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal)), Audit,
        new FakeTimeProvider(Now), new FakeTimeProvider(Now));

    internal static HttpGatewayChannel Channel(GatewayServer server) => Channel(Plain, ("Address", server.Address), ("Key", "k-1"));

    /// <summary>The plain profile, changed.</summary>
    internal static string With(Action<JsonObject> change)
    {
        var profile = JsonNode.Parse(Plain)!.AsObject();
        change(profile);

        return profile.ToJsonString();
    }

    /// <summary>A ready profile's account, as the settings give it.</summary>
    internal static HttpGatewayChannel Ready(string profile, params (string Name, string Value)[] values) => new(
        "gate", HttpGatewayOptions.Read(Settings([("Profile", profile), .. values]), Home), Audit, new FakeTimeProvider(Now), new FakeTimeProvider(Now));

    internal static ProviderSettings Settings(params (string Name, string Value)[] values) => new(
        "gate", new ConfigurationBuilder().AddInMemoryCollection(values.Select(pair => KeyValuePair.Create(pair.Name, (string?)pair.Value))).Build());

    internal static OutgoingMessage Message(string text, string number = "+8613800000001", long id = 42) => new(id, Medium.Sms, number, "zh-CN", null, text, null, Now.AddHours(1));

    internal static string Key(string batch, string number) => $"{batch}/{Audit.Digest(number)[..16]}";

    internal static string Home => Testing.Repository.Root;
}
