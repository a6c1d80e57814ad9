using Notices.Audience;
using Notices.Imports;

namespace Notices.Customers;

/// <summary>A customer as some rows have it: those of one batch, or of several where it stays open.</summary>
internal sealed class IncomingCustomer
{
    internal required long Organisation { get; init; }

    internal required CustomerRow Row { get; init; }

    internal required ulong Key { get; init; }

    /// <summary>Rows before these were counted, and written where they had to be: contacts are added to theirs, none is retired.</summary>
    internal bool Again { get; init; }

    /// <summary>The last batch with a row of it.</summary>
    internal int Batch { get; set; }

    /// <summary>After that batch: the database has other words or contacts of it than were told so far.</summary>
    internal bool Differs { get; set; }

    internal bool IsNew { get; init; }

    /// <summary>Counts the customers this file brings, from 1; 0 for one the database had.</summary>
    internal int New { get; init; }

    /// <summary>One of its accounts is in the database, perhaps with another customer.</summary>
    internal bool HasKnownPoint { get; set; }

    /// <summary>Nothing of it is in the database, so nothing can collide.</summary>
    internal bool IsWhollyNew => IsNew && !Again && !HasKnownPoint;

    internal List<ContactRow> Contacts { get; } = new(2);

    internal List<(CustomerRow Row, long Transformer)> Points { get; } = new(1);

    internal long? LiaisonOfficer { get; set; }

    internal short Tier => PriorityTier.Of(Row.Grade, Row.Vulnerability, Row.Loss, Row.Dependency);

    /// <summary>What the customer's own columns say, in the order <see cref="CustomerState"/> reads them back.</summary>
    internal static ulong FieldsOf(CustomerRow row, short tier)
    {
        var digest = default(Digest);
        digest.Add(row.Name);
        digest.Add(row.Language);
        digest.Add(EnumNames.Of(row.Category));
        digest.Add(EnumNames.Of(row.Grade));
        digest.Add(EnumNames.Of(row.Vulnerability));
        digest.Add(EnumNames.Of(row.Loss));
        digest.Add(EnumNames.Of(row.Dependency));
        digest.Add((int)row.Needs);
        digest.Add(row.Address);
        digest.Add(tier);
        digest.Add(row.LiaisonPhone);
        digest.Add(row.LiaisonName);

        return digest.Value;
    }

    internal ulong Stored(ulong fields)
    {
        var sum = fields;
        for (var i = 0; i < Contacts.Count; i++) sum += CustomerState.OfContact(EnumNames.Of(Contacts[i].Kind), Contacts[i].Address, i + 1);

        return sum;
    }
}
