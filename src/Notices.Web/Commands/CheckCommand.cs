using System.CommandLine;
using Notices.Access;
using Notices.Deliveries;
using Notices.Policy;
using Notices.Setup;
using Notices.Words;

namespace Notices.Commands;

/// <summary><c>check</c>: whether each way to send works.</summary>
internal static class CheckCommand
{
    internal static Command Make()
    {
        var phone = new Option<string?>("--phone") { Description = "Gets a text message and a call by every provider of them; without it none are sent." };
        var email = new Option<string?>("--email") { Description = "Gets a mail by every provider of mails; without it none are sent." };
        var provider = new Option<string[]>("--provider") { Description = "Only these, as Providers:NAME; may be repeated." };
        var wait = new Option<int>("--wait") { Description = "Seconds to wait for receipts.", DefaultValueFactory = _ => 30 };
        var language = new Option<string?>("--lang") { Description = $"Of the messages: {string.Join(", ", Languages.All)}; the shell's without it." };
        wait.Validators.Add(v => { if (v.GetValueOrDefault<int>() is < 0 or > 3600) v.AddError("--wait must be from 0 to 3600."); });
        language.AcceptOnlyFromAmong([.. Languages.All]);
        var command = new Command("check", "Sends a test message by each provider to a phone and a mail address you name, waits for receipts, calls the web hooks, and says what works. Exit status 1 when something does not.")
            { phone, email, provider, wait, language };
        command.SetAction((parsed, stopping) => Tool.ReadAsync(
            (services, actor) => RunAsync(
                services, actor,
                new CheckRequest(parsed.GetValue(phone), parsed.GetValue(email), parsed.GetValue(provider) ?? [], TimeSpan.FromSeconds(parsed.GetValue(wait)), parsed.GetValue(language) ?? Tool.Language),
                stopping), stopping));

        return command;
    }

    private static async Task<int> RunAsync(IServiceProvider services, Actor actor, CheckRequest request, CancellationToken stopping)
    {
        var abroad = ProcessingPolicy.Faults(services.GetRequiredService<PolicyBook>().Options, services.GetRequiredService<ProviderDirectory>()).ToList();
        if (abroad.Count > 0) throw new SettingsException(abroad);

        // No service runs in this process, so that what providers tell it is written down by nobody else.
        var inbox = services.GetServices<IHostedService>().Single(hosted => hosted is IReceiptSink);
        await inbox.StartAsync(stopping);
        try
        {
            var checkedAll = await services.GetRequiredService<ChannelCheck>().RunAsync(request, actor, stopping);
            if (checkedAll.Value is not { } report) return Tool.Refuse(checkedAll.Problems);

            Tool.Table(["provider", "channel", "medium", "message", "receipt", "works"], report.Lines.Select(Row));
            foreach (var line in report.Lines)
            {
                foreach (var problem in line.Advice)
                    await Console.Error.WriteLineAsync($"{line.Provider} ({Choice.Name(line.Medium)}): {Sentences.Of(problem, Tool.Language)} ({problem.Code})");
            }

            return report.Works ? CommandLine.Done : CommandLine.Partly;
        }
        finally
        {
            await inbox.StopAsync(CancellationToken.None);
        }
    }

    private static string[] Row(CheckLine line) =>
        [line.Provider, line.Channel, Choice.Name(line.Medium), Message(line.Outcome), Receipt(line), line.Works switch { true => "yes", false => "no", _ => "not tried" }];

    private static string Message(SendOutcome? outcome) => outcome switch
    {
        null => "not sent",
        { Kind: SendOutcomeKind.Accepted, Call: { } call } => $"call: {call.Result}",
        { Kind: SendOutcomeKind.Accepted } => "accepted",
        _ => $"{Choice.Name(outcome.Kind)}: {outcome.Detail}",
    };

    private static string Receipt(CheckLine line)
    {
        var path = line.Path switch
        {
            ReceiptPath.None => "",
            ReceiptPath.WebHook => $"web hook {line.Hook?.State.ToString().ToLowerInvariant()}",
            ReceiptPath.Polling => "polling",
            _ => "",
        };
        var told = line switch
        {
            { Told: { } state } => Choice.Name(state),
            { Path: ReceiptPath.None, Outcome: not null } => "none is told",
            { Outcome: { Kind: SendOutcomeKind.Accepted, ExpectsReceipt: true } } => "none yet",
            _ => "",
        };

        return string.Join(", ", new[] { told, path }.Where(part => part.Length > 0));
    }
}
