using System.CommandLine;
using Notices.Access;
using Spectre.Console;

namespace Notices.Commands;

/// <summary><c>users</c>: people's accounts.</summary>
internal static class UsersCommand
{
    /// <summary>Takes the place of standard input.</summary>
    private const string PasswordVariable = "NOTICES_PASSWORD";

    internal static Command Make() => new("users", "Opens, lists and closes people's accounts.") { Add(), List(), Disable() };

    private static Command Add()
    {
        var name = new Argument<string>("NAME") { Description = "What they sign in with." };
        var roles = Choice.Many<Role>("--role", "One or more of:");
        var organisation = new Option<string>("--organisation") { Description = "Code of the organisation they belong to; they see it and those below.", Required = true };
        var display = new Option<string?>("--display-name") { Description = "Their name as pages show it." };
        var email = new Option<string?>("--email") { Description = "Their address; they are rung there." };
        var phone = new Option<string?>("--phone") { Description = "Their mobile number; they are rung there." };
        var language = new Option<string?>("--language") { Description = "What they are written to in: zh-CN (without it) or en." };
        var post = Choice.Maybe<StaffPost>("--post", "Who is rung when the first does not act:");
        var command = new Command("add", $"Opens an account. The password is read from standard input, or from the environment variable {PasswordVariable}.") { name, roles, organisation, display, email, phone, language, post };
        command.SetAction((parsed, stopping) => Tool.WriteAsync(async (services, actor) =>
        {
            var password = await PasswordAsync(stopping);
            if (password.Length == 0) return Tool.Refuse([new Problem("password-missing", "password", new { variable = PasswordVariable })]);

            var added = await services.GetRequiredService<UserDesk>().AddAsync(
                new AddUser(parsed.GetRequiredValue(name), password, parsed.GetRequiredValue(roles), parsed.GetRequiredValue(organisation), parsed.GetValue(display), parsed.GetValue(email),
                    parsed.GetValue(phone), parsed.GetValue(language), parsed.GetValue(post)),
                actor, stopping);
            if (added.Value is not { } user) return Tool.Refuse(added.Problems);

            Console.WriteLine($"{user.Name} {string.Join(',', user.Roles.Select(Choice.Name))} {user.Organisation}");

            return CommandLine.Done;
        }, stopping));

        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "Lists accounts by name.");
        command.SetAction((_, stopping) => Tool.ReadAsync(async (services, actor) =>
        {
            var users = await services.GetRequiredService<UserDesk>().ListAsync(actor, stopping);
            if (!users.Ok) return Tool.Refuse(users.Problems);

            Tool.Table(
                ["name", "roles", "organisation", "display name", "disabled"],
                users.Value!.Select(u => new[] { u.Name, string.Join(',', u.Roles.Select(Choice.Name)), u.Organisation, u.DisplayName, Tool.Time(u.DisabledAt) }));

            return CommandLine.Done;
        }, stopping));

        return command;
    }

    private static Command Disable()
    {
        var name = new Argument<string>("NAME") { Description = "What they sign in with." };
        var command = new Command("disable", "Closes an account for good; the record keeps it.") { name };
        command.SetAction((parsed, stopping) => Tool.ReadAsync(async (services, actor) =>
        {
            var closed = await services.GetRequiredService<UserDesk>().DisableAsync(parsed.GetRequiredValue(name), actor, stopping);
            if (closed.Value is not { } user) return Tool.Refuse(closed.Problems);

            Console.WriteLine($"{user.Name} disabled");

            return CommandLine.Done;
        }, stopping));

        return command;
    }

    private static async Task<string> PasswordAsync(CancellationToken stopping)
    {
        if (Environment.GetEnvironmentVariable(PasswordVariable) is { Length: > 0 } given) return given;
        if (Console.IsInputRedirected) return await Console.In.ReadLineAsync(stopping) ?? "";

        return await AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }).PromptAsync(new TextPrompt<string>("Password:").Secret(), stopping);
    }
}
