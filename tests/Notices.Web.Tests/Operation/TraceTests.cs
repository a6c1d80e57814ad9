using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Notices.Access;
using Notices.Crash;
using Notices.Outages;
using Notices.Testing;

namespace Notices.Operation;

/// <summary>One trace from the plan to the messages, through two processes on one PostgreSQL, as an OTLP receiver gets it.</summary>
public class TraceTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    [Fact]
    public async Task A_plan_is_followed_to_publication_drawing_and_delivery_in_another_process()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var county = await CrashCounty.SeedAsync(DatabaseKind.PostgreSql);
        var settings = new Dictionary<string, string?>(county.Settings) { ["Telemetry:Endpoint"] = receiver.Address, ["OTEL_BSP_SCHEDULE_DELAY"] = "200" };
        await using var web = await ServiceProcess.StartAsync(settings, "--role", "web");
        await using var worker = await ServiceProcess.StartAsync(settings, "--role", "worker");
        var (dispatcher, approver) = (await county.KeyAsync(Role.Dispatcher), await county.KeyAsync(Role.Approver));

        var (status, body) = await web.PostAsync(dispatcher, "/api/v1/outages", CrashCounty.Plan(CrashCounty.Now), $"00-{Trace}-00f067aa0ba902b7-01");
        Assert.Equal(HttpStatusCode.Created, status);
        var number = (string)JsonNode.Parse(body)!["number"]!;
        Assert.Equal(HttpStatusCode.OK, (await web.PostAsync(dispatcher, $"/api/v1/outages/{number}/submit", new SubmitOutage(["repeated-outage", "longer-than-12-hours", "protected-period"]))).Status);
        Assert.Equal(HttpStatusCode.OK, (await web.PostAsync(approver, $"/api/v1/outages/{number}/approve", new ApproveOutage())).Status);

        await TestHost.UntilAsync(
            () => Task.FromResult(receiver.Has(web.Id, "POST") && receiver.Has(worker.Id, "publish") && receiver.Has(worker.Id, "draw") && receiver.Has(worker.Id, "deliver")),
            "plan, publication, drawing and delivery in one trace", 60);
        await county.AllToldOnceAsync(1);
    }

    /// <summary>Understands as much of OTLP in protobuf as it takes to find the spans of the trace.</summary>
    private sealed class Receiver : IAsyncDisposable
    {
        private readonly ConcurrentBag<(string Process, string Name)> _spans = [];
        private readonly WebApplication _app;

        private Receiver(WebApplication app) => _app = app;

        internal string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

        internal static async Task<Receiver> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var receiver = new Receiver(builder.Build());
            receiver._app.MapPost("/v1/traces", async (HttpRequest request) =>
            {
                using var copy = new MemoryStream();
                await request.Body.CopyToAsync(copy);
                receiver.Read(copy.ToArray());
            });
            await receiver._app.StartAsync();

            return receiver;
        }

        internal bool Has(int process, string name)
        {
            var from = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}-{process}");

            return _spans.Any(span => span.Process == from && span.Name.StartsWith(name, StringComparison.Ordinal));
        }

        public async ValueTask DisposeAsync() => await _app.DisposeAsync();

        private void Read(byte[] body)
        {
            var text = Encoding.Latin1.GetString(body);
            var process = text[text.IndexOf(Environment.MachineName + "-", StringComparison.Ordinal)..];
            process = process[..(Environment.MachineName.Length + 1 + process[(Environment.MachineName.Length + 1)..].TakeWhile(char.IsAsciiDigit).Count())];
            // A span begins with trace_id (field 1, 16 bytes) and span_id (field 2, 8 bytes); its name is field 5.
            var start = "\x0a\x10" + Encoding.Latin1.GetString(Convert.FromHexString(Trace)) + "\x12\x08";
            for (var at = text.IndexOf(start, StringComparison.Ordinal); at >= 0; at = text.IndexOf(start, at + 1, StringComparison.Ordinal))
            {
                var field = at + start.Length + 8;
                while (text[field] != '\x2a') field += Next(text, field);
                _spans.Add((process, text.Substring(field + 2, text[field + 1])));
            }
        }

        /// <summary>The length of a field: those before the name are short strings, or flags of four bytes.</summary>
        private static int Next(string text, int field) => (text[field] & 7) == 5 ? FlagsLength(text, field) : 2 + text[field + 1];

        private static int FlagsLength(string text, int field) => text[field] < 0x80 ? 5 : 6;
    }
}
