using Notices.Customers;

namespace Notices.Audience;

/// <summary>Who comes first: 0 life support and special grade; 1 other key, vulnerable, loss-prone, dependencies; 2 everybody else. A smaller number never waits behind a larger.</summary>
public static class PriorityTier
{
    /// <summary>The number of tiers.</summary>
    public const short Count = 3;

    /// <summary>Behind all customers: messages to those who subscribed. No recipient is of it.</summary>
    public const short Subscribers = Count;

    public static short Of(KeyGrade? grade, Vulnerability? vulnerability, LossProne? loss, Dependency? dependency)
    {
        if (vulnerability == Vulnerability.LifeSupport || grade == KeyGrade.Special) return 0;

        return (short)(grade is not null || vulnerability is not null || loss is not null || dependency is not null ? 1 : 2);
    }
}
