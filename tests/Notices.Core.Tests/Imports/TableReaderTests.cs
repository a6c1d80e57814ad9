using System.IO.Compression;
using System.Text;
using Xunit;

namespace Notices.Imports;

public sealed class TableReaderTests
{
    private const string Table = "编号,名称\n1,城关镇\n2,微水镇\n";

    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;

    private static async Task<Result<TableReader>> OpenAsync(byte[] bytes, TableOptions? options = null) =>
        await TableReader.OpenAsync(new MemoryStream(bytes), options, CancellationToken.None);

    private static async Task<(TableReader Table, List<TableRow> Rows)> ReadAsync(byte[] bytes, TableOptions? options = null)
    {
        var opened = await OpenAsync(bytes, options);
        Assert.Empty(opened.Problems);

        return (opened.Value!, [.. opened.Value!.Rows()]);
    }

    private static Task<(TableReader Table, List<TableRow> Rows)> ReadAsync(string text) => ReadAsync(Encoding.UTF8.GetBytes(text));

    private static async Task RefusedAsync(string code, byte[] bytes) => Assert.Equal(code, Assert.Single((await OpenAsync(bytes)).Problems).Code);

    public static TheoryData<string, byte[]> Encodings() => new()
    {
        { "UTF-8", Encoding.UTF8.GetBytes(Table) },
        { "UTF-8 with a mark", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Table)] },
        { "a mark at every line", Encoding.UTF8.GetBytes("\uFEFF" + Table.TrimEnd().Replace("\n", "\r\n\uFEFF", StringComparison.Ordinal)) },
        { "GB18030", Gb18030.GetBytes(Table) },
        { "UTF-16", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Table)] },
        { "UTF-16 big-endian", [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(Table)] },
        { "semicolons", Encoding.UTF8.GetBytes(Table.Replace(',', ';')) },
        { "tabs", Encoding.UTF8.GetBytes(Table.Replace(',', '\t')) },
        { "hashes", Encoding.UTF8.GetBytes(Table.Replace(',', '#')) },
        { "old line ends", Encoding.UTF8.GetBytes(Table.Replace('\n', '\r')) },
        { "quotes", "\"编号\",\"名称\"\r\n\"1\",\"城关镇\"\r\n\"2\",\"微水镇\""u8.ToArray() },
        { "JSON", """[{"编号":1,"名称":"城关镇"},{"名称":"微水镇","编号":"2"}]"""u8.ToArray() },
        { "JSON in GB18030", Gb18030.GetBytes("""[{"编号":1,"名称":"城关镇"},{"编号":2,"名称":"微水镇"}]""") },
        { "XLSX", new XlsxFile().Row("编号", " 名称 ").Row(1, "城关镇").Row().Row(2, "inline:微水镇").Save().ToArray() },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task A_table_is_recognised_by_its_content(string how, byte[] bytes)
    {
        var (table, rows) = await ReadAsync(bytes);

        Assert.NotEmpty(how);
        Assert.Equal(["编号", "名称"], table.Columns);
        Assert.Equal(["1/城关镇", "2/微水镇"], rows.Select(r => string.Join('/', r.Fields)));
        Assert.All(rows, r => Assert.Null(r.Problem));
        Assert.Null(table.Fault);
    }

    [Fact]
    public async Task Quoted_fields_hold_delimiters_quotes_and_line_ends()
    {
        var (table, rows) = await ReadAsync("a, B \n\"x,\"\"y\"\"\nz\",2\n\n3 ,\"4\"\n");

        Assert.Equal(["x,\"y\"\nz", "2"], rows[0].Fields);
        Assert.Equal((2L, 5L), (rows[0].Line, rows[1].Line));
        Assert.Equal(["3", "4"], rows[1].Fields);
        Assert.Equal((1, 1, -1), (table.Ordinal("b"), table.Ordinal("B"), table.Ordinal("c")));
    }

    [Fact]
    public async Task A_stream_that_cannot_seek_is_read_too()
    {
        await using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionMode.Compress, true)) await gzip.WriteAsync("a,b\n1,2\n"u8.ToArray());
        packed.Position = 0;
        using var table = (await TableReader.OpenAsync(new GZipStream(packed, CompressionMode.Decompress), null, CancellationToken.None)).Value!;

        Assert.Equal(["1", "2"], Assert.Single(table.Rows()).Fields);
        Assert.Equal(64, table.Sha256.Length);
    }

    [Fact]
    public async Task Ragged_rows_are_problems_of_their_own()
    {
        var (table, rows) = await ReadAsync("a,b,c\n1,2\n1,2,3,4\n1,2,3,,\n1,2,3\n9,9");

        Assert.Equal(["import-ragged", "import-ragged", null, null, "import-cut-short"], rows.Select(r => r.Problem?.Code));
        Assert.Null(table.Fault);
    }

    [Fact]
    public async Task A_damaged_character_rejects_its_row_and_not_the_file()
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes("编号,名称\n1,城关镇东街村委会\n2,"), 0xFF, .. Encoding.UTF8.GetBytes("\n3,微水镇\n")];
        var (_, rows) = await ReadAsync(bytes);

        Assert.Equal([null, "import-damaged-characters", null], rows.Select(r => r.Problem?.Code));
        Assert.Equal("微水镇", rows[2].Fields[1]);
    }

    [Fact]
    public async Task What_is_no_table_is_refused_with_what_it_is()
    {
        await RefusedAsync("import-empty", []);
        await RefusedAsync("import-empty", [0xEF, 0xBB, 0xBF, (byte)'\n']);
        await RefusedAsync("import-empty", ",,,\n"u8.ToArray());
        await RefusedAsync("import-old-workbook", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
        await RefusedAsync("import-not-a-table", "%PDF-1.7\n\0\0\0binary"u8.ToArray());
        await RefusedAsync("import-zip-not-workbook", new XlsxFile().Row("a").Save(workbook: false).ToArray());
        await RefusedAsync("import-workbook-broken", new XlsxFile().Row("a").Save().ToArray()[..400]);
        await RefusedAsync("import-workbook-broken", new XlsxFile().Row("a").Save("<worksheet><sheetData><row><c").ToArray());
        await RefusedAsync("import-column-twice", "a,b,A\n1,2,3\n"u8.ToArray());
        await RefusedAsync("import-json-not-rows", """{"a":1}"""u8.ToArray());
        await RefusedAsync("import-json-not-rows", "[1,2]"u8.ToArray());
        await RefusedAsync("import-too-many-columns", [.. Enumerable.Repeat("x,"u8.ToArray(), 600).SelectMany(b => b)]);
    }

    [Fact]
    public async Task Ten_million_columns_are_refused_without_reading_them()
    {
        var many = new byte[20_000_000];
        for (var i = 0; i < many.Length; i += 2) (many[i], many[i + 1]) = ((byte)'c', (byte)',');
        var before = GC.GetAllocatedBytesForCurrentThread();
        await RefusedAsync("import-too-many-columns", many);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 5_000_000);

        await RefusedAsync("import-too-many-columns", Encoding.UTF8.GetBytes($"[{{{string.Join(',', Enumerable.Range(0, 600).Select(i => $"\"c{i}\":1"))}}}]"));
    }

    [Fact]
    public async Task Endless_fields_and_open_quotes_end_the_reading_and_say_where()
    {
        var (longField, _) = await ReadAsync($"a,b\n1,2\n3,{new string('x', 70_000)}\n");
        var (open, rows) = await ReadAsync("a,b\n1,2\n3,\"never closed\n4,5\n");
        var (swallowed, _) = await ReadAsync("a,b\n1,\"x\n" + string.Concat(Enumerable.Repeat("2,3\n", 30_000)));

        Assert.Equal("import-field-too-long", longField.Fault?.Code);
        Assert.Equal("import-quote-open", open.Fault?.Code);
        Assert.Contains("line = 3", open.Fault?.Values?.ToString(), StringComparison.Ordinal);
        Assert.Single(rows);
        Assert.Equal("import-field-too-long", swallowed.Fault?.Code);
    }

    [Fact]
    public async Task Json_is_flattened_and_may_be_cut()
    {
        var (table, rows) = await ReadAsync("""[{"a":{"b":1.50,"c":[{"d":"x"},{"d":"y"}]},"tags":["t","u"],"ok":true,"no":null},{"late":"z"}]""");
        var (cut, kept) = await ReadAsync("""[{"a":"1"},{"a":"2"},{"a":""");
        var (broken, _) = await ReadAsync("""[{"a":"1"},{"a" "2"}]""");

        Assert.Equal(["a.b", "a.c.d", "tags", "ok", "no", "late"], table.Columns);
        Assert.Equal(["1.50", "x|y", "t|u", "true", "", ""], rows[0].Fields);
        Assert.Equal((2L, "z"), (rows[1].Line, rows[1].Fields[5]));
        Assert.Equal((2, "import-cut-short"), (kept.Count, cut.Fault?.Code));
        Assert.Equal("import-json-broken", broken.Fault?.Code);
    }

    [Fact]
    public async Task Dates_times_and_long_numbers_of_a_sheet_are_text_as_a_person_sees_it()
    {
        var (_, rows) = await ReadAsync(new XlsxFile().Row("a", "b", "c", "d")
            .Row(new DateTime(2026, 12, 1, 8, 30, 0, DateTimeKind.Unspecified), new DateTime(2026, 12, 1, 0, 0, 0, DateTimeKind.Unspecified), 13800138000d, 0.5).Save().ToArray());

        Assert.Equal(["2026-12-01T08:30:00", "2026-12-01", "13800138000", "0.5"], rows[0].Fields);
    }

    [Fact]
    public async Task A_zip_bomb_is_stopped_while_it_unpacks()
    {
        var sheet = "<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>a</t></is></c></row>" + new string(' ', 40_000_000) + "</sheetData></worksheet>";
        var opened = await OpenAsync(new XlsxFile().Save(sheet).ToArray());

        Assert.Equal("import-workbook-bomb", Assert.Single(opened.Problems).Code);
    }
}
