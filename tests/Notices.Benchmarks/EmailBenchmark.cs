using System.Diagnostics;
using System.Globalization;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using Notices.Benchmarks.Protocol;
using Notices.Benchmarks.Seeding;
using Notices.Channels.Email;
using Notices.Deliveries;
using Notices.Publishing;
using Notices.Setup;
using Notices.Testing;

namespace Notices.Benchmarks;

/// <summary>Personal mails claimed, sent to postfix's smtp-sink and recorded, against a bare MailKit loop on kept connections that records nothing.</summary>
internal static class EmailBenchmark
{
    private const int Each = 100;

    private const int Connections = 16;

    private static readonly int[] BareConnections = [8, 16, 32];

    internal static async Task RunAsync(BenchmarkRun run)
    {
        var count = run.Size(20_000, 400);
        run.Progress(0, "seeding");
        using var folder = new Folder();
        var seeded = folder.File("seeded.db");
        await Sqlite.MakeAsync(seeded);
        await County.OneRoundAsync(DatabaseKind.Sqlite, Sqlite.Connection(seeded), count / Each, Each);
        await Sql.RunAsync(DatabaseKind.Sqlite, Sqlite.Connection(seeded), "UPDATE contacts SET kind = 'Email', address = 'user' || id || '@example.net'");
        await using (var product = Product.Make(DatabaseKind.Sqlite, Sqlite.Connection(seeded), new ShiftedClock(County.Due))) await Product.ExpandAsync(product.Services);
        var sample = folder.CopyOf(seeded);

        await using var sink = await SmtpSink.StartAsync();
        var port = sink.Port.ToString(CultureInfo.InvariantCulture);
        await using var ours = SideProcess.Start("side-email", port);
        await using var bare = SideProcess.Start("side-email-bare", port);

        var medians = await run.AlternateAsync(
            ("ours", () => OursAsync(ours, sink, folder.CopyOf(seeded), count)),
            ("bare", () => BareAsync(bare, sink, sample, count)));
        run.Add("email", medians[0], "mails/s", medians[0] / medians[1]);
    }

    /// <summary>Side: the product's dispatcher and mail channel, on a fresh copy of the database each time.</summary>
    internal static async Task ServeAsync(string[] args) => await SideProcess.ServeAsync(async order =>
    {
        await using var product = Make(order[0], args[0]);
        var dispatcher = product.Services.GetRequiredService<DeliveryDispatcher>();
        var began = Stopwatch.GetTimestamp();
        var sent = await dispatcher.DispatchDueAsync(default);
        var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await Product.VerifyAsync(product.Services);

        return SideProcess.Number(sent / took);
    });

    /// <summary>Side: the bare loop, of mails composed the same way.</summary>
    internal static async Task ServeBareAsync(string[] args) => await SideProcess.ServeAsync(async order =>
    {
        var (count, connections) = (int.Parse(order[1], CultureInfo.InvariantCulture), int.Parse(order[2], CultureInfo.InvariantCulture));
        await using var product = Make(order[0], args[0]);
        var channel = (EmailChannel)product.Services.GetRequiredService<ProviderDirectory>().Providers[0].Channel;
        var message = await SampleAsync(order[0]);
        var next = 0;
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var client = new SmtpClient();
            await client.ConnectAsync("127.0.0.1", int.Parse(args[0], CultureInfo.InvariantCulture), SecureSocketOptions.None);
            for (int id; (id = Interlocked.Increment(ref next)) <= count;)
            {
                var to = $"user{id}@example.net";
                using var mail = channel.Compose(message with { DeliveryId = id, Address = to }, new MailboxAddress("", to));
                await client.SendAsync(mail);
            }

            await client.DisconnectAsync(true);
        })));

        return SideProcess.Number(count / Stopwatch.GetElapsedTime(began).TotalSeconds);
    });

    private static WebApplication Make(string file, string port)
    {
        var settings = Product.Settings(DatabaseKind.Sqlite, Sqlite.Connection(file));
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["Channel"] = "email",
            ["Host"] = "127.0.0.1",
            ["Port"] = port,
            ["Security"] = "none",
            ["From"] = "停电通知 <notices@example.org>",
            ["Connections"] = $"{Connections}",
        })
        {
            settings[$"Providers:main:{name}"] = value;
        }

        return NoticesHost.Create(new HostRequest("http://127.0.0.1:0", HostRole.Web, settings, new ShiftedClock(County.Due.AddMinutes(1)), Quiet: true));
    }

    private static async Task<double> OursAsync(SideProcess ours, SmtpSink sink, string file, int count)
    {
        sink.Reset();
        var rate = await ours.AskNumberAsync(file);
        sink.Check(count);
        await Sql.ExpectAsync(DatabaseKind.Sqlite, Sqlite.Connection(file), $"SELECT count(*) FROM deliveries WHERE state >= {(int)DeliveryState.Accepted}", count);
        await Sql.ExpectAsync(DatabaseKind.Sqlite, Sqlite.Connection(file), "SELECT count(*) FROM attempts", count);

        return rate;
    }

    private static async Task<double> BareAsync(SideProcess bare, SmtpSink sink, string sample, int count)
    {
        var best = 0.0;
        foreach (var connections in BareConnections)
        {
            sink.Reset();
            best = Math.Max(best, await bare.AskNumberAsync(sample, $"{count}", $"{connections}"));
            sink.Check(count);
        }

        return best;
    }

    /// <summary>What one of our mails says, so that both send the same bytes.</summary>
    private static async Task<OutgoingMessage> SampleAsync(string file)
    {
        await using var db = County.Open(DatabaseKind.Sqlite, Sqlite.Connection(file));
        var delivery = await db.Deliveries.OrderByDescending(d => d.Id).FirstAsync();
        var text = await db.RoundTexts.FirstAsync(t => t.Id == delivery.TextId);
        string Fill(string body) => PersonalText.Fill(body, delivery.PlaceName ?? "", delivery.Accounts);

        return new OutgoingMessage(0, Medium.Email, "", text.Language, text.Subject, Fill(text.Body), text.Html is { } html ? Fill(html) : null, County.Start);
    }
}
