using System.Text;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audience;
using Notices.Audit;
using Notices.Evidence;
using Notices.Imports;
using Notices.Policy;
using Notices.Publishing;
using Notices.Storage;
using Notices.Testing;
using Notices.Tests.Policy;
using Xunit;

namespace Notices.Deliveries;

/// <summary>A county whose policy, Australia's, writes letters, and the desk they are printed and entered at.</summary>
internal sealed class PaperDesk : IAsyncDisposable
{
    internal static readonly CancellationToken None = CancellationToken.None;

    internal static readonly Actor Clerk = new("clerk", new HashSet<Role> { Role.Dispatcher }, "/");

    private readonly AuditOptions _keys = AuditOptions.Fresh();

    private PaperDesk(AudienceDesk county) => County = county;

    internal AudienceDesk County { get; }

    internal DateTimeOffset Now => County.Now;

    private PolicyBook Policy => new(County.Policy);

    private LetterLedger Ledger => new(Policy, _keys);

    internal LetterDesk Desk(AuditOptions? pretends = null)
    {
        var reading = new LetterReading(County.Open, new RoundTexts(County.Open), new PersonalTexts().Fill, Policy, County.Clock, pretends);

        return new LetterDesk(County.Open, reading, Ledger, County.Clock);
    }

    /// <summary>A round of a planned outage, drawn.</summary>
    internal static async Task<(PaperDesk Paper, long Round)> OpenAsync(DatabaseKind kind, int customers = 60)
    {
        var paper = new PaperDesk(await AudienceDesk.OpenAsync(kind, customers)) { County = { Policy = Policies.Australia } };
        await paper.County.ReadAsync(db => db.Customers.ExecuteUpdateAsync(set => set.SetProperty(c => c.Address, c => "东街" + (400 - c.Id) + "号")));
        var round = await paper.County.RoundAsync();
        await paper.County.DrawAsync();

        return (paper, round);
    }

    internal async Task<LetterBatch> PrintAsync(long round, PrintLetters? request = null)
    {
        var printed = await Desk().PrintAsync(round, request ?? new PrintLetters(Limit: LetterDesk.MostAtOnce), Clerk, None);
        Assert.Empty(printed.Problems);

        return (await Desk().ShowAsync(round, printed.Value!.Batch!, Clerk, None))!;
    }

    internal Task<Result<LetterOutcomesEntered>> EnterAsync(params EnterLetterOutcome[] outcomes) => Desk().EnterAsync(new EnterLetterOutcomes(outcomes), Clerk, None);

    internal async Task<ImportReport> ImportAsync(string text, List<RejectedRow> rejected, bool dryRun = false)
    {
        await using var db = County.Open();
        var import = new LetterImport(db, new AuditTrail(db, County.Clock), Ledger, County.Clock);
        var report = await import.RunAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), new ImportRequest { FileName = "letters.csv", DryRun = dryRun, Rejected = rejected.Add }, Clerk, null, None);
        Assert.Empty(report.Problems);

        return report.Value!;
    }

    internal Task<Delivery> RowAsync(string number) => County.ReadAsync(db => db.Deliveries.AsNoTracking().SingleAsync(d => d.Id == LetterNumber.Read(number)));

    /// <summary>Every attempt is as its entry says. The desk's notices are put in by hand, which the verifier tells last.</summary>
    internal async Task SoundAsync() => Assert.Equal("audit-notice-unspoken", await FaultAsync());

    internal async Task<string?> FaultAsync()
    {
        await using var db = County.Open();
        var auditor = new Actor("a", new HashSet<Role> { Role.Auditor }, "/");

        return (await new AuditVerifier(db, new CheckpointSigner(_keys)).VerifyAsync(auditor, null, null, None)).Value!.Fault?.Problem.Code;
    }

    public ValueTask DisposeAsync() => County.DisposeAsync();
}
