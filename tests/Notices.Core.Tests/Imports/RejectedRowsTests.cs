using System.Text;
using Xunit;

namespace Notices.Imports;

public sealed class RejectedRowsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("notices-rejected-").FullName;

    private string Target => Path.Combine(_folder, "plan.csv.rejected.csv");

    [Fact]
    public async Task Rejected_rows_can_be_mended_and_imported_again()
    {
        string[] columns = ["account_no", "phone", "note"];
        using (var rejected = new RejectedRows(Target, p => $"{p.Code}, mend it."))
        {
            rejected.Add(new RejectedRow(columns, [], 7, ["1", "+86 138", "a \"b\",\nc"], [new Problem("one"), new Problem("two")]));
            rejected.Add(new RejectedRow(columns, [], 9, ["=1+1", "-5", "@x"], [new Problem("three")]));
            Assert.False(File.Exists(Target));
            rejected.Complete();
        }

        var text = await File.ReadAllTextAsync(Target);
        Assert.Contains("'=1+1,'-5,'@x,9,", text, StringComparison.Ordinal);
        await using var file = File.OpenRead(Target);
        using var table = (await TableReader.OpenAsync(file, null, CancellationToken.None)).Value!;
        var rows = table.Rows().ToList();
        Assert.Equal(["account_no", "phone", "note", "line", "reasons"], table.Columns);
        Assert.Equal(["1", "'+86 138", "a \"b\",\r\nc".Replace("\r", "", StringComparison.Ordinal), "7", "one, mend it. two, mend it."], rows[0].Fields);
    }

    [Fact]
    public async Task A_mended_cell_is_read_without_its_guard_and_the_own_columns_do_not_pile_up()
    {
        var request = new ImportRequest { FileName = "x" };
        var stream = new MemoryStream(Encoding.UTF8.GetBytes("account_no,name,transformer_code,phone,line,reasons\n1,x,T,'+8613800138000,5,why\n"));
        using var source = (await ImportSource.OpenAsync(stream, ImportKind.Customers, request, CancellationToken.None)).Value!;
        var row = Assert.Single(source.Rows());

        Assert.Equal("+8613800138000", row.Values[CustomerColumns.Phone]);
        Assert.Empty(source.Ignored);
        using (var rejected = new RejectedRows(Target, p => p.Code))
        {
            rejected.Add(source.Reject(row, [new Problem("again")]));
            rejected.Complete();
        }

        Assert.StartsWith("account_no,name,transformer_code,phone,line,reasons\r\n", (await File.ReadAllTextAsync(Target)).TrimStart('\uFEFF'), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_file_does_not_appear_and_a_clean_import_removes_the_old_one()
    {
        await File.WriteAllTextAsync(Target, "old");
        using (var interrupted = new RejectedRows(Target, p => p.Code)) interrupted.Add(new RejectedRow(["a"], [], 1, ["x"], [new Problem("p")]));
        Assert.Equal("old", await File.ReadAllTextAsync(Target));

        using (var clean = new RejectedRows(Target, p => p.Code)) clean.Complete();
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task All_missing_columns_are_told_at_once()
    {
        var opened = await ImportSource.OpenAsync(new MemoryStream("phone,emial\n1,2\n"u8.ToArray()), ImportKind.Customers, new ImportRequest { FileName = "x" }, CancellationToken.None);

        Assert.Contains("account_no, name, transformer_code", Assert.Single(opened.Problems).Values!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-03-29T01:30:00", "2026-03-29T01:00:00+00:00")] // no such time: the change itself
    [InlineData("2026-10-25T01:30:00", "2026-10-25T00:30:00+00:00")] // exists twice: the first
    [InlineData("2026-07-01T09:00:00+02:00", "2026-07-01T07:00:00+00:00")]
    public void Local_times_are_resolved_one_way(string text, string utc)
    {
        Assert.True(LocalTimes.TryParse(text, ["yyyy-MM-dd'T'HH:mm:ss"], TimeZoneInfo.FindSystemTimeZoneById("Europe/London"), out var instant));
        Assert.Equal(DateTimeOffset.Parse(utc, null), instant);
        Assert.Equal(text.EndsWith('0') && text.Contains('+'), LocalTimes.TryParse(text, out _));
    }

    [Fact]
    public void A_remembered_prefix_says_what_the_whole_number_says()
    {
        var random = new Random(5);
        for (var i = 0; i < 20_000; i++)
        {
            var text = $"1{random.NextInt64(10_000_000_000):0000000000}";
            var whole = PhoneNumber.TryParse("+86" + text, "GB", out var expected);
            Assert.Equal((whole, expected), (PhoneNumber.TryParse(text, "CN", out var number), number));
        }
    }

    public void Dispose() => Directory.Delete(_folder, true);
}
