using System.Data.Common;

namespace Notices.Storage;

/// <summary>For the few statements that move sets in raw SQL.</summary>
internal static class RawSql
{
    /// <summary>Adds a parameter; null becomes the database's null.</summary>
    internal static DbCommand With(this DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value ?? DBNull.Value;
        command.Parameters.Add(parameter);

        return command;
    }
}
