using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Notices.Access;
using Notices.Testing;

namespace Notices.Audit;

/// <summary>The record as a file, fetched by whoever is signed in.</summary>
public sealed class AuditDownloadTests
{
    private const string Password = "four unrelated words";

    [Theory]
    [InlineData(DatabaseKind.Sqlite, "jsonl")]
    [InlineData(DatabaseKind.PostgreSql, "csv")]
    public async Task An_auditor_fetches_entries_with_a_manifest_that_fits_and_formulas_lie_still(DatabaseKind kind, string format)
    {
        await using var host = await StartAsync(kind);
        await AddAsync(host, "zhao", Role.Auditor);
        await RecordAsync(host, "=cmd|' /C calc'!A0", "<script>alert(1)</script>");
        using var client = await SignedInAsync(host, "zhao");
        using var answer = await client.GetAsync(new Uri($"/console/audit/export?format={format}&from=&to=", UriKind.Relative));
        Assert.Equal((HttpStatusCode.OK, "application/zip", "attachment"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType, answer.Content.Headers.ContentDisposition!.DispositionType));

        using var zip = new ZipArchive(await answer.Content.ReadAsStreamAsync());
        Assert.Equal([$"audit.{format}", "manifest.json"], zip.Entries.Select(entry => entry.Name).Order());
        var (entries, manifest) = (await BytesAsync(zip.GetEntry($"audit.{format}")!), JsonDocument.Parse(await BytesAsync(zip.GetEntry("manifest.json")!)).RootElement);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(entries)), manifest.GetProperty("files")[0].GetProperty("sha256").GetString());
        var text = Encoding.UTF8.GetString(entries);
        Assert.Contains("<script>alert(1)</script>", text, StringComparison.Ordinal);
        if (format == "csv") Assert.Contains(",'=cmd|' /C calc'!A0,", text, StringComparison.Ordinal);
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
    }

    [Theory]
    [InlineData(Role.Dispatcher, "/sign-in/no")]
    [InlineData(Role.Agent, "/sign-in/no")]
    [InlineData(null, "/sign-in?")]
    public async Task Nobody_else_gets_it(Role? role, string sentTo)
    {
        await using var host = await StartAsync(DatabaseKind.Sqlite);
        if (role is { } one) await AddAsync(host, "li", one);
        using var client = await SignedInAsync(host, role is null ? null : "li");
        foreach (var path in (string[])["/console/audit/export?format=csv", "/console/audit"])
        {
            using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            Assert.StartsWith(sentTo, answer.Headers.Location!.IsAbsoluteUri ? answer.Headers.Location.PathAndQuery : answer.Headers.Location.OriginalString, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Times_no_calendar_has_and_times_the_wrong_way_round_are_refused_in_words()
    {
        await using var host = await StartAsync(DatabaseKind.Sqlite);
        await AddAsync(host, "zhao", Role.Auditor);
        using var client = await SignedInAsync(host, "zhao");
        foreach (var (query, code) in ((string, string)[])[("from=2026-02-31T08:00", "time-unreadable"), ("from=2026-12-02T08:00&to=2026-12-01T08:00", "export-range")])
        {
            using var answer = await client.GetAsync(new Uri("/console/audit/export?" + query, UriKind.Relative));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Contains(code, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_api_looks_for_text_and_turns_pages_back()
    {
        await using var host = await StartAsync(DatabaseKind.Sqlite);
        for (var i = 0; i < 3; i++) await RecordAsync(host, $"test/{i}", "检修 \"一\"");
        var found = await host.GetAsync(Role.Auditor, $"/api/v1/audit?limit=2&text={Uri.EscapeDataString("检修 \"一\"")}");
        Assert.Equal(["test/2", "test/1"], found["items"]!.AsArray().Select(item => (string)item!["subject"]!));
        var next = await host.GetAsync(Role.Auditor, $"/api/v1/audit?limit=2&text={Uri.EscapeDataString("检修")}&after={found["next"]}");
        Assert.Equal("test/0", (string)next["items"]![0]!["subject"]!);
        var back = await host.GetAsync(Role.Auditor, $"/api/v1/audit?limit=2&text={Uri.EscapeDataString("检修")}&before={next["previous"]}");
        Assert.Equal(["test/2", "test/1"], back["items"]!.AsArray().Select(item => (string)item!["subject"]!));
    }

    private static async Task<TestHost> StartAsync(DatabaseKind kind)
    {
        var host = await TestHost.StartAsync(kind);
        await TestCounty.SeedAsync(host.Database);

        return host;
    }

    private static async Task AddAsync(TestHost host, string name, Role role)
    {
        await using var scope = host.Services.CreateAsyncScope();
        Assert.True((await scope.ServiceProvider.GetRequiredService<UserDesk>().AddAsync(new AddUser(name, Password, [role], TestCounty.Code), Actor.System, default)).Ok);
    }

    private static async Task RecordAsync(TestHost host, string subject, string text)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var trail = scope.ServiceProvider.GetRequiredService<AuditTrail>();
        trail.Record(Actor.System, "test.done", subject, null, new { text });
        await trail.CommitAsync(default);
    }

    /// <summary>A client with the cookie of somebody's session, or with none.</summary>
    private static async Task<HttpClient> SignedInAsync(TestHost host, string? name)
    {
        using var browser = new Browser(host.Address);
        if (name is not null) Assert.NotNull(await browser.SignInAsync(name, Password));

        return new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = browser.Cookies }) { BaseAddress = host.Address, DefaultRequestHeaders = { { "Accept", "text/html" } } };
    }

    private static async Task<byte[]> BytesAsync(ZipArchiveEntry entry)
    {
        await using var stream = await entry.OpenAsync();
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);

        return copy.ToArray();
    }
}
