using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audience;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Feeds;
using Notices.Policy;
using Notices.Storage;
using Notices.Testing;

namespace Notices.Subscriptions;

/// <summary>A county whose places, line and whole area one can subscribe to; each call as a request of its own.</summary>
internal sealed partial class SubscriptionDesks : IAsyncDisposable
{
    internal const string Mail = "reader@example.org", Number = "+8613912345678";

    private SubscriptionDesks(AudienceDesk desk) => Desk = desk;

    internal AudienceDesk Desk { get; }

    internal AuditOptions Digests { get; } = AuditOptions.Fresh();

    internal SubscriptionOptions Options { get; } = new();

    internal DeliveryMarks Marks => field ??= new DeliveryMarks(Digests);

    internal static async Task<SubscriptionDesks> OpenAsync(DatabaseKind kind, int customers = 0) => new(await AudienceDesk.OpenAsync(kind, customers));

    internal async Task<Result<SubscriptionAsked>> AskAsync(string address, string find = "东街村", string medium = "", AskSubscription? request = null)
    {
        await using var db = Desk.Open();

        return await Asking(db).AskAsync(
            request ?? new AskSubscription { Medium = medium.Length > 0 ? medium : address.Contains('@', StringComparison.Ordinal) ? "email" : "sms", Address = address, Find = find, Language = "zh-CN" }, CancellationToken.None);
    }

    /// <summary>Asked for and confirmed.</summary>
    /// <returns>Its mark.</returns>
    internal async Task<string> SubscribeAsync(string address, string find = "东街村", string language = "zh-CN")
    {
        var whole = find == "JX";
        Desk.Clock.Advance(Options.CoolDown);
        var asked = await AskAsync(address, request: new AskSubscription
        {
            Medium = address.Contains('@', StringComparison.Ordinal) ? "email" : "sms",
            Address = address,
            Find = whole ? null : find,
            County = whole ? $"county-{Desk.Organisation}" : null,
            Language = language,
        });
        Xunit.Assert.True(asked.Ok, string.Join(", ", asked.Problems.Select(problem => problem.Code)));

        return (address.Contains('@', StringComparison.Ordinal)
            ? await DoAsync(desk => desk.ConfirmAsync(TokenOf(LastAsync().Result.Body), CancellationToken.None))
            : (await DoAsync(desk => desk.ConfirmAsync(address, CodeOf(LastAsync().Result.Body), CancellationToken.None))).Value)!.Mark;
    }

    internal async Task<T> DoAsync<T>(Func<SubscriptionDesk, Task<T>> act)
    {
        await using var db = Desk.Open();

        return await act(new SubscriptionDesk(db, new AuditTrail(db, Desk.Clock), Digests, Options, Asking(db), new SubscriptionTargets(db), Marks, Desk.Clock));
    }

    internal async Task<int> LapseAsync()
    {
        await using var db = Desk.Open();

        return await new SubscriptionUpkeep(db, new AuditTrail(db, Desk.Clock), Options, Desk.Clock).LapseDueAsync(CancellationToken.None);
    }

    /// <summary>The newest message to whoever subscribes.</summary>
    internal async Task<SubscriptionMessage> LastAsync() => await Desk.ReadAsync(db => db.SubscriptionMessages.AsNoTracking().OrderByDescending(m => m.Id).FirstAsync());

    internal Task<int> MessagesAsync() => Desk.ReadAsync(db => db.SubscriptionMessages.CountAsync());

    internal Task<List<Subscription>> RowsAsync() => Desk.ReadAsync(db => db.Subscriptions.AsNoTracking().OrderBy(s => s.Id).ToListAsync());

    internal Task<List<AuditEntry>> EntriesAsync() => Desk.ReadAsync(db => db.AuditEntries.AsNoTracking().Where(e => e.Action.StartsWith("subscription")).OrderBy(e => e.Sequence).ToListAsync());

    internal static string TokenOf(string body) => Token().Match(body).Groups[1].Value;

    internal static string CodeOf(string body) => Code().Match(body).Value;

    public ValueTask DisposeAsync() => Desk.DisposeAsync();

    private SubscriptionAsking Asking(NoticesDb db) => new(
        db, new AuditTrail(db, Desk.Clock), Digests, Options, new SubscriptionOffer([Medium.Sms, Medium.Email]), new SubscriptionTargets(db), new SubscriptionWords(Options, new PublicOptions(), Marks), new CustomerOptions(), Desk.Clock, new DueAlarm());

    [GeneratedRegex("subscriptions/confirm/([0-9a-f]{32})")]
    private static partial Regex Token();

    [GeneratedRegex("[0-9]{6}")]
    private static partial Regex Code();
}
