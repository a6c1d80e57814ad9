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

    internal IReadOnlyList<ContactRow> Contacts { get; private set; } = [];

    internal List<(CustomerRow Row, long Transformer)> Points { get; } = new(1);

    internal long? LiaisonOfficer { get; set; }

    internal short Tier => TierOf(Row);

    /// <summary>What the customer's own columns say, in the order <see cref="CustomerState"/> reads them back.</summary>
    internal static ulong FieldsOf(CustomerRow row)
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
        digest.Add(TierOf(row));
        digest.Add(row.LiaisonPhone);
        digest.Add(row.LiaisonName);

        return digest.Value;
    }

    /// <summary>What the contacts say, in their order.</summary>
    internal static ulong ContactsOf(IReadOnlyList<ContactRow> contacts)
    {
        var sum = 0UL;
        for (var i = 0; i < contacts.Count; i++) sum += CustomerState.OfContact(EnumNames.Of(contacts[i].Kind), contacts[i].Address, i + 1);

        return sum;
    }

    /// <summary>Takes a row of it; a contact it names again keeps its place.</summary>
    internal void Add(CustomerRow row, long transformer)
    {
        Points.Add((row, transformer));
        if (Points.Count == 1) Contacts = row.Contacts;
        else if (row.Contacts.Any(contact => !Contacts.Contains(contact))) Contacts = [.. Contacts, .. row.Contacts.Where(contact => !Contacts.Contains(contact))];
    }

    internal ulong Stored(ulong fields) => fields + (Points.Count == 1 ? Row.Numbers : ContactsOf(Contacts));

    private static short TierOf(CustomerRow row) => PriorityTier.Of(row.Grade, row.Vulnerability, row.Loss, row.Dependency);
}
