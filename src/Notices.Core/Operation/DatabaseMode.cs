using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Storage;

namespace Notices.Operation;

/// <summary>The mark a database carries. It stands in the row every entry of the record is written through, so a drill's or a trial's database is known by all that is in it; nothing takes the mark off again.</summary>
public sealed class DatabaseMode(NoticesDb db, AuditTrail audit, OperationOptions operation)
{
    internal const string Drill = "drill", Shadow = "shadow";

    /// <summary>Whether this process may work on this database. One that nothing was ever recorded in becomes what the process is.</summary>
    /// <exception cref="SettingsException">It is of another kind than the settings say.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var head = await db.AuditHeads.AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        if (head?.Mode == operation.Mark) return;
        if (head?.Mode is null && head is { Sequence: 0 }) await MarkAsync(Actor.System, new { was = "new" }, operation.Mark!, cancellationToken);
        else throw new SettingsException([head?.Mode is { } mark ? Marked(mark) : Real(operation.Mark!)]);
    }

    /// <summary>Marks it and says so in the record; entries from this one on bear the mark. The caller's further changes join the transaction.</summary>
    internal async Task MarkAsync(Actor actor, object before, string mark, CancellationToken cancellationToken)
    {
        await audit.BeginAsync(cancellationToken);
        await db.AuditHeads.ExecuteUpdateAsync(set => set.SetProperty(head => head.Mode, mark), cancellationToken);
        audit.Record(actor, $"operation.{mark}", "database", before, new { mode = mark });
        await audit.CommitAsync(cancellationToken);
    }

    private static string Marked(string mark) => mark == Drill
        ? "This database is one of a drill (演练) and the settings are not: people would be told of what was only rehearsed. Set Operation__Mode=drill to go on with the drill, "
            + "or name the database of the real installation in Database__ConnectionString. A drill's database never becomes a real one."
        : "This database is one in shadow (试运行) and the settings are not: people would be told what the old way has told them already. Set Operation__Mode=shadow to go on, "
            + "or name a database of its own for real operation in Database__ConnectionString and import the same files there. A shadow's database never becomes a real one.";

    private static string Real(string mark) => mark == Drill
        ? "The settings say Operation:Mode=drill and this database is one of a real installation: its open messages would be lost to the drill. Make a copy, name the copy in Database__ConnectionString, "
            + "and run `notices drill prepare`, which marks it for good."
        : "The settings say Operation:Mode=shadow and this database is one of a real installation: its open messages would be lost. Shadow mode has a database of its own: name a new one in Database__ConnectionString "
            + "and import organisations, network, customers and plans there.";
}
