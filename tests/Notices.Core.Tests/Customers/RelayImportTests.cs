using Microsoft.EntityFrameworkCore;
using Notices.Imports;
using Notices.Testing;
using Xunit;

namespace Notices.Customers;

public sealed class RelayImportTests
{
    private const string Header = "organisation,name,phone,deputy_name,deputy_phone,places\n";

    private const string Few = Header + """
        JX,赵主任,139 0013 9001,钱会计,0311-82022345,城关镇东街|西街
        JX,孙网格员,13900139002,,,130121001

        """;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Relay_persons_come_in_with_deputy_and_places_and_a_row_says_all_of_theirs(DatabaseKind kind)
    {
        await using var desk = await ImportDesk.OpenAsync(kind);
        Assert.Equal(2, (await desk.ImportAsync(ImportKind.Relays, Few)).Added);
        Assert.Equal("", desk.TakeRejected());
        Assert.Equal(["+8613900139001 赵主任 钱会计 +8631182022345: 东街 西街", "+8613900139002 孙网格员  : 微水村"], await ToldAsync(desk));

        Assert.Equal(2, (await desk.ImportAsync(ImportKind.Relays, Few)).Unchanged);
        var changed = await desk.ImportAsync(ImportKind.Relays, Header + "JX,赵书记,13900139001,,,西街|微水村\nJX,孙网格员,13900139002,,,\n");
        Assert.Equal(2, changed.Changed);
        Assert.Equal(["+8613900139001 赵书记  : 微水村 西街", "+8613900139002 孙网格员  : "], await ToldAsync(desk));
    }

    [Fact]
    public async Task All_that_is_wrong_with_a_row_is_told_and_the_same_village_name_twice_wants_a_code()
    {
        await using var desk = await ImportDesk.OpenAsync(DatabaseKind.Sqlite);
        await desk.NetworkAsync("organisation,feeder_code,transformer_code,place,township\nJX,JX-F02,JX-T4,东街,微水镇\n");
        var neighbour = await desk.NeighbourAsync();
        await desk.ImportAsync(ImportKind.Relays, Header + """
            JX,,12,钱,,东街|nowhere
            JX,赵,13900139001,,,东街|nowhere
            XX,赵,13900139001,,,西街
            JX,赵,13900139001,,,
            JX,赵,13900139001,,,微水镇东街
            JX,赵,13900139001,,,西街

            """);

        Assert.Equal(
            "2: import-value-missing import-phone import-deputy-half\n3: import-place-ambiguous import-place-unknown\n4: import-organisation-unknown\n5: import-value-missing\n7: import-twice",
            desk.TakeRejected());
        await desk.ImportAsync(ImportKind.Relays, Header + "JX,赵,13900139001,,,西街\nPS,周,13900139001,,,西街\nPS,周,13900139001,,,东街\n", false, neighbour);
        Assert.Equal("2: import-organisation-unknown\n3: import-place-unknown", desk.TakeRejected());
        Assert.Equal(2, await desk.ReadAsync(db => db.RelayPersons.CountAsync()));
    }

    private static Task<List<string>> ToldAsync(ImportDesk desk) => desk.ReadAsync(async db =>
    {
        var relays = await db.RelayPersons.Include(r => r.Places).ThenInclude(p => p.Place).OrderBy(r => r.Phone).ToListAsync();

        return relays.ConvertAll(r => $"{r.Phone} {r.Name} {r.DeputyName} {r.DeputyPhone}: {string.Join(' ', r.Places.Select(p => p.Place!.Name).Order(StringComparer.Ordinal))}");
    });
}
