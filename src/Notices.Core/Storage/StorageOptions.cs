using Npgsql;

namespace Notices.Storage;

/// <summary>Where the tables are.</summary>
public sealed class StorageOptions
{
    /// <summary><c>sqlite</c> (default) or <c>postgresql</c>.</summary>
    public string Provider { get; set; } = "sqlite";

    /// <summary>For SQLite the file (default <c>data/notices.db</c> below the caller's folder), for PostgreSQL an Npgsql connection string.</summary>
    public string ConnectionString { get; set; } = "";

    public bool IsPostgreSql => Provider == "postgresql";

    /// <summary>The connection string of PostgreSQL as connections are opened with it. Unless it brings options of its own, PostgreSQL is told not to compile statements: ours are many and
    /// short, and by its estimate a claim among a million waiting messages was worth compiling, for more than a second each time.</summary>
    public string PostgreSqlConnection
    {
        get
        {
            var connection = new NpgsqlConnectionStringBuilder(ConnectionString);
            if (string.IsNullOrEmpty(connection.Options)) connection.Options = "-c jit=off";

            return connection.ConnectionString;
        }
    }

    /// <summary>The SQLite file.</summary>
    public string SqliteFile => Path.GetFullPath(ConnectionString.Length == 0 ? Path.Combine("data", "notices.db") : ConnectionString.Replace("Data Source=", "", StringComparison.OrdinalIgnoreCase));

    internal IEnumerable<string> Faults()
    {
        if (Provider is not ("sqlite" or "postgresql")) yield return $"Database:Provider is '{Provider}'; it must be sqlite or postgresql.";
        if (IsPostgreSql && ConnectionString.Length == 0) yield return "Database:ConnectionString is missing; PostgreSQL needs one, such as Host=localhost;Database=notices;Username=notices.";
        if (IsPostgreSql && !IsReadable()) yield return "Database:ConnectionString cannot be read; it looks like Host=localhost;Database=notices;Username=notices.";
    }

    private bool IsReadable()
    {
        try
        {
            return PostgreSqlConnection.Length > 0;
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or FormatException)
        {
            return false;
        }
    }
}
