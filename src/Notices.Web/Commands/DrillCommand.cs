using System.CommandLine;
using System.Globalization;
using Notices.Operation;
using Notices.Storage;

namespace Notices.Commands;

/// <summary><c>drill prepare</c>: makes a copy of a real installation's database one of a drill.</summary>
internal static class DrillCommand
{
    internal static Command Make()
    {
        var name = new Option<string>("--copy") { Description = "The name of the copy (the file's, or PostgreSQL's of the database), so that no other is meant.", Required = true };
        var prepare = new Command("prepare", "Marks a copy of a real database as a drill's, for good, and ends what is open in it.") { name };
        prepare.SetAction((parsed, stopping) => Tool.ReadAsync((services, actor) => PrepareAsync(services, actor, parsed.GetValue(name)!, stopping), stopping, anyMode: true));

        return new Command("drill", "A drill on a copy: needs Operation__Mode=drill.") { prepare };
    }

    private static async Task<int> PrepareAsync(IServiceProvider services, Access.Actor actor, string name, CancellationToken stopping)
    {
        var storage = services.GetRequiredService<StorageOptions>();
        using var only = storage.IsPostgreSql ? null : InstanceLock.Take(storage)
            ?? throw new SettingsException([$"A service runs on {storage.SqliteFile}. A drill runs on a copy: copy the file and name the copy in Database__ConnectionString."]);
        var result = await services.GetRequiredService<DrillPreparation>().PrepareAsync(name, actor, services.GetRequiredKeyedService<TimeProvider>(CoreServices.Machine), stopping);
        if (!result.Ok) return Tool.Refuse(result.Problems);

        var done = result.Value!;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} is a drill's database{(done.Already ? " (and was)" : "")}. Ended: {done.Rounds} rounds with {done.Messages} waiting messages, {done.Rings} messages to staff, {done.Notices} overdue notices, {done.Moments} other overdue moments. What is planned ahead will fall due in the drill."));

        return CommandLine.Done;
    }
}
