using System.Text;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Customers;
using Notices.Network;
using Notices.Storage;
using Notices.Testing;
using Xunit;

namespace Notices.Imports;

/// <summary>A database and the imports on it.</summary>
internal sealed class ImportDesk(TestDatabase database) : IAsyncDisposable
{
    internal const string Grid = """
        organisation,substation,feeder_code,feeder_name,voltage_kv,section,transformer_code,transformer_name,place,place_code,township,latitude,longitude
        JX,城关站,JX-F01,城关031线,10,13号杆以下,JX-T1,东街台区,东街,,城关镇,38.03,114.14
        JX,城关站,JX-F01,城关031线,10,,JX-T2,西街台区,西街,,城关镇,,
        JX,,JX-F02,微水041线,10,,JX-T3,,微水村,130121001,微水镇,,

        """;

    internal static readonly Actor Dispatcher = new("d", new HashSet<Role> { Role.Dispatcher }, "/");

    internal TestDatabase Database => database;

    internal List<RejectedRow> Rejected { get; } = [];

    internal static async Task<ImportDesk> OpenAsync(DatabaseKind kind, bool withGrid = true)
    {
        var desk = new ImportDesk(await TestDatabase.CreateAsync(kind));
        Assert.Equal(2, (await desk.OrganisationsAsync("code,name,level,parent,adcode\nJX,井陉县供电公司,county,SJZ,130121\nSJZ,石家庄供电公司,city,,130100\n")).Added);
        if (withGrid) Assert.Equal(3, (await desk.NetworkAsync(Grid)).Added);

        return desk;
    }

    internal ImportRequest Request(string name) => new() { FileName = name, Rejected = Rejected.Add };

    internal Task<ImportReport> OrganisationsAsync(string text) =>
        RunAsync((db, audit) => new OrganisationImport(db, audit).RunAsync(Stream(text), Request("o.csv"), Dispatcher, null, CancellationToken.None));

    internal Task<ImportReport> NetworkAsync(string text, ImportRequest? request = null) =>
        RunAsync((db, audit) => new NetworkImport(db, audit).RunAsync(Stream(text), request ?? Request("n.csv"), Dispatcher, null, CancellationToken.None));

    internal Task<ImportReport> CustomersAsync(string text, bool dryRun = false, Actor? actor = null) =>
        RunAsync((db, audit) => new CustomerImport(db, audit, TimeProvider.System).RunAsync(Stream(text), Request("c.csv") with { DryRun = dryRun }, actor ?? Dispatcher, null, CancellationToken.None));

    /// <summary>One of the kinds whose rows stand for themselves.</summary>
    internal Task<ImportReport> ImportAsync(ImportKind kind, string text, bool dryRun = false, Actor? actor = null) => RunAsync((db, audit) =>
    {
        var (stream, request) = (Stream(text), Request("f.csv") with { DryRun = dryRun });

        return kind switch
        {
            ImportKind.AlternateFeeds => new AlternateFeedImport(db, audit).RunAsync(stream, request, actor ?? Dispatcher, null, CancellationToken.None),
            ImportKind.Relays => new RelayImport(db, audit).RunAsync(stream, request, actor ?? Dispatcher, null, CancellationToken.None),
            ImportKind.Contacts => new ContactImport(db, audit, TimeProvider.System).RunAsync(stream, request, actor ?? Dispatcher, null, CancellationToken.None),
            ImportKind.Ledger => new LedgerImport(db, audit).RunAsync(stream, request, actor ?? Dispatcher, null, CancellationToken.None),
            ImportKind.Ids => new IdImport(db, audit).RunAsync(stream, request, actor ?? Dispatcher, null, CancellationToken.None),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
    });

    /// <summary>Codes of what was rejected since the last time, a row a line.</summary>
    internal string TakeRejected()
    {
        var told = string.Join('\n', Rejected.Select(r => $"{r.Line}: {string.Join(' ', r.Problems.Select(p => p.Code))}"));
        Rejected.Clear();

        return told;
    }

    /// <summary>A dispatcher of a second county, with a feeder and a transformer of its own.</summary>
    internal async Task<Actor> NeighbourAsync()
    {
        await OrganisationsAsync("code,name,parent\nPS,平山县供电公司,SJZ\n");
        await NetworkAsync("organisation,feeder_code,transformer_code,place,place_code\nPS,PS-F1,PS-T1,东街,PS-1\n");
        var path = await ReadAsync(db => db.Organisations.Where(o => o.Code == "PS").Select(o => o.Path).SingleAsync());

        return new Actor("p", new HashSet<Role> { Role.Dispatcher }, path);
    }

    internal async Task<ImportReport> RunAsync(Func<NoticesDb, AuditTrail, Task<Result<ImportReport>>> import)
    {
        await using var db = database.Open();
        var result = await import(db, new AuditTrail(db, TimeProvider.System));
        Assert.Empty(result.Problems);

        return result.Value!;
    }

    internal async Task<T> ReadAsync<T>(Func<NoticesDb, Task<T>> read)
    {
        await using var db = database.Open();

        return await read(db);
    }

    internal Task<int> EntriesAsync() => ReadAsync(db => db.AuditEntries.CountAsync());

    internal static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
