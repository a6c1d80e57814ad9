using System.Globalization;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Notices.Imports;
using Notices.Testing;
using Xunit;

namespace Notices.Customers;

/// <summary>Rows of one customer may stand anywhere in a file, each with numbers of its own. Where the batches end must make no difference.</summary>
public sealed class CustomerBatchesTests
{
    private const string Header = "account_no,customer_id,name,transformer_code,phone,phone2\n";

    /// <summary>Account, customer, and the last digits of its numbers; 0 for none.</summary>
    private sealed record Line(int Account, int Customer, int Phone, int Second);

    /// <summary>What three imports told, and what was there after each.</summary>
    private sealed record Told(List<(int Rows, long Added, long Changed, long Unchanged)> Counts, List<string> After);

    [Theory]
    [InlineData(DatabaseKind.Sqlite, 40)]
    [InlineData(DatabaseKind.PostgreSql, 20)]
    public async Task Three_imports_give_the_same_whatever_the_batches(DatabaseKind kind, int cases)
    {
        var lines = Gen.Select(Gen.Int[1, 4], Gen.Int[1, 5], Gen.Int[0, 5]).List[1, 14];
        for (var seed = 0; seed < cases; seed++)
        {
            var (first, second) = (Lines(lines, seed), Lines(lines, seed + 1000));
            var whole = await ImportAsync(kind, first, second, 1000, 20_000, false);
            Assert.Equal(whole.Counts[0].Rows, whole.Counts[1].Unchanged);
            foreach (var (rows, large) in ((int, bool)[])[(1, false), (2, false), (3, true), (1, true)])
            {
                var parts = await ImportAsync(kind, first, second, rows, 20_000, large);
                Assert.Equal(whole.After, parts.After);
                Assert.Equal(whole.Counts, parts.Counts);
            }

            // Few kept open: what is written early is mended later, and nobody is left without a number.
            var tight = await ImportAsync(kind, first, second, 2, 1, true);
            Assert.Equal(whole.After.Select(Numbers), tight.After.Select(Numbers));
        }
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_number_further_down_the_file_is_never_retired_on_the_way(DatabaseKind kind)
    {
        await using var desk = await ImportDesk.OpenAsync(kind);
        var file = Text([new(1, 1, 1, 0), new(2, 2, 2, 0), new(3, 1, 3, 0), new(4, 3, 4, 0), new(5, 1, 5, 1)]);
        await RunAsync(desk, file, 2, 20_000, true);
        var entries = await desk.EntriesAsync();

        var again = await RunAsync(desk, file, 2, 20_000, true);
        Assert.Equal((0L, 0L, 5L), (again.Added, again.Changed, again.Unchanged));
        // Its end alone: no batch had anything to write.
        Assert.Equal(entries + 1, await desk.EntriesAsync());
        Assert.Equal("1: +8613800000001 +8613800000003 +8613800000005", (await NumbersAsync(desk))[0]);

        await RunAsync(desk, file.Replace("13800000003", "13800000009", StringComparison.Ordinal), 2, 20_000, true);
        Assert.Equal("1: +8613800000001 +8613800000009 +8613800000005, once +8613800000003", (await NumbersAsync(desk))[0]);
    }

    private static async Task<Told> ImportAsync(DatabaseKind kind, List<Line> first, List<Line> second, int rows, int mostOpen, bool large)
    {
        await using var desk = await ImportDesk.OpenAsync(kind);
        var (counts, after) = (new List<(int, long, long, long)>(), new List<string>());
        foreach (var lines in (List<Line>[])[first, first, second])
        {
            var report = await RunAsync(desk, Text(lines), rows, mostOpen, large);
            counts.Add(((int)report.Rows, report.Added, report.Changed, report.Unchanged));
            after.Add(string.Join('\n', await NumbersAsync(desk)));
        }

        return new Told(counts, after);
    }

    private static Task<ImportReport> RunAsync(ImportDesk desk, string text, int rows, int mostOpen, bool large) => desk.RunAsync((db, audit) =>
        new CustomerImport(db, audit, TimeProvider.System) { RowsOfBatch = rows, MostOpen = mostOpen, LargeFile = large ? 1 : long.MaxValue }
            .RunAsync(ImportDesk.Stream(text), desk.Request("c.csv"), ImportDesk.Dispatcher, null, CancellationToken.None));

    private static List<Line> Lines(Gen<List<(int Customer, int Phone, int Second)>> lines, int seed) =>
        [.. lines.Generate(new PCG(7, (ulong)seed), null, out _).Select((line, i) => new Line(i + 1, line.Customer, line.Phone, line.Second))];

    private static string Text(IEnumerable<Line> lines) => Header + string.Concat(lines.Select(line => string.Create(
        CultureInfo.InvariantCulture, $"{line.Account},{line.Customer},用户{line.Customer},JX-T1,1380000000{line.Phone},{(line.Second > 0 ? $"1380000000{line.Second}" : "")}\n")));

    /// <summary>A line a customer: its numbers in their order, and those it once had.</summary>
    private static async Task<List<string>> NumbersAsync(ImportDesk desk)
    {
        var customers = await desk.ReadAsync(db => db.Customers.AsNoTracking().Include(c => c.Contacts).OrderBy(c => c.CustomerNo).ToListAsync());

        return
        [
            .. customers.Select(c => $"{c.CustomerNo}: {string.Join(' ', c.Contacts.Where(k => k.ValidTo is null).OrderBy(k => k.Ordinal).ThenBy(k => k.Address, StringComparer.Ordinal).Select(k => k.Address))}"
                + string.Concat(c.Contacts.Where(k => k.ValidTo is not null).Select(k => $", once {k.Address}").Order(StringComparer.Ordinal))),
        ];
    }

    /// <summary>The numbers alone, in no order.</summary>
    private static string Numbers(string after) =>
        string.Join('\n', after.Split('\n').Select(line => string.Join(' ', line.Split(' ').Select(word => word.TrimEnd(',')).Order(StringComparer.Ordinal))));
}
