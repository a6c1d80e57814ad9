using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Notices.Access;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Feeds;
using Notices.Network;
using Notices.Operation;
using Notices.Policy;
using Notices.Storage;
using Notices.Testing;

namespace Notices.Publishing;

/// <summary>The desk of templates on a fresh database with one county: what one process has of it.</summary>
internal sealed class Desk : IAsyncDisposable
{
    internal const string Path = "initial/en/sms.txt";

    internal static readonly Actor Writer = new("sun", new HashSet<Role> { Role.Administrator }, "/");
    internal static readonly Actor Approver = new("wang", new HashSet<Role> { Role.Approver }, "/");
    internal static readonly Actor Dispatcher = new("li", new HashSet<Role> { Role.Dispatcher }, "/");

    private readonly TestDatabase _database;
    private readonly bool _beside;

    private Desk(TestDatabase database, bool beside)
    {
        (_database, _beside) = (database, beside);
        Current = new EditedTemplates(Files);
        Trial = new TemplateTrial(Files, Current, new RegisteredCheck(() => new ProviderDirectory([], TimeProvider.System)), new OperationOptions());
    }

    internal TemplateFiles Files { get; } = new(NoticeFixtures.Home);

    internal EditedTemplates Current { get; }

    internal TemplateTrial Trial { get; }

    internal FakeTimeProvider Clock { get; } = new(Press.Morning);

    internal string Shipped => Files.Find(Path)!;

    internal static async Task<Desk> CreateAsync(DatabaseKind kind)
    {
        var desk = new Desk(await TestDatabase.CreateAsync(kind), false);
        await using var db = desk.Open();
        db.Organisations.Add(new Organisation { Code = "CITY", Name = "市公司", Level = OrganisationLevel.City, TimeZone = "Asia/Shanghai", Path = "/1/" });
        await db.SaveChangesAsync();

        return desk;
    }

    /// <summary>Another process on the same database.</summary>
    internal Desk Beside() => new(_database, true);

    internal NoticesDb Open() => _database.Open();

    internal Task<Result<int>> SaveAsync(int read, string text, Actor? actor = null, string path = Path) => DoAsync(desk => desk.SaveAsync(new SaveTemplate(path, read, text), actor ?? Writer, default));

    internal Task<Result<int>> SubmitAsync(int version) => DoAsync(desk => desk.SubmitAsync(Path, version, Writer, default));

    internal Task<Result<int>> ApproveAsync(int version, Actor? actor = null) => DoAsync(desk => desk.ApproveAsync(Path, version, actor ?? Approver, default));

    internal Task<Result<int>> RejectAsync(int version, string? reason) => DoAsync(desk => desk.RejectAsync(Path, version, reason, Approver, default));

    internal Task<Result<int>> ReturnAsync(int read) => DoAsync(desk => desk.ReturnAsync(Path, read, Writer, default));

    internal async Task<TemplateView> ReadAsync(string path = Path)
    {
        await using var db = Open();

        return (await Catalog(db).ReadAsync(path, Dispatcher, default)).Value!;
    }

    internal TemplateCatalog Catalog(NoticesDb db) =>
        new(db, Files, Current, Trial, new NoticeFactsBuilder(db, new PolicyBook(PolicyFile.Load(System.IO.Path.Combine(NoticeFixtures.Home, "config"), "cn").Value!), Clock), Clock);

    internal async Task<List<AuditEntry>> EntriesAsync()
    {
        await using var db = Open();

        return await db.AuditEntries.OrderBy(entry => entry.Sequence).ToListAsync();
    }

    /// <summary>As an upgrade would find it: written over another shipped text.</summary>
    internal async Task ShippedOtherwiseAsync()
    {
        await using var db = Open();
        await db.TemplateOverrides.ExecuteUpdateAsync(set => set.SetProperty(t => t.ShippedHash, "another"));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_beside) await _database.DisposeAsync();
    }

    private async Task<Result<int>> DoAsync(Func<TemplateDesk, Task<Result<int>>> act)
    {
        await using var db = Open();

        return await act(new TemplateDesk(db, new AuditTrail(db, Clock), Files, Current, Trial, Clock));
    }
}
