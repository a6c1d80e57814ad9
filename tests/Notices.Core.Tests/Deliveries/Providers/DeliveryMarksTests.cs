using Notices.Audit;
using Xunit;

namespace Notices.Deliveries;

public class DeliveryMarksTests
{
    private static readonly DeliveryMarks Marks = new(AuditOptions.Fresh());

    [Fact]
    public void A_mark_names_its_delivery_also_where_a_server_turned_it_into_capitals()
    {
        var mark = Marks.Of(42, MarkPurpose.Bounce);

        Assert.Matches("^42\\.[0-9a-f]{20}$", mark);
        Assert.Equal(mark, Marks.Of(42, MarkPurpose.Bounce));
        Assert.Equal(42, Marks.Read(mark, MarkPurpose.Bounce));
        Assert.Equal(42, Marks.Read(mark.ToUpperInvariant(), MarkPurpose.Bounce));
        Assert.Equal(long.MaxValue, Marks.Read(Marks.Of(long.MaxValue, MarkPurpose.Unsubscribe), MarkPurpose.Unsubscribe));
    }

    [Fact]
    public void Nobody_makes_one_for_another_delivery_purpose_or_installation()
    {
        var mark = Marks.Of(42, MarkPurpose.Bounce);

        Assert.Null(Marks.Read(mark, MarkPurpose.Unsubscribe));
        Assert.Null(new DeliveryMarks(AuditOptions.Fresh()).Read(mark, MarkPurpose.Bounce));
        foreach (var forged in (string[])["43" + mark[2..], "042" + mark[2..], "+42" + mark[2..], mark[..^1], mark + "0", mark[..^1] + (mark[^1] == '0' ? '1' : '0'), "42.", "42", ".", "", "٤٢" + mark[2..], new string('9', 40) + mark[2..]])
            Assert.Null(Marks.Read(forged, MarkPurpose.Bounce));
    }
}
