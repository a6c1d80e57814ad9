using System.IO.Compression;

namespace Notices.Imports;

/// <summary>One part of a workbook, unpacked as it is read and stopped when it grows beyond reason. The sizes a ZIP states about itself are not believed.</summary>
internal sealed class Unpacked(ZipArchiveEntry entry, TableLimits limits) : Stream
{
    private const long Harmless = 16 * 1024 * 1024;

    private readonly Stream _inner = entry.Open();
    private readonly long _packed = Math.Max(1, entry.CompressedLength);
    private long _length;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = _inner.Read(buffer);
        _length += read;
        if (_length > limits.UnpackedLength || (_length > Harmless && _length / _packed > limits.UnpackedRatio)) throw new UnpacksTooFarException(entry.FullName);

        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _inner.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>A ZIP bomb: ends the reading, and becomes a problem there.</summary>
internal sealed class UnpacksTooFarException(string part) : IOException($"{part} unpacks beyond the limit.")
{
    internal string Part { get; } = part;
}
