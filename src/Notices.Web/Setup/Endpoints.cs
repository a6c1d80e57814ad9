using Notices.Access;
using Notices.Announcements;
using Notices.Audit;
using Notices.Customers;
using Notices.Deliveries;
using Notices.Emergencies;
using Notices.Evidence;
using Notices.Feeds;
using Notices.Hotline;
using Notices.Imports;
using Notices.Operation;
using Notices.Outages;
using Notices.Public;
using Notices.Publishing;
using Notices.Sandbox;
using Notices.Subscriptions;
using Notices.Webhooks;

namespace Notices.Setup;

/// <summary>Every group of routes, one line each.</summary>
internal static class Endpoints
{
    internal static void Map(WebApplication app, HostRequest request)
    {
        app.MapOutages();
        app.MapAnnouncements();
        app.MapNotices();
        app.MapRounds();
        app.MapCalls();
        app.MapPaper();
        app.MapCertificates();
        app.MapCompliance();
        app.MapShadow();
        app.MapAudit();
        app.MapCustomers();
        app.MapRegistry();
        app.MapUnsubscribe();
        app.MapSubscribe();
        app.MapEnquiries();
        app.MapImports();
        app.MapFeeds();
        app.MapStatusPage();
        app.MapMapPage();
        app.MapSignIn();
        app.MapConsole();
        app.MapEmergencyPages();
        app.MapApprovals();
        app.MapTwilio();
        app.MapKannel();
        app.MapGateways();
        if (request.Sandbox) app.MapSandbox(null);
        else if (app.Services.GetRequiredService<OperationOptions>().IsDrill) app.MapSandbox(Access.Metrics);
    }
}
