using System.Text;
using System.Xml;

namespace Notices.Feeds;

/// <summary>An XML writer whose text leaves asynchronously whenever <see cref="DrainAsync"/> is called: a web server takes nothing else, and no more than an entry is held.</summary>
internal sealed class XmlOut : IDisposable
{
    private static readonly XmlWriterSettings Settings = new() { Encoding = new UTF8Encoding(false), Indent = true, IndentChars = " ", NewLineChars = "\n", CloseOutput = false };

    private readonly Stream _target;
    private readonly MemoryStream _buffer = new(16 * 1024);

    internal XmlOut(Stream target)
    {
        _target = target;
        Xml = XmlWriter.Create(_buffer, Settings);
        Xml.WriteStartDocument();
    }

    internal XmlWriter Xml { get; }

    internal async Task DrainAsync(CancellationToken cancellationToken)
    {
        Xml.Flush();
        await _target.WriteAsync(_buffer.GetBuffer().AsMemory(0, (int)_buffer.Length), cancellationToken);
        _buffer.SetLength(0);
    }

    /// <summary>Closes what is open and sends the rest.</summary>
    internal async Task FinishAsync(CancellationToken cancellationToken)
    {
        Xml.WriteEndDocument();
        await DrainAsync(cancellationToken);
    }

    public void Dispose()
    {
        _buffer.SetLength(0);
        Xml.Dispose();
        _buffer.Dispose();
    }
}
