using System.Globalization;

namespace Notices.Setup;

/// <summary>Versions as ETag and If-Match carry them.</summary>
internal static class Versions
{
    internal static void Tell(HttpResponse response, int version) => response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>The refusal where the header is missing or no version; otherwise null, and the version read.</summary>
    internal static ProblemsResult? Refuse(string? ifMatch, out int read)
    {
        read = 0;
        if (string.IsNullOrEmpty(ifMatch)) return new ProblemsResult([new Problem("version-missing", "If-Match")], StatusCodes.Status428PreconditionRequired);

        return int.TryParse(ifMatch.Trim('"'), CultureInfo.InvariantCulture, out read) ? null : new ProblemsResult([new Problem("version-unreadable", "If-Match", null, ProblemKind.Unreadable)]);
    }
}
