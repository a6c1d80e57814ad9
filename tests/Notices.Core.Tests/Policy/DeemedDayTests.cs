using Notices.Policy;
using Xunit;

namespace Notices.Tests.Policy;

/// <summary>From when a posted letter counts as received.</summary>
public class DeemedDayTests
{
    [Theory]
    [InlineData("2026-12-01T10:00+00:00", 2, "2026-12-03")] // Tuesday
    [InlineData("2026-12-04T10:00+00:00", 2, "2026-12-08")] // Friday: over the weekend
    [InlineData("2026-12-23T23:30+00:00", 2, "2026-12-29")] // Christmas, Boxing Day on Saturday and its substitute on Monday
    [InlineData("2026-12-05T10:00+00:00", 2, "2026-12-08")] // posted on a Saturday
    public void Business_days_are_counted_forward_to_the_end_of_the_last(string posted, int days, string day)
    {
        var deemed = Policies.London.Forward(Policies.At(posted), new Lead(days, LeadUnit.BusinessDays));

        Assert.Equal(day, $"{deemed:yyyy-MM-dd}");
        Assert.Equal(TimeSpan.FromDays(1) - TimeSpan.FromMicroseconds(1), deemed.TimeOfDay);
    }

    [Theory]
    [InlineData("2026-12-10T00:00+00:00", 2)]
    [InlineData("2027-01-04T00:00+00:00", 7)]
    public void The_last_day_to_post_is_the_last_that_still_arrives_in_time(string deadline, int days)
    {
        var (until, lead) = (Policies.At(deadline), new Lead(days, LeadUnit.BusinessDays));

        var post = Policies.London.LatestFor(until, lead);

        Assert.True(Policies.London.Forward(post, lead) <= until);
        Assert.True(Policies.London.Forward(post.AddMicroseconds(1), lead) > until);
    }

    [Fact]
    public void Hours_and_clear_days_are_counted_too()
    {
        var posted = Policies.At("2026-03-27T12:00+00:00");

        Assert.Equal(posted.AddHours(48), Policies.London.Forward(posted, new Lead(48, LeadUnit.Hours)));
        // The clocks go forward on the 29th.
        Assert.Equal(Policies.At("2026-03-30T00:00+01:00").AddMicroseconds(-1), Policies.London.Forward(posted, new Lead(2, LeadUnit.ClearDays)));
        Assert.Equal(posted.AddHours(-48), Policies.London.LatestFor(posted, new Lead(48, LeadUnit.Hours)));
    }
}
