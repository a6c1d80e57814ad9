using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Notices.Deliveries;
using Notices.Storage;

namespace Notices.Audit;

/// <summary>SHA-256 over rows written together, in id order: one audit entry speaks for them all, and a row changed later is found.
/// A field is its length in characters, a colon, itself and a stroke, so that no two rows write the same bytes.</summary>
internal sealed class RowsHash : IDisposable
{
    private const int Block = 16_384, LongestNumber = 32;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Stream? _copy;
    private byte[] _bytes = new byte[Block];
    private int _used;

    /// <param name="copy">Gets the very bytes that are hashed.</param>
    internal RowsHash(Stream? copy = null) => _copy = copy;

    internal int Count { get; private set; }

    internal void Add(Attempt row) => AddAttempt(
        row.DeliveryId, row.Number, UtcTicks.Of(row.StartedAt), UtcTicks.Of(row.EndedAt), row.Provider, row.Outcome, row.Detail, row.ProviderMessageId, row.CallResult, row.KeysPressed, row.Seconds);

    internal void Add(Receipt row) => AddReceipt(row.DeliveryId, UtcTicks.Of(row.At), (short)row.State, row.Detail);

    internal void Add(CallEvent row) => AddCallEvent(row.DeliveryId, row.Number, (short)row.Kind, row.Part, row.Value, UtcTicks.Of(row.At), row.Seconds);

    internal void AddAttempt(
        long delivery, short number, long started, long ended, string provider, short outcome, string? detail, string? message, string? call, string? keys, int? seconds)
    {
        Field(delivery);
        Field(number);
        Field(started);
        Field(ended);
        Field(provider);
        Field(outcome);
        Field(detail);
        Field(message);
        Field(call);
        Field(keys);
        FieldOrNull(seconds);
        End();
    }

    internal void AddReceipt(long delivery, long at, short state, string? detail)
    {
        Field(delivery);
        Field(at);
        Field(state);
        Field(detail);
        End();
    }

    internal void AddCallEvent(long delivery, short number, short kind, short part, string? value, long at, int? seconds)
    {
        Field(delivery);
        Field(number);
        Field(kind);
        Field(part);
        Field(value);
        Field(at);
        FieldOrNull(seconds);
        End();
    }

    internal void AddReply(long id, string provider, string message, long at, short kind, long? delivery)
    {
        Field(id);
        Field(provider);
        Field(message);
        Field(at);
        Field(kind);
        if (delivery is { } acknowledged) Field(acknowledged);
        else Field(null);
        End();
    }

    /// <summary>The digest; afterwards it starts anew.</summary>
    internal string Finish()
    {
        Flush();
        Count = 0;

        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    public void Dispose() => _hash.Dispose();

    private void Field(long number)
    {
        Make(2 * LongestNumber);
        Span<byte> digits = stackalloc byte[LongestNumber];
        Utf8Formatter.TryFormat(number, digits, out var length);
        Length(length);
        digits[..length].CopyTo(_bytes.AsSpan(_used));
        _used += length;
        _bytes[_used++] = (byte)'|';
    }

    private void FieldOrNull(int? number)
    {
        if (number is { } known) Field(known);
        else Field(null);
    }

    private void Field(string? text)
    {
        Make(LongestNumber + Encoding.UTF8.GetMaxByteCount(text?.Length ?? 0));
        Length(text?.Length ?? -1);
        _used += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_used));
        _bytes[_used++] = (byte)'|';
    }

    private void Length(int length)
    {
        Utf8Formatter.TryFormat(length, _bytes.AsSpan(_used), out var written);
        _used += written;
        _bytes[_used++] = (byte)':';
    }

    private void End()
    {
        Make(1);
        _bytes[_used++] = (byte)'\n';
        Count++;
    }

    private void Make(int room)
    {
        if (_used + room <= _bytes.Length) return;

        Flush();
        if (room > _bytes.Length) _bytes = new byte[room];
    }

    private void Flush()
    {
        _hash.AppendData(_bytes, 0, _used);
        _copy?.Write(_bytes, 0, _used);
        _used = 0;
    }
}
