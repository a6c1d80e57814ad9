using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Notices.Deliveries;

public class ProviderHealthTests
{
    private readonly FakeTimeProvider _machine = new();

    private ProviderHealth Health => field ??= new ProviderHealth(TimeSpan.FromSeconds(5), _machine);

    [Fact]
    public void Failing_opens_the_circuit_and_nothing_is_given_to_it()
    {
        for (var i = 0; i < 4; i++) Try(false);
        Assert.Equal(CircuitState.Closed, Health.State);

        Try(false);

        Assert.Equal(CircuitState.Open, Health.State);
        Assert.Null(Health.Begin());
    }

    [Fact]
    public void A_few_failures_among_many_good_answers_do_not()
    {
        for (var i = 0; i < 100; i++) Try(i % 3 != 0);

        Assert.Equal(CircuitState.Closed, Health.State);
    }

    [Fact]
    public void What_went_wrong_more_than_ten_seconds_ago_is_forgotten()
    {
        for (var i = 0; i < 4; i++) Try(false);
        _machine.Advance(TimeSpan.FromSeconds(11));
        Try(false);

        Assert.Equal(CircuitState.Closed, Health.State);
    }

    [Fact]
    public void Swallowing_messages_opens_it_within_ten_seconds_although_none_has_timed_out()
    {
        for (var i = 0; i < 5; i++) Assert.NotNull(Health.Begin());
        _machine.Advance(TimeSpan.FromSeconds(5));

        Assert.Null(Health.Begin());
        Assert.Equal(CircuitState.Open, Health.State);
    }

    [Fact]
    public void Slow_answers_count_against_it_also_when_they_are_good()
    {
        var begun = Enumerable.Range(0, 5).Select(_ => Health.Begin()!).ToList();
        _machine.Advance(TimeSpan.FromSeconds(6));
        foreach (var slow in begun) Health.End(slow, true);

        Assert.Equal(CircuitState.Open, Health.State);
    }

    [Fact]
    public void What_is_the_recipients_fault_says_nothing()
    {
        for (var i = 0; i < 50; i++) Try(null);

        Assert.Equal(CircuitState.Closed, Health.State);
    }

    [Fact]
    public void Three_good_trials_one_at_a_time_bring_it_back()
    {
        Open();
        Assert.False(Health.WantsTrial);
        _machine.Advance(TimeSpan.FromSeconds(5));
        for (var i = 0; i < 3; i++)
        {
            Assert.True(Health.WantsTrial);
            var trial = Health.Begin();
            Assert.NotNull(trial);
            Assert.Null(Health.Begin());
            Health.End(trial, true);
        }

        Assert.Equal(CircuitState.Closed, Health.State);
        Assert.NotNull(Health.Begin());
    }

    [Fact]
    public void A_failed_trial_makes_the_next_one_wait_longer_up_to_a_minute()
    {
        Open();
        foreach (var pause in (int[])[5, 10, 20, 40, 60, 60])
        {
            _machine.Advance(TimeSpan.FromSeconds(pause) - TimeSpan.FromMilliseconds(1));
            Assert.False(Health.WantsTrial);
            _machine.Advance(TimeSpan.FromMilliseconds(1));
            Try(false);
        }
    }

    [Fact]
    public void A_trial_that_tells_nothing_is_followed_by_another()
    {
        Open();
        _machine.Advance(TimeSpan.FromSeconds(5));
        Try(null);

        Assert.True(Health.WantsTrial);
    }

    [Fact]
    public void Time_outs_of_messages_sent_before_it_opened_do_not_open_it_again()
    {
        var old = Enumerable.Range(0, 20).Select(_ => Health.Begin()!).ToList();
        _machine.Advance(TimeSpan.FromSeconds(6));
        Assert.Null(Health.Begin());
        _machine.Advance(TimeSpan.FromSeconds(5));
        for (var i = 0; i < 3; i++) Try(true);
        foreach (var late in old) Health.End(late, false);

        Assert.Equal(CircuitState.Closed, Health.State);
        Assert.NotNull(Health.Begin());
    }

    private void Open()
    {
        for (var i = 0; i < 5; i++) Try(false);
        Assert.Equal(CircuitState.Open, Health.State);
    }

    private void Try(bool? good)
    {
        var begun = Health.Begin();
        Assert.NotNull(begun);
        Health.End(begun, good);
    }
}
