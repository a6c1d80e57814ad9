using System.Xml.Linq;
using Microsoft.Extensions.Time.Testing;
using Notices.Storage;
using Notices.Testing;
using Xunit;

namespace Notices.Feeds;

/// <summary>A fresh database, a clock at nine in the morning of 24 November 2026, and feeds over both.</summary>
public abstract class FeedTest(DatabaseKind kind = DatabaseKind.Sqlite) : IAsyncLifetime
{
    private protected static readonly XNamespace Atom = AtomWriter.Atom, Cap = CapAlert.Cap, Own = AtomWriter.Own;

    private TestDatabase? _database;
    private NoticesDb? _db;

    private protected FakeTimeProvider Clock { get; } = new(Press.Morning.AddDays(1));

    private protected PublicOptions Options { get; } = new() { BaseAddress = new Uri("https://notices.example.org/"), Sender = "notices@example.org" };

    private protected NoticesDb Db => _db!;

    private protected Press Press => field ??= new Press(Db);

    private protected PublicFeed Feed => field ??= new PublicFeed(Db, Clock);

    private protected CapAlerts Alerts => field ??= new CapAlerts(Options);

    private protected AtomFeed AtomFeed => field ??= new AtomFeed(Options);

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(kind);
        _db = _database.Open();
    }

    public async ValueTask DisposeAsync()
    {
        await _db!.DisposeAsync();
        await _database!.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected async Task<FeedContent> ReadAsync(FeedRequest? request = null)
    {
        var result = await Feed.ReadAsync(request ?? FeedRequest.All, await Feed.StampAsync(default), default);
        Assert.Empty(result.Problems);

        return result.Value!;
    }

    private protected async Task<XDocument> WriteAsync(IFeedFormat format, FeedRequest? request = null)
    {
        using var stream = new MemoryStream();
        await format.WriteAsync(stream, await ReadAsync(request), request ?? FeedRequest.All, default);
        stream.Position = 0;

        return XDocument.Load(stream);
    }

    private protected async Task<XDocument> AlertAsync(string identifier)
    {
        using var stream = new MemoryStream();
        await Alerts.WriteAlertAsync(stream, (await Feed.FindAsync(identifier, default))!, default);
        stream.Position = 0;

        return XDocument.Load(stream);
    }
}
