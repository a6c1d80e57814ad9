using System.Net;
using Notices.Access;

namespace Notices.Setup;

/// <summary>Nothing listens beyond this machine before there is a real administrator.</summary>
internal static class Listening
{
    /// <exception cref="SettingsException">An address is open to others and nobody administers the service.</exception>
    internal static async Task RefuseOpenDoorAsync(WebApplication app, string? urls, CancellationToken cancellationToken)
    {
        var open = (urls ?? app.Configuration["Urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(url => !IsLocal(url));
        if (open is null) return;

        await using var scope = app.Services.CreateAsyncScope();
        if (!await scope.ServiceProvider.GetRequiredService<KeyRing>().HasAdministratorAsync(cancellationToken))
            throw new SettingsException([$"{open} is open to other machines, and there is no administrator yet; make one with `notices keys add --role administrator --organisation CODE` first."]);
    }

    /// <summary>A demonstration never listens to others.</summary>
    /// <exception cref="SettingsException">An address is open to others.</exception>
    internal static void RefuseBeyondThisMachine(string? urls)
    {
        if ((urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(url => !IsLocal(url)) is { } open)
            throw new SettingsException([$"{open} is open to other machines; a demonstration listens on localhost only."]);
    }

    /// <summary>True for a request from this very machine that no proxy passed on for somebody else.</summary>
    internal static bool IsFromHere(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } from && IPAddress.IsLoopback(from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from)
        && !context.Request.Headers.ContainsKey("X-Forwarded-For") && !context.Request.Headers.ContainsKey("Forwarded") && !context.Request.Headers.ContainsKey("Via");

    private static bool IsLocal(string url) =>
        Uri.TryCreate(url.Replace("*", "0.0.0.0", StringComparison.Ordinal).Replace("+", "0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var uri)
        && (uri.Host == "localhost" || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)));
}
