using Xunit;

namespace Notices.Imports;

/// <summary>What a process holds is everybody's who works in it: these run when all others have ended.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(Alone))]
public class TableReaderMemoryTests
{
    [Fact]
    public async Task A_million_rows_pass_in_flat_memory()
    {
        // What earlier tests left behind is not the reader's.
        var before = GC.GetTotalMemory(true);
        await using var stream = new RepeatedRows(1_000_000);
        using var table = (await TableReader.OpenAsync(stream, null, CancellationToken.None)).Value!;
        var (count, most) = (0, 0L);
        foreach (var row in table.Rows())
        {
            if (++count % 200_000 == 0) most = Math.Max(most, GC.GetTotalMemory(true));
            Assert.Null(row.Problem);
        }

        Assert.Equal(1_000_000, count);
        Assert.True(most - before < 20_000_000, $"{before} to {most}");
    }

    /// <summary>A seekable file made of one row again and again.</summary>
    private sealed class RepeatedRows(int rows) : Stream
    {
        private static readonly byte[] Row = "13010000001,张三,JX-T-0001,main,13800138000,zh-CN,residential\n"u8.ToArray();

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => (long)Row.Length * (rows + 1);

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, Length - Position);
            for (var i = 0; i < read; i++, Position++)
            {
                var b = Row[Position % Row.Length];
                // The header needs different names.
                buffer[offset + i] = Position < Row.Length && b == (byte)'-' ? (byte)'a' : b;
            }

            return read;
        }

        public override long Seek(long offset, SeekOrigin origin) => Position = origin == SeekOrigin.Begin ? offset : Length + offset;

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
