using Notices.Feeds;
using Notices.Outages;

namespace Notices.Setup;

/// <summary>Every group of routes, one line each.</summary>
internal static class Endpoints
{
    internal static void Map(WebApplication app, HostRequest request)
    {
        app.MapOutages();
        app.MapFeeds();
        _ = request;
    }
}
