using Microsoft.EntityFrameworkCore;
using Notices.Imports;
using Notices.Testing;
using Xunit;

namespace Notices.Customers;

public sealed class ContactImportTests
{
    private const string Header = "account_no,kind,phone,email,ordinal,valid_from,valid_to,confirmed_on,proxy_name,proxy_relation,proxy_consented_on\n";

    private const string Customers = "account_no,customer_id,name,transformer_code,phone,phone2\n1001,K1,县医院,JX-T1,13800138000,0311-82022345\n1002,K1,县医院,JX-T3,13800138000,\n1003,,王大爷,JX-T2,,\n";

    private const string Few = Header + """
        1003,,139 0013 9001,,,2026-01-01,2099-12-31,2026-05-01,李医生,村医,2026-04-30
        1003,landline,13900139002,,5,,,,,,
        1001,,,Duty@Hospital.Example.org,,,,2026/5/1,,,
        1001,,13800138000,,,,,2026-05-02T08:00:00+08:00,,,

        """;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Further_contacts_and_proxies_come_in_and_a_second_run_changes_what_differs(DatabaseKind kind)
    {
        await using var desk = await ImportDesk.OpenAsync(kind);
        await desk.CustomersAsync(Customers);
        var report = await desk.ImportAsync(ImportKind.Contacts, Few);

        Assert.Equal("", desk.TakeRejected());
        Assert.Equal((3L, 1L), (report.Added, report.Changed));
        var all = await ContactsAsync(desk);
        var proxy = all["+8613900139001"];
        Assert.Equal((ContactKind.Mobile, 1, "contacts", "李医生", "村医"), (proxy.Kind, proxy.Ordinal, proxy.Source, proxy.ProxyName, proxy.ProxyRelation));
        Assert.Equal(At("2026-01-01T00:00"), proxy.ValidFrom);
        Assert.Equal(At("2100-01-01T00:00"), proxy.ValidTo); // the last day counts whole
        Assert.Equal((At("2026-05-01T00:00"), At("2026-04-30T00:00")), (proxy.ConfirmedOn, proxy.ProxyConsentedOn));
        Assert.Equal((ContactKind.Landline, 5), (all["+8613900139002"].Kind, all["+8613900139002"].Ordinal));
        Assert.Equal((ContactKind.Email, 3), (all["duty@hospital.example.org"].Kind, all["duty@hospital.example.org"].Ordinal));
        Assert.Equal(("import", At("2026-05-02T08:00")), (all["+8613800138000"].Source, all["+8613800138000"].ConfirmedOn));

        Assert.Equal((0L, 0L, 4L), (await desk.ImportAsync(ImportKind.Contacts, Few) is var same ? (same.Added, same.Changed, same.Unchanged) : default));
        Assert.Equal((0L, 1L), (await desk.ImportAsync(ImportKind.Contacts, Header + "1003,,13900139001,,,,2026-06-30,,,,\n") is var ended ? (ended.Added, ended.Changed) : default));
        proxy = (await ContactsAsync(desk))["+8613900139001"];
        Assert.Equal((At("2026-07-01T00:00"), "李医生", At("2026-01-01T00:00")), (proxy.ValidTo, proxy.ProxyName, proxy.ValidFrom));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task The_customers_file_keeps_its_own_addresses_and_leaves_the_others_alone(DatabaseKind kind)
    {
        await using var desk = await ImportDesk.OpenAsync(kind);
        await desk.CustomersAsync(Customers);
        await desk.ImportAsync(ImportKind.Contacts, Few);

        Assert.Equal(3, (await desk.CustomersAsync(Customers)).Unchanged);
        Assert.Null((await ContactsAsync(desk))["+8613900139002"].ValidTo);
        await desk.ImportAsync(ImportKind.Contacts, Header + "1001,,13800138000,,2,,,,,,\n1001,,031182022345,,,,2026-12-31,,,,\n");
        Assert.Equal("2: import-contact-of-customers\n3: import-contact-of-customers", desk.TakeRejected());

        // Given up by the customers file, a number may go on as a further contact, and come back.
        await desk.CustomersAsync(Customers.Replace(",0311-82022345", ",", StringComparison.Ordinal));
        Assert.Equal(1, (await desk.ImportAsync(ImportKind.Contacts, Header + "1001,,0311-82022345,,9,,,,,,\n")).Changed);
        var landline = (await ContactsAsync(desk))["+8631182022345"];
        Assert.Equal(("contacts", 9, null), (landline.Source, landline.Ordinal, landline.ValidTo));
        await desk.CustomersAsync(Customers);
        Assert.Equal(("import", 2), (await ContactsAsync(desk))["+8631182022345"] is var back ? (back.Source, back.Ordinal) : default);
        Assert.Equal(3, (await desk.CustomersAsync(Customers)).Unchanged);
    }

    [Fact]
    public async Task A_proxy_without_consent_is_refused_with_all_else_that_is_wrong_with_the_row()
    {
        await using var desk = await ImportDesk.OpenAsync(DatabaseKind.Sqlite);
        await desk.CustomersAsync(Customers);
        await desk.ImportAsync(ImportKind.Contacts, Header + """
            1003,,13900139001,,,,,,李医生,村医,
            1003,,13900139001,,,,,,,邻居,2026-01-01
            ,mobile,12,x@,100,yesterday,,,,,
            1003,,,,,,,,,,
            1003,mobile,0311-82022345,,,,,,,,
            1003,email,13900139001,,1.5,,,,,,
            9999,,13900139001,,,,,,,,
            1003,,13900139003,,,2026-02-01,2026-01-01,2099-01-01,李医生,,2099-01-01
            1003,,13900139004,,,,,,,,
            1003,,+8613900139004,,,,,,,,

            """);

        Assert.Equal(
            "2: import-proxy-consent\n3: import-value-missing\n4: import-value-missing import-phone import-email import-contact-address import-number import-time\n5: import-contact-address\n"
            + "6: import-contact-kind\n7: import-contact-kind import-number\n8: import-account-unknown\n9: import-ends-before-start import-date-ahead import-date-ahead\n11: import-twice",
            desk.TakeRejected());
    }

    [Fact]
    public async Task A_dry_run_changes_nothing_a_stranger_reaches_nobody_and_the_record_names_nobody()
    {
        await using var desk = await ImportDesk.OpenAsync(DatabaseKind.Sqlite);
        await desk.CustomersAsync(Customers);
        var neighbour = await desk.NeighbourAsync();
        var (before, entries) = ((await ContactsAsync(desk)).Count, await desk.EntriesAsync());

        Assert.Equal((3L, 1L), (await desk.ImportAsync(ImportKind.Contacts, Few, true) is var dry ? (dry.Added, dry.Changed) : default));
        Assert.Equal((before, entries), ((await ContactsAsync(desk)).Count, await desk.EntriesAsync()));
        Assert.Equal(4, (await desk.ImportAsync(ImportKind.Contacts, Few, false, neighbour)).Rejected);
        Assert.Equal(string.Join('\n', Enumerable.Range(2, 4).Select(line => $"{line}: import-other-organisation")), desk.TakeRejected());
        Assert.Equal(before, (await ContactsAsync(desk)).Count);

        await desk.ImportAsync(ImportKind.Contacts, Few);
        var lines = await desk.ReadAsync(db => db.AuditEntries.Where(e => e.Action.StartsWith("contacts.")).OrderBy(e => e.Sequence).ToListAsync());
        Assert.Equal(["contacts.import-finished", "contacts.import-batch", "contacts.import-finished"], lines.Select(e => e.Action));
        Assert.All(lines, e => Assert.DoesNotMatch("李|1390013|duty", e.Line));
    }

    private static DateTimeOffset At(string local) => DateTimeOffset.Parse(local + "+08:00", null);

    private static Task<Dictionary<string, Contact>> ContactsAsync(ImportDesk desk) => desk.ReadAsync(db => db.Contacts.AsNoTracking().ToDictionaryAsync(c => c.Address));
}
