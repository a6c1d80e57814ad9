using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Imports;
using Notices.Policy;
using Notices.Storage;

namespace Notices.Replies;

/// <summary>Writes what comes into the table <c>replies</c>, gathered, and rings whoever applies it. One that came before changes nothing: a provider tells its messages again until it is answered.</summary>
internal sealed class ReplyInbox : BackgroundService, IInboundSink
{
    /// <summary>Longest of what is kept, in characters; an SMS of ten parts has 1,530.</summary>
    private const int LongestBody = 2000, LongestSender = 40, LongestKey = 100;

    /// <summary>Domain time within which the same text from the same number by the same provider, which names neither id nor time, is one told twice. Providers ask again within minutes;
    /// a person who writes the same word again so soon means the same.</summary>
    private static readonly TimeSpan Same = TimeSpan.FromMinutes(10);

    private readonly Func<NoticesDb> _open;
    private readonly AuditOptions _digests;
    private readonly CustomerOptions _customers;
    private readonly DueAlarm _alarm;
    private readonly TimeProvider _clock;
    private readonly Gathering<InboundText> _gathering;

    public ReplyInbox(
        Func<NoticesDb> open, AuditOptions digests, CustomerOptions customers, DueAlarm alarm, TimeProvider clock, [FromKeyedServices(CoreServices.Machine)] TimeProvider machine, ILogger<ReplyInbox> log) =>
        (_open, _digests, _customers, _alarm, _clock, _gathering) = (open, digests, customers, alarm, clock, new Gathering<InboundText>("replies", WriteAsync, machine, log));

    public Task RecordAsync(InboundText text, CancellationToken cancellationToken) => _gathering.RecordAsync(text, cancellationToken);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _gathering.RunAsync(stoppingToken);

    private async Task WriteAsync(IReadOnlyList<InboundText> texts, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        await DeliverySql.RunAsync(
            _open,
            async sql =>
            {
                // In one order, so that two processes told the same never wait for each other.
                await sql.ForEachAsync(
                    """
                    INSERT INTO replies (provider, message_key, sender, body, at, received_at, kind)
                    SELECT @provider, @key, @sender, @body, @at, @now, 0
                    WHERE NOT EXISTS (SELECT 1 FROM replies r WHERE r.provider = @provider AND r.message_key = @before AND r.received_at > @since)
                    ON CONFLICT (provider, message_key) DO NOTHING
                    """,
                    texts.Select(text => (Text: text, Key: KeyOf(text, now), Before: KeyOf(text, now - Same))).OrderBy(pair => pair.Text.Provider, StringComparer.Ordinal).ThenBy(pair => pair.Key, StringComparer.Ordinal),
                    (pair, set) =>
                    {
                        set("@provider", pair.Text.Provider);
                        set("@key", pair.Key);
                        set("@sender", Sender(pair.Text.From));
                        set("@body", Short(pair.Text.Body, LongestBody));
                        set("@at", sql.At(pair.Text.At < now ? pair.Text.At : now));
                        set("@now", sql.At(now));
                        set("@before", pair.Before == pair.Key ? "" : pair.Before);
                        set("@since", sql.At(now - Same));
                    },
                    cancellationToken);

                return 0;
            },
            cancellationToken);
        _alarm.Ring();
    }

    /// <param name="came">Where the provider names neither id nor time, the stretch of time this falls in stands for both; one that came in the stretch before may be the same.</param>
    private string KeyOf(InboundText text, DateTimeOffset came) => text.ProviderMessageId is { Length: > 0 and <= LongestKey } id && id.All(letter => letter is > ' ' and < '\u007F')
        ? "id:" + id
        : "digest:" + _digests.Digest(string.Join('\n', text.ProviderMessageId, text.From, text.To, (text.Untimed ? came.UtcTicks / Same.Ticks : text.At.UtcTicks).ToString(CultureInfo.InvariantCulture), text.Body));

    private string Sender(string from) => PhoneNumber.TryParse(from.Trim(), _customers.Region, out var number) ? number!.E164
        : !from.StartsWith('+') && PhoneNumber.TryParse("+" + from.Trim(), _customers.Region, out number) ? number!.E164
        : Short(from.Trim(), LongestSender);

    /// <summary>Without what a database does not take: control characters, and halves of characters, which become the sign for an unknown one.</summary>
    private static string Short(string text, int length) =>
        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes([.. text.Take(length).Where(letter => letter is '\n' or '\t' || !char.IsControl(letter))]));
}
