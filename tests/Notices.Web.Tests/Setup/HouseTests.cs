using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Testing;
using Notices.Words;

namespace Notices.Setup;

/// <summary>What holds for the whole house: the walls, the doors, the sentences, the schema.</summary>
public partial class HouseTests
{
    /// <summary>Open to everybody, on purpose.</summary>
    private static readonly string[] Open = ["/", "/health/live", "/health/ready", "/.well-known/notices-head", "/feeds/", "/openapi/", "/docs", "/sandbox", "/unsubscribe/", "/subscribe", "/subscriptions/", "/webhooks/", "/outages/{number}", "/announcements/{number}", "/map", "/sign-in", "/sign-out", "/console/language", "/console.", "/_content/", "/_framework/", "/lib/"];

    private static readonly string Root = Repository.Root;

    [Fact]
    public void Every_problem_has_a_sentence_in_both_languages_and_every_sentence_a_problem()
    {
        var said = Languages.All.ToDictionary(language => language, language => Sentences.Codes(language));
        Assert.Equal(said[Languages.Chinese].Order(StringComparer.Ordinal), said[Languages.English].Order(StringComparer.Ordinal));

        var sources = Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)).Select(File.ReadAllText).ToList();
        var used = sources.SelectMany(text => Code().Matches(text)).Select(m => m.Groups[1].Value).ToHashSet();
        Assert.NotEmpty(used);
        Assert.Empty(used.Except(said[Languages.English]).Order(StringComparer.Ordinal));

        // A code may reach its problem through a variable: then it stands somewhere as a string.
        var all = string.Join('\n', sources);
        Assert.Empty(said[Languages.English].Where(code => !all.Contains($"\"{code}\"", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_address_says_who_may_call_it()
    {
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite);
        var routes = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        Assert.NotEmpty(routes);

        var unsaid = routes.Where(r => r.Metadata.GetMetadata<IAuthorizeData>() is null && r.Metadata.GetMetadata<IAllowAnonymous>() is null);
        Assert.Empty(unsaid.Select(r => r.RoutePattern.RawText));
        var open = routes.Where(r => r.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(r => "/" + r.RoutePattern.RawText!.TrimStart('/'));
        Assert.DoesNotContain(open, path => path != "/" && !Open.Skip(1).Any(prefix => path.StartsWith(prefix, StringComparison.Ordinal)));
        Assert.All(routes.Where(r => r.RoutePattern.RawText!.StartsWith("/api", StringComparison.Ordinal)), r => Assert.NotNull(r.Metadata.GetMetadata<IAuthorizeData>()?.Policy));
    }

    [Fact]
    public void The_walls_stand()
    {
        string[] References(Assembly assembly) => [.. assembly.GetReferencedAssemblies().Select(a => a.Name!)];

        var (core, channels, web) = (typeof(Problem).Assembly, typeof(Channels.ChannelServices).Assembly, typeof(HouseTests).Assembly.GetReferencedAssemblies()
            .Where(a => a.Name == "Notices.Web" || a.Name == "notices").Select(Assembly.Load).Single());
        foreach (var assembly in (Assembly[])[channels, web])
            Assert.DoesNotContain(References(assembly), name => name.StartsWith("Microsoft.EntityFrameworkCore", StringComparison.Ordinal));
        Assert.DoesNotContain(References(core), name => name.StartsWith("Hangfire", StringComparison.Ordinal) || name is "MailKit" or "Notices.Channels" || name.StartsWith("Microsoft.AspNetCore.Http", StringComparison.Ordinal));
        Assert.DoesNotContain(References(channels), name => name == web.GetName().Name || name.StartsWith("Hangfire", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Every_change_of_the_model_stands_in_its_migrations(DatabaseKind kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        await using var db = database.Open();

        Assert.False(db.Database.HasPendingModelChanges());
        Assert.Empty(await db.Database.GetPendingMigrationsAsync());
    }

    [Fact]
    public void Both_migration_sets_bring_the_same_steps()
    {
        string[] Steps(string set) => [.. Directory.EnumerateFiles(Path.Combine(Root, "src", "Notices.Core", "Storage", "Migrations", set), "*_*.cs")
            .Select(f => Path.GetFileNameWithoutExtension(f)).Where(f => !f.EndsWith(".Designer", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(f => f[(f.IndexOf('_') + 1)..])];

        Assert.Equal(Steps("Sqlite"), Steps("PostgreSql"));
    }

    [GeneratedRegex("new(?: Problem)?\\(\\s*\"((?!demo-)[a-z0-9]+(?:-[a-z0-9]+)+)\"")]
    private static partial Regex Code();
}
