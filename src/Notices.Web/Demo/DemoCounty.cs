using System.Globalization;
using System.Text;
using Notices.Access;
using Notices.Customers;
using Notices.Imports;
using Notices.Network;

namespace Notices.Demo;

/// <summary>A fictional city with two counties, brought in through the importers a real one would use. The same every time.</summary>
internal sealed class DemoCounty(IServiceProvider services)
{
    internal const string City = "YH";
    internal static readonly IReadOnlyList<(string Code, string Name, string English)> Counties = [("QS", "青石县", "Qingshi"), ("LT", "柳滩县", "Liutan")];

    private const int FeedersACounty = 6;
    private const int TransformersAFeeder = 25;

    private static readonly string[] Lines = ["城关", "河东", "石桥", "南岭", "北坡", "柳林"];
    private static readonly string[] LinesInEnglish = ["Chengguan", "Hedong", "Shiqiao", "Nanling", "Beipo", "Liulin"];
    private static readonly string[] VillagesInEnglish = ["Dongjie", "Xijie", "Nanguan", "Beiguan", "Shanghe", "Xiahe", "Shiqiao", "Huaishu", "Lijiazhuang", "Wangjiaping"];
    private static readonly string[] Villages = ["东街村", "西街村", "南关村", "北关村", "上河村", "下河村", "石桥村", "槐树村", "李家庄村", "王家坪村"];

    /// <summary>Twelve feeders, three hundred transformers and the customers on them.</summary>
    internal async Task SeedAsync(int customers, CancellationToken stopping)
    {
        await ImportAsync("organisations.csv", Organisations(), (s, r) => services.GetRequiredService<OrganisationImport>().RunAsync(s, r, Actor.System, null, stopping));
        await ImportAsync("areas.geojson", Areas(), (s, r) => services.GetRequiredService<AreaImport>().RunAsync(s, r, Actor.System, null, stopping));
        await ImportAsync("network.csv", Network(), (s, r) => services.GetRequiredService<NetworkImport>().RunAsync(s, r, Actor.System, null, stopping));
        await ImportAsync("customers.csv", Customers(customers), (s, r) => services.GetRequiredService<CustomerImport>().RunAsync(s, r, Actor.System, null, stopping));
    }

    internal static string Feeder(int county, int line) => string.Create(CultureInfo.InvariantCulture, $"{Counties[county].Code}-F{line + 1:00}");

    private static async Task ImportAsync(string name, string csv, Func<Stream, ImportRequest, Task<Result<ImportReport>>> import)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(csv));
        var report = await import(stream, new ImportRequest { FileName = name });
        if (report.Value is not { Rejected: 0, Fault: null })
            throw new InvalidOperationException($"{name}: {string.Join("; ", report.Problems.Concat(report.Value?.Rejections.SelectMany(r => r.Problems) ?? []).Take(3))}");
    }

    private static string Organisations()
    {
        var csv = new StringBuilder("code,name,level,parent,time_zone,adcode,name_en,signature,signature_en,hotline\n");
        csv.AppendLine($"{City},云河市供电公司,city,,Asia/Shanghai,139900,Yunhe City Power,云河供电,Yunhe Power,95598");
        for (var i = 0; i < Counties.Count; i++)
        {
            var (code, name, english) = Counties[i];
            csv.AppendLine(CultureInfo.InvariantCulture, $"{code},{name}供电公司,county,{City},Asia/Shanghai,13990{i + 1},{english} Power,{name[..2]}供电,{english} Power,95598");
        }

        return csv.ToString();
    }

    private static string Network()
    {
        var csv = new StringBuilder("organisation,substation,feeder_code,feeder_name,feeder_name_en,voltage_kv,section,transformer_code,transformer_name,place,place_en,place_code,township,latitude,longitude\n");
        for (var county = 0; county < Counties.Count; county++)
        {
            for (var line = 0; line < FeedersACounty; line++)
            {
                var number = string.Create(CultureInfo.InvariantCulture, $"{county + 1}{line + 1:00}");
                for (var i = 0; i < TransformersAFeeder; i++)
                {
                    var (village, english) = (Villages[i % 5 + (line % 2 * 5)], VillagesInEnglish[i % 5 + (line % 2 * 5)]);
                    var township = Lines[line] + "镇";
                    csv.AppendLine(CultureInfo.InvariantCulture,
                        $"{Counties[county].Code},{Lines[line / 2 * 2]}变电站,{Feeder(county, line)},{Lines[line]}{number}线,{LinesInEnglish[line]} {number},10,{(i % 5 == 4 ? "13号杆开关以下" : "")},{Transformer(county, line, i)},{village}{i / 5 + 1}号台区,{township}{village},{english},{Place(county, line, i % 5)},{township},{38.1 + (county * 0.13) + (line * 0.02) + (i * 0.001):F4},{114.0 + (line * 0.03) + (i % 5 * 0.004):F4}");
                }
            }
        }

        return csv.ToString();
    }

    /// <summary>Made-up outlines of its villages, so that the map has something to show.</summary>
    private static string Areas()
    {
        var features = new List<string>();
        for (var county = 0; county < Counties.Count; county++)
        {
            for (var line = 0; line < FeedersACounty; line++)
            {
                for (var village = 0; village < 5; village++)
                {
                    var (south, west) = (38.1 + (county * 0.13) + (line * 0.02), 114.0 + (line * 0.03) + (village * 0.005));
                    string At(double latitude, double longitude) => string.Create(CultureInfo.InvariantCulture, $"[{longitude:F4},{latitude:F4}]");
                    var ring = string.Join(',', At(south, west), At(south, west + 0.004), At(south + 0.008, west + 0.005), At(south + 0.01, west + 0.001), At(south, west));
                    features.Add($"{{\"type\":\"Feature\",\"properties\":{{\"code\":\"{Place(county, line, village)}\",\"name\":\"{Lines[line]}镇{Villages[village + (line % 2 * 5)]}\",\"name_en\":\"{VillagesInEnglish[village + (line % 2 * 5)]}\"}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[[{ring}]]}}}}");
                }
            }
        }

        return $"{{\"type\":\"FeatureCollection\",\"features\":[{string.Join(',', features)}]}}";
    }

    private static string Place(int county, int line, int village) => string.Create(CultureInfo.InvariantCulture, $"13990{county + 1}1{line:00}2{village:00}");

    private static string Customers(int count)
    {
        var csv = new StringBuilder("account_no,customer_id,name,transformer_code,supply_role,phone,email,language,category,grade,vulnerability,loss,needs\n");
        var transformers = Counties.Count * FeedersACounty * TransformersAFeeder;
        for (var i = 0; i < count; i++)
        {
            var at = i % transformers;
            var transformer = Transformer(at / (FeedersACounty * TransformersAFeeder), at / TransformersAFeeder % FeedersACounty, at % TransformersAFeeder);
            var phone = i % 97 == 96 ? "" : string.Create(CultureInfo.InvariantCulture, $"139{i % 9000 + 1000:0000}{i / 9000 + 1000:0000}");
            csv.AppendLine(CultureInfo.InvariantCulture,
                $"1399{i:00000000},K{i:000000},用户{i:00000},{transformer},main,{phone},{(i % 10 == 0 ? $"customer{i}@example.org" : "")},{(i % 40 == 39 ? "en" : "zh-CN")},{(i % 12 == 11 ? "commercial" : "residential")},{Grade(i)},{Vulnerability(i)},{(i % 500 == 77 ? "fish" : i % 500 == 78 ? "greenhouse" : "")},{(i % 400 == 50 ? "deaf" : "")}");
        }

        return csv.ToString();
    }

    private static string Grade(int i) => i % 2000 == 5 ? "special" : i % 600 == 6 ? "first" : i % 400 == 7 ? "second" : "";

    private static string Vulnerability(int i) => i % 900 == 8 ? "life-support" : i % 150 == 9 ? "elderly-alone" : "";

    private static string Transformer(int county, int line, int i) => string.Create(CultureInfo.InvariantCulture, $"{Counties[county].Code}-{line + 1:00}-{i + 1:000}");
}
