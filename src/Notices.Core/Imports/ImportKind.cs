namespace Notices.Imports;

/// <summary>What a file holds.</summary>
public enum ImportKind
{
    Organisations,
    Areas,
    Network,
    Customers,
    Outages,
    AlternateFeeds,
    Relays,
    Contacts,
    Ids,
    Ledger,

    /// <summary>What became of letters.</summary>
    Letters,
}

/// <summary>Our own column names, in the order rows keep their values, and which a file must have.</summary>
internal sealed record ImportColumns(string[] Names, string[] Required)
{
    internal static readonly ImportColumns Organisations = new(OrganisationColumns.Names, ["code", "name"]);
    internal static readonly ImportColumns Network = new(NetworkColumns.Names, ["feeder_code", "transformer_code"]);
    internal static readonly ImportColumns Customers = new(CustomerColumns.Names, ["account_no", "name", "transformer_code"]);
    internal static readonly ImportColumns Outages = new(OutageColumns.Names, ["kind", "starts_at"]);
    internal static readonly ImportColumns AlternateFeeds = new(AlternateFeedColumns.Names, ["transformer_code", "fed_by", "from"]);
    internal static readonly ImportColumns Relays = new(RelayColumns.Names, ["name", "phone", "places"]);
    internal static readonly ImportColumns Contacts = new(ContactColumns.Names, ["account_no"]);
    internal static readonly ImportColumns Ids = new(IdColumns.Names, ["subject", "code", "system", "external_id"]);
    internal static readonly ImportColumns Ledger = new(LedgerColumns.Names, ["account_no"]);
    internal static readonly ImportColumns Letters = new(LetterColumns.Names, ["receipt", "result"]);

    internal static ImportColumns Of(ImportKind kind) => kind switch
    {
        ImportKind.Organisations => Organisations,
        ImportKind.Network => Network,
        ImportKind.Customers => Customers,
        ImportKind.Outages => Outages,
        ImportKind.AlternateFeeds => AlternateFeeds,
        ImportKind.Relays => Relays,
        ImportKind.Contacts => Contacts,
        ImportKind.Ids => Ids,
        ImportKind.Ledger => Ledger,
        ImportKind.Letters => Letters,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Areas are GeoJSON, not a table."),
    };
}

internal static class OrganisationColumns
{
    internal const int Code = 0, Name = 1, Level = 2, Parent = 3, TimeZone = 4, Adcode = 5, NameEn = 6, Signature = 7, SignatureEn = 8, Hotline = 9;

    internal static readonly string[] Names = ["code", "name", "level", "parent", "time_zone", "adcode", "name_en", "signature", "signature_en", "hotline"];
}

internal static class NetworkColumns
{
    internal const int Organisation = 0, Substation = 1, FeederCode = 2, FeederName = 3, VoltageKv = 4, Section = 5, TransformerCode = 6, TransformerName = 7,
        Place = 8, PlaceCode = 9, Township = 10, Latitude = 11, Longitude = 12, FeederNameEn = 13, PlaceEn = 14;

    internal static readonly string[] Names =
    [
        "organisation", "substation", "feeder_code", "feeder_name", "voltage_kv", "section", "transformer_code", "transformer_name",
        "place", "place_code", "township", "latitude", "longitude", "feeder_name_en", "place_en",
    ];
}

internal static class CustomerColumns
{
    internal const int AccountNo = 0, CustomerId = 1, Name = 2, TransformerCode = 3, SupplyRole = 4, Phone = 5, Phone2 = 6, Email = 7, Language = 8, Category = 9,
        Grade = 10, Vulnerability = 11, Loss = 12, Needs = 13, Address = 14, LiaisonName = 15, LiaisonPhone = 16, Dependency = 17;

    internal static readonly string[] Names =
    [
        "account_no", "customer_id", "name", "transformer_code", "supply_role", "phone", "phone2", "email", "language", "category",
        "grade", "vulnerability", "loss", "needs", "address", "liaison_name", "liaison_phone", "dependency",
    ];
}

internal static class OutageColumns
{
    internal const int Organisation = 0, Reference = 1, Kind = 2, Feeders = 3, Sections = 4, Transformers = 5, Places = 6, StartsAt = 7, EndsAt = 8,
        WindowPlaces = 9, Reason = 10, Work = 11, PublishedAt = 12, RestoredAt = 13, Customers = 14, Remark = 15;

    internal static readonly string[] Names =
    [
        "organisation", "reference", "kind", "feeders", "sections", "transformers", "places", "starts_at", "ends_at",
        "window_places", "reason", "work", "published_at", "restored_at", "customers", "remark",
    ];
}

internal static class AlternateFeedColumns
{
    internal const int TransformerCode = 0, FedBy = 1, FedBySection = 2, From = 3, To = 4;

    internal static readonly string[] Names = ["transformer_code", "fed_by", "fed_by_section", "from", "to"];
}

internal static class RelayColumns
{
    internal const int Organisation = 0, Name = 1, Phone = 2, DeputyName = 3, DeputyPhone = 4, Places = 5;

    internal static readonly string[] Names = ["organisation", "name", "phone", "deputy_name", "deputy_phone", "places"];
}

internal static class ContactColumns
{
    internal const int AccountNo = 0, Kind = 1, Phone = 2, Email = 3, Ordinal = 4, ValidFrom = 5, ValidTo = 6, ConfirmedOn = 7, ProxyName = 8, ProxyRelation = 9, ProxyConsentedOn = 10;

    internal static readonly string[] Names =
    [
        "account_no", "kind", "phone", "email", "ordinal", "valid_from", "valid_to", "confirmed_on", "proxy_name", "proxy_relation", "proxy_consented_on",
    ];
}

internal static class IdColumns
{
    internal const int Organisation = 0, Subject = 1, Code = 2, System = 3, Value = 4;

    internal static readonly string[] Names = ["organisation", "subject", "code", "system", "external_id"];
}

internal static class LedgerColumns
{
    internal const int AccountNo = 0, RestorationRank = 1, SurvivalMinutes = 2, OwnGenerator = 3, ShortReminder = 4, NightMessages = 5;

    internal static readonly string[] Names = ["account_no", "restoration_rank", "survival_minutes", "own_generator", "short_reminder", "night_messages"];
}

internal static class LetterColumns
{
    internal const int Receipt = 0, Result = 1, At = 2, By = 3, To = 4, Witness = 5, SignedFor = 6, Note = 7;

    internal static readonly string[] Names = ["receipt", "result", "at", "by", "to", "witness", "signed_for", "note"];
}
