using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Storage;

namespace Notices.Operation;

/// <summary>The mark a database carries. It stands in the row every entry of the record is written through, so a drill's database is known by all that is in it; nothing takes the mark off again.</summary>
public sealed class DatabaseMode(NoticesDb db, AuditTrail audit, OperationOptions operation)
{
    internal const string Drill = "drill";

    /// <summary>Whether this process may work on this database. One that nothing was ever recorded in becomes what the process is.</summary>
    /// <exception cref="SettingsException">It is of another kind than the settings say.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var head = await db.AuditHeads.AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        var marked = head?.Mode == Drill;
        if (marked == operation.IsDrill) return;
        if (marked)
        {
            throw new SettingsException(
            [
                "This database is one of a drill (演练) and the settings are not: people would be told of what was only rehearsed. Set Operation__Mode=drill to go on with the drill, "
                + "or name the database of the real installation in Database__ConnectionString. A drill's database never becomes a real one.",
            ]);
        }

        if (head is { Sequence: 0 })
        {
            await MarkAsync(Actor.System, new { was = "new" }, cancellationToken);
            return;
        }

        throw new SettingsException(
        [
            "The settings say Operation:Mode=drill and this database is one of a real installation: its open messages would be lost to the drill. Make a copy, name the copy in Database__ConnectionString, "
            + "and run `notices drill prepare`, which marks it for good.",
        ]);
    }

    /// <summary>Marks it and says so in the record; entries from this one on bear the mark. The caller's further changes join the transaction.</summary>
    internal async Task MarkAsync(Actor actor, object before, CancellationToken cancellationToken)
    {
        await audit.BeginAsync(cancellationToken);
        await db.AuditHeads.ExecuteUpdateAsync(set => set.SetProperty(head => head.Mode, Drill), cancellationToken);
        audit.Record(actor, "operation.drill", "database", before, new { mode = Drill });
        await audit.CommitAsync(cancellationToken);
    }
}
