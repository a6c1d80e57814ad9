using System.CommandLine;
using Notices.Access;

namespace Notices.Commands;

/// <summary><c>keys</c>: API keys of programs.</summary>
internal static class KeysCommand
{
    internal static Command Make() => new("keys", "Makes, lists and closes API keys.") { Add(), List(), Disable() };

    private static Command Add()
    {
        var role = Choice.One<Role>("--role", "One of:");
        var organisation = new Option<string>("--organisation") { Description = "Code of the organisation it belongs to; it sees that and those below.", Required = true };
        var name = new Option<string?>("--name") { Description = "What the record calls its holder; role and organisation without it." };
        var command = new Command("add", "Makes a key and prints it, this once.") { role, organisation, name };
        command.SetAction((parsed, stopping) => Tool.WriteAsync(async (services, actor) =>
        {
            var (held, code) = (parsed.GetRequiredValue(role), parsed.GetRequiredValue(organisation));
            var key = await services.GetRequiredService<KeyRing>().AddAsync(parsed.GetValue(name) ?? $"{Choice.Name(held)}-{code}", held, code, actor, stopping);
            if (!key.Ok) return Tool.Refuse(key.Problems);

            Console.WriteLine(key.Value);
            await Console.Error.WriteLineAsync("Keep it: it is not shown again.");

            return CommandLine.Done;
        }, stopping));

        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "Lists keys by their first characters.");
        command.SetAction((_, stopping) => Tool.ReadAsync(async (services, actor) =>
        {
            var keys = await services.GetRequiredService<KeyRing>().ListAsync(actor, stopping);
            if (!keys.Ok) return Tool.Refuse(keys.Problems);

            Tool.Table(
                ["key", "name", "role", "organisation", "created", "disabled"],
                keys.Value!.Select(k => new[] { k.Prefix, k.Name, Choice.Name(k.Role), k.Organisation, Tool.Time(k.CreatedAt), Tool.Time(k.DisabledAt) }));

            return CommandLine.Done;
        }, stopping));

        return command;
    }

    private static Command Disable()
    {
        var prefix = new Argument<string>("KEY") { Description = "The key's first characters, as the list shows them." };
        var command = new Command("disable", "Closes a key for good; the record keeps it.") { prefix };
        command.SetAction((parsed, stopping) => Tool.ReadAsync(async (services, actor) =>
        {
            var closed = await services.GetRequiredService<KeyRing>().DisableAsync(parsed.GetRequiredValue(prefix), actor, stopping);
            if (closed.Value is not { } key) return Tool.Refuse(closed.Problems);

            Console.WriteLine($"{key.Prefix} disabled");

            return CommandLine.Done;
        }, stopping));

        return command;
    }
}
