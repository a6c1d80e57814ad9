using Notices.Deliveries;

namespace Notices.Customers;

/// <summary>A customer as lists show one: enough to recognise, nothing to use.</summary>
/// <param name="AccountNo">Of the first supply point, the name the customer is revealed by; null where none is left.</param>
/// <param name="Name">Masked; empty once erased.</param>
/// <param name="Address">Masked.</param>
public sealed record CustomerLine(
    long Id, string Organisation, string CustomerNo, string? AccountNo, string Name, string? Address, short Tier, SupplyClass Category, KeyGrade? Grade, Vulnerability? Vulnerability, LossProne? Loss,
    Dependency? Dependency, Needs Needs, string Language, IReadOnlyList<SupplyPointLine> SupplyPoints, IReadOnlyList<ContactLine> Contacts)
{
    internal static CustomerLine Of(Customer customer, bool clear = false)
    {
        var points = customer.SupplyPoints.OrderBy(point => point.AccountNo, StringComparer.Ordinal)
            .Select(point => new SupplyPointLine(point.AccountNo, point.Transformer!.Code, point.Transformer.Feeder?.Code, point.Transformer.Place?.Name, point.Role)).ToList();

        var zone = TimeZoneInfo.FindSystemTimeZoneById(customer.Organisation!.TimeZone);

        return new CustomerLine(
            customer.Id, customer.Organisation.Code, customer.CustomerNo, points.FirstOrDefault()?.AccountNo, clear ? customer.Name : Masked.Name(customer.Name), clear ? customer.Address : Masked.Place(customer.Address),
            customer.Tier, customer.Category, customer.Grade, customer.Vulnerability, customer.Loss, customer.Dependency, customer.Needs, customer.Language, points,
            [.. customer.Contacts.OrderBy(contact => contact.Ordinal).ThenBy(contact => contact.Id).Select(contact => new ContactLine(
                contact.Id, contact.Kind, clear ? contact.Address : RoundView.Mask(contact.Address), contact.Source, In(zone, contact.ValidFrom), In(zone, contact.ValidTo), In(zone, contact.SuspendedAt), contact.SuspendedReason,
                clear ? contact.ProxyName : contact.ProxyName is null ? null : Masked.Name(contact.ProxyName), contact.ProxyRelation))]);
    }

    internal static DateTimeOffset? In(TimeZoneInfo zone, DateTimeOffset? at) => at is { } instant ? TimeZoneInfo.ConvertTime(instant, zone) : null;
}

public sealed record SupplyPointLine(string AccountNo, string Transformer, string? Feeder, string? Place, SupplyRole Role);

/// <param name="Address">Masked, in clear where it was revealed.</param>
public sealed record ContactLine(
    long Id, ContactKind Kind, string? Address, string Source, DateTimeOffset? ValidFrom, DateTimeOffset? ValidTo, DateTimeOffset? SuspendedAt, string? SuspendedReason, string? ProxyName, string? ProxyRelation);

/// <summary>What of a person may be shown to whoever did not ask for it on record.</summary>
internal static class Masked
{
    /// <summary>The first letter alone, whatever the length.</summary>
    internal static string Name(string name) => First(name, 1);

    /// <summary>As far as the town.</summary>
    internal static string? Place(string? address) => string.IsNullOrEmpty(address) ? null : First(address, Math.Min(6, address.Length / 2));

    private static string First(string text, int letters)
    {
        if (text.Length == 0) return "";

        // A letter outside the first plane is two characters, which are not torn apart.
        var end = letters > 0 && char.IsHighSurrogate(text[letters - 1]) ? letters - 1 : letters;

        return text[..end] + "••";
    }
}
