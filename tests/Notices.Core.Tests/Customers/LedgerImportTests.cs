using Microsoft.EntityFrameworkCore;
using Notices.Imports;
using Notices.Testing;
using Xunit;

namespace Notices.Customers;

public sealed class LedgerImportTests
{
    private const string Customers = "account_no,customer_id,name,transformer_code,grade\n1001,K1,县医院,JX-T1,special\n1002,K1,县医院,JX-T3,special\n1003,,养鱼场,JX-T2,\n";

    private const string Header = "account_no,restoration_rank,survival_minutes,own_generator,short_reminder,night_messages\n";

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task The_ledger_says_more_of_known_accounts_and_the_customers_file_leaves_it(DatabaseKind kind)
    {
        const string few = Header + "1001,1,,有,是,\n1002,,,,,\n1003,,90,no,,yes\n";
        await using var desk = await ImportDesk.OpenAsync(kind);
        await desk.CustomersAsync(Customers);
        Assert.Equal((2L, 1L, 0L), (await desk.ImportAsync(ImportKind.Ledger, few) is var first ? (first.Changed, first.Unchanged, first.Rejected) : default));
        Assert.Equal(3, (await desk.ImportAsync(ImportKind.Ledger, few)).Unchanged);
        Assert.Equal(3, (await desk.CustomersAsync(Customers)).Unchanged);

        var all = await desk.ReadAsync(db => db.SupplyPoints.Include(p => p.Customer).OrderBy(p => p.AccountNo).ToListAsync());
        Assert.Equal([true, false, false], all.Select(p => p.OwnGenerator));
        var (hospital, fish) = (all[0].Customer!, all[2].Customer!);
        Assert.Equal((1, null, true, false), (hospital.RestorationRank, hospital.SurvivalMinutes, hospital.WantsShortReminder, hospital.WantsNightMessages));
        Assert.Equal((null, 90, false, true), (fish.RestorationRank, fish.SurvivalMinutes, fish.WantsShortReminder, fish.WantsNightMessages));
    }

    [Fact]
    public async Task What_cannot_be_or_contradicts_is_refused()
    {
        await using var desk = await ImportDesk.OpenAsync(DatabaseKind.Sqlite);
        await desk.CustomersAsync(Customers);
        await desk.ImportAsync(ImportKind.Ledger, Header + ",0,1.5,maybe,,\n9999,,,,,\n1001,1,,,,\n1002,2,,,,\n1001,1,,,,\n");

        Assert.Equal(
            "2: import-value-missing import-number import-number import-value-unknown\n3: import-account-unknown\n5: import-rows-differ\n6: import-twice", desk.TakeRejected());
        var neighbour = await desk.NeighbourAsync();
        await desk.ImportAsync(ImportKind.Ledger, Header + "1003,,90,,,\n", false, neighbour);
        Assert.Equal("2: import-other-organisation", desk.TakeRejected());
        Assert.Null(await desk.ReadAsync(db => db.Customers.Where(c => c.CustomerNo == "1003").Select(c => c.SurvivalMinutes).SingleAsync()));
    }
}
