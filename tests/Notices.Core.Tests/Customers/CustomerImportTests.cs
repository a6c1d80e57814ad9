using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Imports;
using Notices.Testing;
using Xunit;

namespace Notices.Customers;

public sealed class CustomerImportTests
{
    private const string Header = "account_no,customer_id,name,transformer_code,supply_role,phone,phone2,email,language,category,grade,vulnerability,loss,needs,address,liaison_name,liaison_phone,dependency\n";

    private const string Few = Header + """
        1001,K1,县医院,JX-T1,main,138 0013 8000,0311-82022345,Office@Hospital.Example.org,zh-CN,public,special,,,,中山路1号,李主任,13900139000,
        1002,K1,县医院,JX-T3,backup,13800138000,,,zh-CN,public,special,,,,中山路1号,李主任,13900139000,
        1003,,王大爷,JX-T2,,,,,,residential,,elderly-alone,,deaf|no-mobile,西街2号,,,
        1004,,陈,JX-T2,,+44 7911 123456,,,en-GB,,,life_support,,,,,,
        1005,,基站,JX-T2,,,,,,commercial,,,,,,,,mast

        """;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Customers_come_in_with_supply_points_contacts_needs_and_tier(DatabaseKind kind)
    {
        await using var desk = await ImportDesk.OpenAsync(kind);
        var report = await desk.CustomersAsync(Few);

        Assert.Empty(desk.Rejected);
        Assert.Equal((5, 5), (report.Rows, report.Added));
        var all = await desk.ReadAsync(db => db.Customers.Include(c => c.SupplyPoints).Include(c => c.Contacts).Include(c => c.LiaisonOfficer).Include(c => c.Organisation).OrderBy(c => c.CustomerNo).ToListAsync());
        Assert.Equal(["1003", "1004", "1005", "K1"], all.Select(c => c.CustomerNo));
        Assert.Equal([(short)1, (short)0, (short)1, (short)0], all.Select(c => c.Tier));
        Assert.All(all, c => Assert.Equal("JX", c.Organisation!.Code));
        Assert.Equal(Needs.Deaf | Needs.NoMobile, all[0].Needs);
        Assert.Equal(("en", "+447911123456"), (all[1].Language, all[1].Contacts[0].Address));
        var hospital = all[3];
        Assert.Equal(("李主任", "+8613900139000"), (hospital.LiaisonOfficer!.Name, hospital.LiaisonOfficer.Phone));
        Assert.Equal([SupplyRole.Main, SupplyRole.Backup], hospital.SupplyPoints.OrderBy(p => p.AccountNo).Select(p => p.Role));
        Assert.Equal(
            [(ContactKind.Mobile, "+8613800138000"), (ContactKind.Landline, "+8631182022345"), (ContactKind.Email, "office@hospital.example.org")],
            hospital.Contacts.OrderBy(c => c.Ordinal).Select(c => (c.Kind, c.Address)));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_second_run_touches_only_what_differs(DatabaseKind kind)
    {
        await using var desk = await ImportDesk.OpenAsync(kind);
        await desk.CustomersAsync(Few);
        var before = await desk.EntriesAsync();

        Assert.Equal((0, 0, 5), (await desk.CustomersAsync(Few) is var same ? (same.Added, same.Changed, same.Unchanged) : default));
        Assert.Equal(before + 1, await desk.EntriesAsync());

        var changed = await desk.CustomersAsync(Few.Replace("+44 7911 123456", "+44 7911 123457", StringComparison.Ordinal).Replace("1005,,基站,JX-T2", "1005,,铁塔基站,JX-T3", StringComparison.Ordinal));
        Assert.Equal((0, 2, 3), (changed.Added, changed.Changed, changed.Unchanged));
        var contacts = await desk.ReadAsync(db => db.Contacts.Where(c => c.Customer!.CustomerNo == "1004").OrderBy(c => c.Id).ToListAsync());
        Assert.Equal(["+447911123456", "+447911123457"], contacts.Select(c => c.Address));
        Assert.NotNull(contacts[0].ValidTo);
        Assert.Null(contacts[1].ValidTo);
        Assert.Equal("JX-T3", await desk.ReadAsync(db => db.SupplyPoints.Where(p => p.AccountNo == "1005").Select(p => p.Transformer!.Code).SingleAsync()));

        await desk.CustomersAsync(Few);
        Assert.Equal(1, await desk.ReadAsync(db => db.Contacts.CountAsync(c => c.Customer!.CustomerNo == "1004" && c.ValidTo == null && c.Address == "+447911123456")));
    }

    [Fact]
    public async Task All_problems_of_a_row_are_told_at_once_and_the_other_rows_are_saved()
    {
        await using var desk = await ImportDesk.OpenAsync(DatabaseKind.Sqlite);
        var report = await desk.CustomersAsync(Header + """
            1 001,,,JX-T1,third,12345,abc,not-a-mail,xx,castle,tenth,,,deaf|sleepy,,李,,
            1002,,某人,JX-T9,,,,,,,,,,,,,,
            1003,,某人,JX-T1,,,,,,,,,,,,,,
            1003,,某人,JX-T1,,,,,,,,,,,,,,
            1004,K9,某人,JX-T1,,,,,,,,,,,,,,
            1005,K9,别人,JX-T1,,,,,,,,,,,,,,
            1006,某人

            """);

        Assert.Equal((7, 2, 5), (report.Rows, report.Added, report.Rejected));
        Assert.Equal(
            ["import-code", "import-value-unknown", "import-liaison-half", "import-value-missing", "import-value-unknown", "import-phone", "import-phone", "import-email",
             "import-value-unknown", "import-value-unknown", "import-value-unknown"],
            desk.Rejected[0].Problems.Select(p => p.Code));
        Assert.Equal(["import-transformer-unknown", "import-twice", "import-rows-differ", "import-ragged"], desk.Rejected.Skip(1).Select(r => r.Problems[0].Code));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_dry_run_reports_the_same_and_changes_nothing(DatabaseKind kind)
    {
        await using var desk = await ImportDesk.OpenAsync(kind);
        var before = await desk.EntriesAsync();
        var report = await desk.CustomersAsync(Few + "9,,x,NONE,,,,,,,,,,,,,,\n", true);

        Assert.Equal((5, 1), (report.Added, report.Rejected));
        Assert.Equal((0, before), (await desk.ReadAsync(db => db.Customers.CountAsync()), await desk.EntriesAsync()));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Killed_half_way_whole_batches_are_left_and_a_second_run_finishes(DatabaseKind kind)
    {
        const int rows = 25_000;
        var text = Header + string.Concat(Enumerable.Range(0, rows).Select(i => $"A{i},,用户{i},JX-T{1 + (i % 3)},,138{i:00000000},,,,,,,,,,,,\n"));
        await using var desk = await ImportDesk.OpenAsync(kind);
        using var killing = new CancellationTokenSource();
        var progress = new Immediately(p =>
        {
            if (p.Rows >= 10_000) killing.Cancel();
        });
        await using (var db = desk.Database.Open())
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new CustomerImport(db, new Audit.AuditTrail(db, TimeProvider.System), TimeProvider.System)
                .RunAsync(ImportDesk.Stream(text), desk.Request("c.csv"), ImportDesk.Dispatcher, progress, killing.Token));
        }

        var left = await desk.ReadAsync(db => db.SupplyPoints.CountAsync());
        Assert.InRange(left, 10_000, 24_000);
        Assert.Equal(0, left % 2_000);
        Assert.Equal(left, await desk.ReadAsync(db => db.Contacts.CountAsync()));

        var report = await desk.CustomersAsync(text);
        Assert.Equal((rows - left, 0L, left, 0L), (report.Added, report.Changed, report.Unchanged, report.Rejected));
        Assert.Equal(rows, await desk.ReadAsync(db => db.Customers.CountAsync()));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_large_first_import_gives_what_batches_give_and_a_second_finds_nothing_new(DatabaseKind kind)
    {
        // Every third customer has three accounts far apart, each with a number more; some have a liaison officer.
        const int third = 6_999;
        var text = Header + string.Concat(Enumerable.Range(0, 3 * third).Select(i =>
        {
            var (shared, number) = (i % 3 == 0, i % 3 == 0 ? $"M{i % third}" : $"K{i}");

            return $"A{i},{number},用户{number},JX-T{1 + (i % 3)},,138{i % third:00000000},{(shared ? $"139{i / third:00000000}" : "")},u{i % third}@example.org,,,,,,,,"
                + $"{(shared && i % third < 40 ? "李主任,13900139000" : ",")},\n";
        }));
        await using var desk = await ImportDesk.OpenAsync(kind);
        await using var batches = await ImportDesk.OpenAsync(kind);
        var definitions = await DefinitionsAsync(desk);
        var large = await desk.RunAsync((db, audit) =>
            new CustomerImport(db, audit, TimeProvider.System) { LargeFile = 1 }.RunAsync(ImportDesk.Stream(text), desk.Request("c.csv"), ImportDesk.Dispatcher, null, CancellationToken.None));
        var small = await batches.RunAsync((db, audit) =>
            new CustomerImport(db, audit, TimeProvider.System) { LargeFile = long.MaxValue }.RunAsync(ImportDesk.Stream(text), desk.Request("c.csv"), ImportDesk.Dispatcher, null, CancellationToken.None));

        Assert.Equal((3L * third, 3L * third, 0L), (large.Rows, large.Added, large.Rejected));
        Assert.Equal((small.Rows, small.Added), (large.Rows, large.Added));
        Assert.Equal(await AllAsync(batches), await AllAsync(desk));
        Assert.Equal(await batches.EntriesAsync(), await desk.EntriesAsync());
        Assert.Equal(definitions, await DefinitionsAsync(desk));

        await using (var db = desk.Database.Open())
        {
            // What comes after has ids of its own.
            db.Customers.Add(new Customer { OrganisationId = await db.Organisations.Where(o => o.Code == "JX").Select(o => o.Id).SingleAsync(), CustomerNo = "later", Name = "后", Language = "zh-CN", Contacts = { new Contact { Kind = ContactKind.Mobile, Address = "+8613700000000", Ordinal = 1, Source = "desk" } } });
            await db.SaveChangesAsync();
        }
    }

    private static Task<List<string>> DefinitionsAsync(ImportDesk desk) => desk.ReadAsync(db => desk.Database.Kind == DatabaseKind.Sqlite
        ? db.Database.SqlQueryRaw<string>("SELECT sql AS \"Value\" FROM sqlite_master WHERE sql IS NOT NULL ORDER BY sql").ToListAsync()
        : db.Database.SqlQueryRaw<string>("""
            SELECT definition AS "Value" FROM (
                SELECT indexdef AS definition FROM pg_indexes WHERE schemaname = 'public'
                UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, convalidated, pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace = 'public'::regnamespace) AS d
            ORDER BY definition
            """).ToListAsync());

    /// <summary>Everything but the ids.</summary>
    private static async Task<List<string>> AllAsync(ImportDesk desk)
    {
        var customers = await desk.ReadAsync(db => db.Customers.AsNoTracking().Include(c => c.SupplyPoints).ThenInclude(p => p.Transformer).Include(c => c.Contacts).Include(c => c.LiaisonOfficer).AsSplitQuery().ToListAsync());

        return [.. customers.Select(c =>
            $"{c.CustomerNo} {c.Name} {c.Language} {c.Category} {c.Tier} {c.Needs} {c.LiaisonOfficer?.Phone} {c.LiaisonOfficer?.Name}: "
            + string.Join(' ', c.SupplyPoints.Select(p => $"{p.AccountNo}@{p.Transformer!.Code}/{p.Role}").Order(StringComparer.Ordinal)) + "; "
            + string.Join(' ', c.Contacts.Select(k => $"{k.Ordinal}={k.Kind}:{k.Address}/{k.Source}/{k.ValidTo}").Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task Another_countys_dispatcher_cannot_take_over_an_account()
    {
        await using var desk = await ImportDesk.OpenAsync(DatabaseKind.Sqlite);
        await desk.CustomersAsync(Few);
        await desk.OrganisationsAsync("code,name,parent\nPS,平山县供电公司,SJZ\n");
        await desk.NetworkAsync("organisation,feeder_code,transformer_code\nPS,PS-F1,PS-T1\n");
        var path = await desk.ReadAsync(db => db.Organisations.Where(o => o.Code == "PS").Select(o => o.Path).SingleAsync());
        var report = await desk.CustomersAsync(Header + "1003,,x,PS-T1,,,,,,,,,,,,,,\n1003,,x,JX-T1,,,,,,,,,,,,,,\n", false, new Actor("p", new HashSet<Role> { Role.Dispatcher }, path));

        Assert.Equal(2, report.Rejected);
        Assert.Equal(["import-other-organisation", "import-transformer-unknown"], desk.Rejected.Select(r => r.Problems[0].Code));
    }

    [Fact]
    public async Task The_record_holds_counts_and_a_digest_and_nobodys_number()
    {
        await using var desk = await ImportDesk.OpenAsync(DatabaseKind.Sqlite);
        await desk.CustomersAsync(Few);
        var entries = await desk.ReadAsync(db => db.AuditEntries.Where(e => e.Subject == "import/c.csv").OrderBy(e => e.Sequence).ToListAsync());

        Assert.Equal(["customers.import-batch", "customers.import-finished"], entries.Select(e => e.Action));
        Assert.Contains("\"added\":5", entries[0].Line, StringComparison.Ordinal);
        Assert.All(entries, e => Assert.DoesNotContain("138", e.Line[e.Line.IndexOf("\"actor\"", StringComparison.Ordinal)..e.Line.IndexOf("sha256", StringComparison.Ordinal)], StringComparison.Ordinal));
    }

    private sealed class Immediately(Action<ImportProgress> take) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => take(value);
    }
}
