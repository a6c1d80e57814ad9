using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Notices.Deliveries;

public class ProviderDirectoryTests
{
    private readonly FakeTimeProvider _machine = new();

    [Fact]
    public void Messages_are_shared_out_by_weight()
    {
        var directory = Directory(("one", 3), ("two", 1));

        Assert.Equal((75, 25), (Share(directory, "one"), Share(directory, "two")));
        Assert.Null(directory.Pick(Medium.Paper, 7, 1));
    }

    [Fact]
    public void The_next_provider_takes_over_while_one_is_out_of_order_and_trial_traffic_brings_it_back()
    {
        var directory = Directory(("one", 1), ("two", 1));
        Break(directory, "one");

        Assert.Equal(CircuitState.Open, directory.StateOf("one"));
        Assert.Equal((0, 100), (Share(directory, "one"), Share(directory, "two")));

        _machine.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(3 + 48, Share(directory, "one"));
        Assert.Equal(50, Share(directory, "two"));
        Assert.Equal(CircuitState.Closed, directory.StateOf("one"));
    }

    [Fact]
    public void A_provider_of_weight_zero_stands_by_until_no_other_is_in_order()
    {
        var directory = Directory(("one", 1), ("reserve", 0), ("two", 1));

        Assert.Equal(0, Share(directory, "reserve"));
        Break(directory, "one");
        Assert.Equal((0, 100), (Share(directory, "reserve"), Share(directory, "two")));
        Break(directory, "two");
        Assert.Equal(100, Share(directory, "reserve"));
    }

    [Fact]
    public void With_none_in_order_messages_wait()
    {
        var directory = Directory(("one", 1));
        Break(directory, "one");

        Assert.Null(directory.Pick(Medium.Sms, 1, 1));
        Assert.Contains(Medium.Sms, directory.Media);
    }

    private ProviderDirectory Directory(params (string Name, int Weight)[] providers)
    {
        var channel = new AnsweringChannel(_ => SendOutcome.Accepted(null));

        return new ProviderDirectory([.. providers.Select(provider => new Provider(provider.Name, channel, new HashSet<Medium> { Medium.Sms }, provider.Weight))], _machine);
    }

    private static void Break(ProviderDirectory directory, string name)
    {
        for (var id = 0; directory.StateOf(name) == CircuitState.Closed; id++)
        {
            var pick = directory.Pick(Medium.Sms, id, 1)!.Value;
            directory.Done(pick, pick.Provider.Name == name ? false : null);
        }
    }

    private static int Share(ProviderDirectory directory, string name) => Enumerable.Range(0, 100).Count(id =>
    {
        var pick = directory.Pick(Medium.Sms, id, 1)!.Value;
        directory.Done(pick, true);

        return pick.Provider.Name == name;
    });
}
