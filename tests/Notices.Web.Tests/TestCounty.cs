using Microsoft.EntityFrameworkCore;
using Notices.Customers;
using Notices.Network;
using Notices.Testing;

namespace Notices;

/// <summary>A small made-up county: one feeder with a section, four transformers in three villages, some customers of each tier.</summary>
internal static class TestCounty
{
    internal const string Code = "JX";
    internal const string Feeder = "JX-F03";

    internal static async Task SeedAsync(TestDatabase database, int customers = 12)
    {
        await using var db = database.Open();
        var county = new Organisation
        {
            Code = Code,
            Name = "国网井陉县供电公司",
            NameEn = "Jingxing Power",
            Signature = "国网井陉供电",
            SignatureEn = "JX Power",
            Level = OrganisationLevel.County,
            TimeZone = "Asia/Shanghai",
            Adcode = "130121",
        };
        db.Organisations.Add(county);
        await db.SaveChangesAsync();
        county.Path = $"/{county.Id}/";

        var feeder = new Feeder { OrganisationId = county.Id, Code = Feeder, Name = "城关031线", NameEn = "Chengguan 031", VoltageKv = 10 };
        var other = new Feeder { OrganisationId = county.Id, Code = "JX-F04", Name = "城关032线", NameEn = "Chengguan 032", VoltageKv = 10 };
        var section = new Section { Feeder = feeder, Name = "13号杆开关以下" };
        string[] names = ["城关镇东街村", "城关镇西街村", "城关镇南关村"];
        var places = names.Select((name, i) => new Place { OrganisationId = county.Id, Code = $"13012110020{i}", Name = name, Township = "城关镇" }).ToList();
        db.AddRange(feeder, other, section);
        db.AddRange(places);
        var transformers = Enumerable.Range(0, 4).Select(i => new Transformer
        {
            Feeder = i == 3 ? other : feeder,
            Section = i == 1 ? section : null,
            Place = places[i % 3],
            Code = $"JX-T{i}",
            Name = $"台区{i}",
            Latitude = 38 + (i * 0.01),
            Longitude = 114.1,
        }).ToList();
        db.AddRange(transformers);
        await db.SaveChangesAsync();

        for (var i = 0; i < customers; i++)
        {
            var customer = new Customer
            {
                OrganisationId = county.Id,
                CustomerNo = $"C{i:0000}",
                Name = $"用户{i}",
                Language = i % 5 == 4 ? "en" : "zh-CN",
                Vulnerability = i == 0 ? Vulnerability.LifeSupport : null,
                Grade = i == 1 ? KeyGrade.First : null,
            };
            customer.Tier = Audience.PriorityTier.Of(customer.Grade, customer.Vulnerability, customer.Loss, customer.Dependency);
            customer.SupplyPoints.Add(new SupplyPoint { AccountNo = $"13012100{i:0000}", TransformerId = transformers[i % 3].Id });
            customer.Contacts.Add(new Contact { Kind = ContactKind.Mobile, Address = $"+8613800{i:000000}", Ordinal = 1, Source = "import" });
            db.Customers.Add(customer);
        }

        await db.SaveChangesAsync();
    }

    internal static object Plan(DateTimeOffset start, double hours = 10, string feeder = Feeder) => new
    {
        kind = "planned",
        organisation = Code,
        feeders = new[] { feeder },
        windows = new[] { new { startsAt = start, endsAt = start.AddHours(hours) } },
        reason = "line-maintenance",
        work = "replace-switch",
        owner = "dispatcher@example.org",
    };
}
