using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Notices.Deliveries;
using Notices.Storage;

namespace Notices.Audit;

/// <summary>SHA-256 over rows written together, in id order: one audit entry speaks for them all, and a row changed later is found.</summary>
internal sealed class RowsHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    internal int Count { get; private set; }

    internal void Add(Attempt row) => Add(
        row.DeliveryId, row.Number, UtcTicks.Of(row.StartedAt), UtcTicks.Of(row.EndedAt), row.Provider, row.Outcome, row.Detail, row.ProviderMessageId,
        row.CallResult, row.KeysPressed, row.Seconds);

    internal void Add(Receipt row) => Add(row.DeliveryId, UtcTicks.Of(row.At), (int)row.State, row.Detail);

    /// <summary>The digest; afterwards it starts anew.</summary>
    internal string Finish()
    {
        Count = 0;

        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    public void Dispose() => _hash.Dispose();

    private void Add(params ReadOnlySpan<object?> fields)
    {
        var line = new StringBuilder(128);
        // The length before each field, so that no two rows write the same bytes.
        foreach (var field in fields)
        {
            var text = Convert.ToString(field, CultureInfo.InvariantCulture);
            line.Append(text?.Length ?? -1).Append(':').Append(text).Append('|');
        }

        _hash.AppendData(Encoding.UTF8.GetBytes(line.Append('\n').ToString()));
        Count++;
    }
}
