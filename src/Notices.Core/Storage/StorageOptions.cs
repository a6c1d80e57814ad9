namespace Notices.Storage;

/// <summary>Where the tables are.</summary>
public sealed class StorageOptions
{
    /// <summary><c>sqlite</c> (default) or <c>postgresql</c>.</summary>
    public string Provider { get; set; } = "sqlite";

    /// <summary>For SQLite the file (default <c>data/notices.db</c> below the caller's folder), for PostgreSQL an Npgsql connection string.</summary>
    public string ConnectionString { get; set; } = "";

    public bool IsPostgreSql => Provider == "postgresql";

    /// <summary>The SQLite file.</summary>
    public string SqliteFile => Path.GetFullPath(ConnectionString.Length == 0 ? Path.Combine("data", "notices.db") : ConnectionString.Replace("Data Source=", "", StringComparison.OrdinalIgnoreCase));

    internal IEnumerable<string> Faults()
    {
        if (Provider is not ("sqlite" or "postgresql")) yield return $"Database:Provider is '{Provider}'; it must be sqlite or postgresql.";
        if (IsPostgreSql && ConnectionString.Length == 0) yield return "Database:ConnectionString is missing; PostgreSQL needs one, such as Host=localhost;Database=notices;Username=notices.";
    }
}
