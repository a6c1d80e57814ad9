using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Notices.Testing;

namespace Notices.Setup;

public partial class DocsTests
{
    [Fact]
    public async Task The_description_is_OpenAPI_3_1_and_names_every_route_of_the_API()
    {
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite);
        var document = JsonDocument.Parse(await host.TextAsync("/openapi/v1.json")).RootElement;
        Assert.StartsWith("3.1.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(verb => $"{verb.Name.ToUpperInvariant()} {path.Name}")).ToHashSet(StringComparer.Ordinal);

        var mapped = host.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(route => (route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []).Select(verb => $"{verb} {Constraint().Replace(route.RoutePattern.RawText!, "")}"))
            .Where(route => route.Contains(" /api/", StringComparison.Ordinal) || route.Contains(" /feeds/", StringComparison.Ordinal)).Select(route => route.TrimEnd('/')).ToList();

        Assert.True(mapped.Count > 40, $"{mapped.Count} routes");
        Assert.Empty(mapped.Except(described.Select(route => route.TrimEnd('/'))));
    }

    [Fact]
    public async Task The_documentation_page_loads_nothing_from_outside()
    {
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite);
        using var client = new HttpClient { BaseAddress = host.Address };
        using var answer = await client.GetAsync(new Uri("/docs/", UriKind.Relative));
        var page = await answer.Content.ReadAsStringAsync();

        var loaded = Source().Matches(page).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(loaded);
        Assert.All(loaded, source => Assert.DoesNotContain("//", source, StringComparison.Ordinal));
        Assert.Contains("default-src 'self'", string.Join(';', answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        foreach (var source in loaded) Assert.True((await client.GetAsync(new Uri(new Uri(host.Address, "/docs/"), source))).IsSuccessStatusCode, source);
    }

    [GeneratedRegex("<(?:script|link)[^>]+(?:src|href)=\"([^\"]+)\"")]
    private static partial Regex Source();

    [GeneratedRegex(@"(?<=\{\w+):\w+")]
    private static partial Regex Constraint();
}
