using Microsoft.Extensions.Time.Testing;
using Notices.Deliveries;
using Xunit;

namespace Notices.Channels.TwilioSms;

/// <summary>What is found out about a message of which nobody knows whether it left.</summary>
public class TwilioLookupTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly DateTimeOffset Now = TwilioSmsChannelTests.Now;
    private static readonly OutgoingMessage Message = TwilioSmsChannelTests.Message(1);

    [Theory]
    [InlineData("queued", DeliveryState.Accepted)]
    [InlineData("delivered", DeliveryState.Delivered)]
    [InlineData("undelivered", DeliveryState.Failed)]
    public async Task A_message_whose_answer_was_lost_is_found_with_what_became_of_it_also_where_it_was_taken_twice(string status, DeliveryState state)
    {
        TwilioDescription.Needed();
        await using var server = new TwilioServer { Now = Now.AddSeconds(40) };
        var (clock, twice) = (new FakeTimeProvider(Now), false);
        using var channel = TwilioSmsChannelTests.Channel(clock, server.Address);
        server.Answer = request =>
        {
            for (var times = twice ? 2 : 1; times > 0; times--) server.Take(request);

            return null;
        };
        Assert.Equal(SendOutcomeKind.Unknown, (await channel.SendAsync(Message, None)).Kind);
        twice = true;
        Assert.Equal(SendOutcomeKind.Unknown, (await channel.SendAsync(Message with { Address = "+8613800000002" }, None)).Kind);

        server.Answer = null;
        server.SetStatus(status);
        Assert.Equal(new LookupAnswer(LookupKind.Found, state, TwilioSmsChannelTests.Sid), await channel.LookUpAsync(Question(), None));
        Assert.Equal((LookupKind.Found, state), (await channel.LookUpAsync(Question() with { Address = "+8613800000002" }, None)) is var found ? (found.Kind, found.State) : default);
        // A worker died over it: nobody knows when it left.
        Assert.Equal(LookupKind.Found, (await channel.LookUpAsync(Question() with { TriedAt = null }, None)).Kind);
    }

    [Fact]
    public async Task It_never_arrived_only_once_the_list_has_had_time_and_holds_nothing_that_could_be_it()
    {
        TwilioDescription.Needed();
        await using var server = new TwilioServer { Now = Now.AddHours(-3) };
        var clock = new FakeTimeProvider(Now.AddSeconds(-10_800));
        using var channel = TwilioSmsChannelTests.Channel(clock, server.Address);
        await channel.SendAsync(Message, None); // the same words, three hours before

        clock.SetUtcNow(Now.AddSeconds(30));
        Assert.Equal(LookupAnswer.AskAgain, await channel.LookUpAsync(Question(), None));
        clock.SetUtcNow(Now.AddMinutes(2));
        Assert.Equal(LookupAnswer.NotThere, await channel.LookUpAsync(Question(), None));
        Assert.Equal(LookupAnswer.AskAgain, await channel.LookUpAsync(Question() with { TriedAt = null }, None));

        server.Answer = request => server.List(request, "/2010-04-01/Accounts/more");
        Assert.Equal(LookupAnswer.AskAgain, await channel.LookUpAsync(Question(), None));

        // Words that are not ours may be ours after Twilio's spelling of them.
        server.Now = Now.AddSeconds(3);
        server.Answer = request => request.Method == "POST" ? server.Take(request, body: "changed on the way") : server.List(request);
        await channel.SendAsync(Message, None);
        Assert.Equal(LookupAnswer.AskAgain, await channel.LookUpAsync(Question(), None));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nno!")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 900\r\n\r\n{\"messages\":[")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("HTTP/1.1 429 TOO MANY REQUESTS\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 401 UNAUTHORIZED\r\nContent-Length: 0\r\n\r\n")]
    public async Task An_answer_that_cannot_be_had_is_asked_for_again(string? answer)
    {
        await using var server = new TwilioServer { Answer = _ => answer };
        using var channel = TwilioSmsChannelTests.Channel(new FakeTimeProvider(Now.AddMinutes(5)), server.Address);

        Assert.Equal(LookupAnswer.AskAgain, await channel.LookUpAsync(Question(), None));
    }

    private static LookupQuestion Question() => new(1, Medium.Sms, Message.Address, Now, Message.Body);
}
