using Microsoft.EntityFrameworkCore;
using Notices.Imports;
using Notices.Testing;
using Xunit;

namespace Notices.Network;

public sealed class IdImportTests
{
    private const string Header = "organisation,subject,code,system,external_id\n";

    // A row for everything another system may know.
    private const string All = Header + """
        ,organisation,JX,erp,1
        ,substation,城关站,pms,2
        ,feeder,JX-F01,pms,3
        ,section,JX-F01/13号杆以下,pms,4
        ,transformer,JX-T1,pms,5
        ,place,130121001,gis,6
        ,customer,K1,cis,7
        ,supply-point,1001,cis,8
        ,contact,1001/138 0013 8000,crm,9
        ,contact,1001/Office@Hospital.Example.org,crm,10
        ,liaison,13900139000,crm,11
        ,relay,13900139001,crm,12

        """;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Everything_can_have_another_systems_id_and_ids_may_change_places(DatabaseKind kind)
    {
        await using var desk = await ImportDesk.OpenAsync(kind);
        await desk.CustomersAsync("account_no,customer_id,name,transformer_code,phone,email,liaison_name,liaison_phone\n1001,K1,县医院,JX-T1,13800138000,office@hospital.example.org,李主任,13900139000\n");
        await desk.ImportAsync(ImportKind.Relays, "organisation,name,phone,places\nJX,赵,13900139001,西街\n");
        Assert.Equal(12, (await desk.ImportAsync(ImportKind.Ids, All)).Added);
        Assert.Equal("", desk.TakeRejected());
        Assert.Equal(12, (await desk.ImportAsync(ImportKind.Ids, All)).Unchanged);
        Assert.Equal("5", await IdAsync(desk, "transformer", "JX-T1"));

        await desk.ImportAsync(ImportKind.Ids, Header + ",transformer,JX-T2,pms,50\n");
        var swapped = await desk.ImportAsync(ImportKind.Ids, Header + ",transformer,JX-T1,pms,51\n,transformer,JX-T2,pms,5\n,transformer,JX-T1,gis,5\n");
        Assert.Equal((1L, 2L, 0L), (swapped.Added, swapped.Changed, swapped.Rejected));
        Assert.Equal(("51", "5"), (await IdAsync(desk, "transformer", "JX-T1"), await IdAsync(desk, "transformer", "JX-T2")));
        Assert.Equal(14, await desk.ReadAsync(db => db.ExternalIds.CountAsync()));
    }

    [Fact]
    public async Task What_stands_for_nothing_or_for_two_things_is_refused()
    {
        await using var desk = await ImportDesk.OpenAsync(DatabaseKind.Sqlite);
        var neighbour = await desk.NeighbourAsync();
        await desk.NetworkAsync("organisation,substation,feeder_code,transformer_code\nPS,城关站,PS-F1,PS-T1\n");
        await desk.ImportAsync(ImportKind.Ids, Header + """
            ,engine,,,
            ,feeder,NONE,pms,1
            ,section,JX-F01,pms,1
            ,contact,1001/12,crm,1
            ,relay,12,crm,1
            ,substation,城关站,pms,1
            JX,substation,城关站,pms,1
            PS,substation,城关站,pms,1
            JX,substation,城关站,pms,2
            XX,feeder,JX-F01,pms,1

            """);

        Assert.Equal(
            "2: import-value-unknown import-value-missing import-value-missing import-value-missing\n3: import-subject-unknown\n4: import-id-code\n5: import-phone\n6: import-phone\n"
            + "7: import-subject-ambiguous\n9: import-id-taken\n10: import-twice\n11: import-organisation-unknown",
            desk.TakeRejected());
        Assert.Equal(1, (await desk.ImportAsync(ImportKind.Ids, Header + ",feeder,JX-F01,pms,1\n,feeder,PS-F1,pms,1\n", false, neighbour)).Added);
        Assert.Equal("2: import-subject-unknown", desk.TakeRejected());
        Assert.Equal(1, (await desk.ImportAsync(ImportKind.Ids, Header + ",feeder,JX-F02,pms,9\n", true)).Added);
        Assert.Equal(2, await desk.ReadAsync(db => db.ExternalIds.CountAsync()));
    }

    private static Task<string> IdAsync(ImportDesk desk, string subject, string code) => desk.ReadAsync(
        db => db.ExternalIds.Where(e => e.Subject == subject && e.System == "pms" && db.Transformers.Any(t => t.Id == e.SubjectId && t.Code == code)).Select(e => e.Value).SingleAsync());
}
