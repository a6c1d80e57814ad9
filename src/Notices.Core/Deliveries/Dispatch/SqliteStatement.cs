using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Notices.Deliveries;

/// <summary>A statement prepared once and run for many rows, its values bound by place: the driver looks each of them up by name every time, which costs more than
/// the row itself.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;
    private int _place;

    /// <param name="sql">With <c>?1</c>, <c>?2</c> …; bound in this order.</param>
    internal SqliteStatement(SqliteConnection connection, string sql)
    {
        _connection = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(_connection, sql, out _statement));
    }

    public void Dispose() => _statement.Dispose();

    internal SqliteStatement With(long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, ++_place, value));

        return this;
    }

    internal SqliteStatement With(long? value)
    {
        if (value is { } known) return With(known);

        Check(raw.sqlite3_bind_null(_statement, ++_place));

        return this;
    }

    internal SqliteStatement With(string? value)
    {
        Check(value is null ? raw.sqlite3_bind_null(_statement, ++_place) : raw.sqlite3_bind_text(_statement, ++_place, value));

        return this;
    }

    /// <summary>Within the caller's transaction.</summary>
    internal void Run()
    {
        _place = 0;
        var answer = raw.sqlite3_step(_statement);
        // The reason is told by the connection until the statement is set back.
        if (answer != raw.SQLITE_DONE) SqliteException.ThrowExceptionForRC(answer, _connection);
        Check(raw.sqlite3_reset(_statement));
    }

    private void Check(int answer)
    {
        if (answer != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(answer, _connection);
    }
}
