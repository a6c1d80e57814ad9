using System.CommandLine;
using System.Text.Json;
using Notices.Deliveries;
using Notices.Publishing;
using Notices.Setup;
using Notices.Words;

namespace Notices.Commands;

/// <summary><c>templates</c>: what has to be registered at a platform that sends registered texts alone.</summary>
internal static class TemplatesCommand
{
    internal static Command Make() => new("templates", "Texts to be registered at a provider.") { Export() };

    private static Command Export()
    {
        var provider = new Option<string>("--provider") { Description = "A provider that sends registered texts alone, as Providers:NAME.", Required = true };
        var language = new Option<string[]>("--language") { Description = $"Languages, {string.Join(", ", Languages.All)}; all of them without it; may be repeated." };
        var file = new Argument<FileInfo?>("FILE") { Description = "Without it, standard output.", Arity = ArgumentArity.ZeroOrOne };
        language.AcceptOnlyFromAmong([.. Languages.All]);
        var command = new Command("export", "Writes each text with its variables in order and an example, as config/registered/NAME.json wants them: enter the provider's ids. Exit status 1 when a text is beyond the provider's limits.") { provider, language, file };
        command.SetAction(async (parsed, stopping) =>
        {
            var name = parsed.GetRequiredValue(provider);
            // Before anything is registered there is nothing to name.
            var nothing = new Dictionary<string, string?> { [$"Providers:{name}:Templates"] = "none" };
            await using var app = NoticesHost.Create(new HostRequest(Role: HostRole.Web, Quiet: true, Settings: nothing));
            if (app.Services.GetRequiredService<ProviderDirectory>().Find(name)?.Channel is not IRegisteredTexts { Limits: { } limits }) return Tool.Refuse([new Problem("provider-sends-any-text", "--provider", new { provider = name })]);

            await using (var scope = app.Services.CreateAsyncScope()) await scope.ServiceProvider.GetRequiredService<TemplateCatalog>().TakeUpAsync(stopping);
            var languages = parsed.GetValue(language) is { Length: > 0 } some ? some : [.. Languages.All];
            var texts = new TemplateExport(app.Services.GetRequiredService<ITemplateSource>()).Make(limits, languages);
            var written = JsonSerializer.Serialize(
                new { languages, templates = texts.Select(text => new { text.Notice, text.Kind, text.Language, Id = "", text.Text, text.Name, text.Variables, text.Example }) }, Written);
            if (parsed.GetValue(file) is { } to) await File.WriteAllTextAsync(to.FullName, written + Environment.NewLine, stopping);
            else Console.WriteLine(written);

            foreach (var text in texts)
            {
                foreach (var problem in text.Problems) await Console.Error.WriteLineAsync($"{text.Name}: {Sentences.Of(problem, Tool.Language)} ({problem.Code})");
            }

            return texts.Any(text => text.Problems.Count > 0) ? CommandLine.Partly : CommandLine.Done;
        });

        return command;
    }

    private static readonly JsonSerializerOptions Written = new(Json.Stored) { WriteIndented = true };
}
