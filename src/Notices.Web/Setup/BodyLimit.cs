using Microsoft.AspNetCore.Http.Metadata;

namespace Notices.Setup;

/// <summary>How many bytes an address takes, where that differs from all others; more is refused with 413 before it is read.</summary>
internal sealed class BodyLimit(long bytes) : IRequestSizeLimitMetadata
{
    public long? MaxRequestBodySize => bytes;
}
