using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Customers;
using Notices.Deliveries;
using Notices.Publishing;
using Notices.Testing;

namespace Notices.Audience;

/// <summary>A round that would come too late, in a dispatcher's hands; and the relay persons who are asked with it.</summary>
public class RoundChoiceTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_dispatcher_shortens_a_round_keeps_it_to_the_most_urgent_and_leaves_the_rest_to_the_feed(DatabaseKind kind)
    {
        // The carrier takes nobody but the relay person.
        var rules = Enumerable.Range(0, 10).ToDictionary(digit => $"Providers:main:Rules:{digit}", string? (_) => "try-later");
        rules["Providers:main:Rules:99"] = "deliver";
        await using var life = await Life.StartAsync(kind, settings: rules);
        await using (var db = life.Host.Database.Open())
        {
            var person = new RelayPerson { OrganisationId = (await db.Organisations.FirstAsync(o => o.Code == TestCounty.Code)).Id, Name = "王村长", Phone = "+8613700000099" };
            person.Places.Add(new RelayPlace { PlaceId = (await db.Places.OrderBy(p => p.Id).FirstAsync()).Id });
            db.Add(person);
            await db.SaveChangesAsync();
        }

        var number = await life.ApprovedAsync(Life.Plan(TestCounty.Feeder, "2026-12-01T08:00:00", "2026-12-01T18:00:00"));
        await life.GoToAsync(Life.At("2026-11-23T09:00:00"));
        var asked = Assert.Single(life.Got("+8613700000099"));
        Assert.Contains("请转告城关镇东街村", asked.Body, StringComparison.Ordinal);
        var round = (long)(await life.Host.GetAsync(Role.Auditor, $"/api/v1/notices?number={number}"))["items"]![0]!["rounds"]![0]!;
        var path = $"/api/v1/rounds/{round}";

        Assert.Equal(["round-choice-needs-reason"], Life.Codes(await life.Host.PostAsync(Role.Dispatcher, $"{path}/shorten", new { }, 422)));
        await life.Host.PostAsync(Role.Auditor, $"{path}/shorten", new { reason = "暴雨" }, 403);
        Assert.True((bool)(await life.Host.PostAsync(Role.Dispatcher, $"{path}/shorten", new { reason = "暴雨" }))["shortened"]!);
        Assert.Equal(1, (int)(await life.Host.PostAsync(Role.Dispatcher, $"{path}/prioritise", new { reason = "暴雨" }))["lastTier"]!);
        Assert.Equal(["round-choice-made"], Life.Codes(await life.Host.PostAsync(Role.Dispatcher, $"{path}/prioritise", new { reason = "暴雨" }, 409)));
        var told = await life.ToldAsync(number, NoticeType.Initial);
        Assert.Equal(10, told.Count(t => (t.State, t.Reason) == (DeliveryState.Suppressed, "public-only")));
        Assert.Equal(2, told.Count(t => t.State == DeliveryState.Waiting));

        var last = await life.Host.PostAsync(Role.Dispatcher, $"{path}/public-only", new { reason = "来不及" });
        Assert.Equal((12, 12, 1, 1), ((int)last["counts"]!["snapshot"]!, (int)last["counts"]!["suppressed"]!, (int)last["relays"]!["persons"]!, (int)last["relays"]!["reached"]!));
        await life.ProveAsync();
    }
}
