using System.Globalization;
using System.Text.Json;
using Notices.Audit;

namespace Notices.Evidence;

/// <summary>A checkpoint as it leaves the house: what <c>/.well-known/notices-head</c> answers, what a manifest holds and what <c>audit verify --checkpoint</c> reads.</summary>
/// <param name="At">As in an entry: UTC, microseconds, <c>Z</c>; part of the signed text.</param>
/// <param name="Signature">DER in base64 over <c>sequence hash at</c>.</param>
/// <param name="PublicKey">SPKI in base64.</param>
public sealed record CheckpointFile(long Sequence, string Hash, string At, string Signature, string PublicKey, string Algorithm)
{
    private const string OnlyAlgorithm = "ECDSA-P256-SHA256";

    public static CheckpointFile Of(Checkpoint checkpoint, CheckpointSigner signer) =>
        new(checkpoint.Sequence, checkpoint.Hash, AuditChain.Time(checkpoint.At), checkpoint.Signature, signer.PublicKey, OnlyAlgorithm);

    /// <summary>One JSON object, a line break at the end.</summary>
    public string Write() => JsonSerializer.Serialize(this, Json.Stored) + "\n";

    /// <summary>A file kept elsewhere; a manifest of an export is read for the checkpoint in it.</summary>
    public static Result<Checkpoint> Read(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var root = json.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("checkpoint", out var inner)) root = inner;
            if (root.Deserialize<CheckpointFile>(Json.Stored) is { Sequence: > 0, Hash: not null, At: not null, Signature: not null } file
                && DateTimeOffset.TryParse(file.At, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            {
                return new Checkpoint { Sequence = file.Sequence, Hash = file.Hash, At = at.ToUniversalTime(), Signature = file.Signature };
            }
        }
        catch (JsonException)
        {
            // Said below.
        }

        return new Problem("checkpoint-unreadable", "checkpoint", null, ProblemKind.Unreadable);
    }
}
