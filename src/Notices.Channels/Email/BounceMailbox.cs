using System.Globalization;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MailKit.Security;
using Notices.Deliveries;

namespace Notices.Channels.Email;

/// <summary>Reads the mailbox of bounces by IMAP. A report about a mail of ours goes once what it says is in the database; any other mail is put aside for a person.
/// One process at a time reads it, and nothing is kept in this one's memory that another would need.</summary>
internal sealed class BounceMailbox(BounceOptions options, BounceReading reading) : IAsyncDisposable
{
    /// <summary>Mails in one answer.</summary>
    private const int Page = 50;

    /// <summary>Ahead of the number of a mail that is put aside.</summary>
    private const string Aside = "aside";

    private readonly ImapClient _client = Made(options);

    internal TimeSpan Every => options.Every;

    internal async Task<PollAnswer> PollAsync(CancellationToken cancellationToken)
    {
        try
        {
            var folder = await OpenAsync(cancellationToken);
            var (receipts, ids, unreadable) = (new List<ReceiptNews>(), new List<string>(), 0);
            var waiting = await folder.SearchAsync(SearchQuery.NotDeleted, cancellationToken);
            if (waiting.Count == 0) return new PollAnswer([], [], 0, null, []);

            var request = new FetchRequest(MessageSummaryItems.UniqueId | MessageSummaryItems.BodyStructure, BounceReading.Recipients);
            foreach (var mail in await folder.FetchAsync([.. waiting.Order().Take(Page)], request, cancellationToken))
            {
                var read = ReadBounce.Other;
                try
                {
                    read = await reading.ReadAsync(folder, mail, cancellationToken);
                }
                catch (Exception fault) when (fault is FormatException or ArgumentException or MessageNotFoundException)
                {
                    unreadable++;
                }

                if (read.News is { } news) receipts.Add(news);
                ids.Add(string.Create(CultureInfo.InvariantCulture, $"{(read.IsReport ? "" : Aside)}{folder.UidValidity}:{mail.UniqueId.Id}"));
            }

            return new PollAnswer(receipts, [], unreadable, null, ids);
        }
        catch (Exception fault) when (IsOfTheMailbox(fault))
        {
            return PollAnswer.Nothing(await BreakAsync(fault));
        }
    }

    /// <returns>What went wrong: the mails are then read again, and say nothing new.</returns>
    internal async Task<string?> ForgetAsync(PollAnswer answer, CancellationToken cancellationToken)
    {
        if (answer.Ids.Count == 0) return null;

        try
        {
            var folder = await OpenAsync(cancellationToken);
            var (reports, aside) = (Numbered(folder, answer.Ids.Where(id => !id.StartsWith(Aside, StringComparison.Ordinal))), Numbered(folder, answer.Ids.Where(id => id.StartsWith(Aside, StringComparison.Ordinal)).Select(id => id[Aside.Length..])));
            if (aside.Count > 0) await folder.MoveToAsync(aside, await OtherAsync(cancellationToken), cancellationToken);
            if (reports.Count > 0)
            {
                await folder.StoreAsync(reports, new StoreFlagsRequest(StoreAction.Add, MessageFlags.Deleted) { Silent = true }, cancellationToken);
                await folder.ExpungeAsync(reports, cancellationToken);
            }

            return null;
        }
        catch (Exception fault) when (IsOfTheMailbox(fault))
        {
            return await BreakAsync(fault);
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_client.IsConnected) await _client.DisconnectAsync(true, new CancellationToken(false));
        }
        catch (Exception fault) when (IsOfTheMailbox(fault))
        {
            // It had gone already.
        }

        _client.Dispose();
    }

    private static ImapClient Made(BounceOptions options)
    {
        var client = new ImapClient { Timeout = 20_000 };
        if (options.Authority is { } authority) OwnAuthority.Trust(client, authority);

        return client;
    }

    private async Task<IMailFolder> OpenAsync(CancellationToken cancellationToken)
    {
        if (!_client.IsConnected) await _client.ConnectAsync(options.Host, options.Port, EmailPool.Way(options.Security), cancellationToken);
        if (!_client.IsAuthenticated) await _client.AuthenticateAsync(options.User, options.Password, cancellationToken);
        var folder = await _client.GetFolderAsync(options.Folder, cancellationToken);
        if (!folder.IsOpen) await folder.OpenAsync(FolderAccess.ReadWrite, cancellationToken);
        else await _client.NoOpAsync(cancellationToken); // Says what is new.

        return folder;
    }

    private async Task<IMailFolder> OtherAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _client.GetFolderAsync(options.OtherFolder, cancellationToken);
        }
        catch (FolderNotFoundException)
        {
            var root = await _client.GetFolderAsync(_client.PersonalNamespaces[0].Path, cancellationToken);

            return await root.CreateAsync(options.OtherFolder, true, cancellationToken) ?? throw new FolderNotFoundException(options.OtherFolder);
        }
    }

    /// <summary>Numbers of a folder that was made anew meanwhile mean other mails.</summary>
    private static List<UniqueId> Numbered(IMailFolder folder, IEnumerable<string> ids) =>
        [.. ids.Select(id => id.Split(':')).Where(id => id[0] == folder.UidValidity.ToString(CultureInfo.InvariantCulture)).Select(id => new UniqueId(uint.Parse(id[1], CultureInfo.InvariantCulture)))];

    private static bool IsOfTheMailbox(Exception fault) => fault is SocketException or IOException or ProtocolException or CommandException or SslHandshakeException or AuthenticationException
        or ServiceNotConnectedException or ServiceNotAuthenticatedException or FolderNotFoundException or NotSupportedException or TimeoutException or OperationCanceledException;

    /// <summary>The next poll begins with a connection of its own.</summary>
    private async Task<string> BreakAsync(Exception fault)
    {
        try
        {
            if (_client.IsConnected) await _client.DisconnectAsync(false, CancellationToken.None);
        }
        catch (Exception again) when (IsOfTheMailbox(again))
        {
            // So much the better.
        }

        return fault switch
        {
            AuthenticationException or ServiceNotAuthenticatedException => "sign-in-refused",
            SslHandshakeException => "certificate-refused",
            FolderNotFoundException => "no-such-folder",
            OperationCanceledException or TimeoutException => "timed-out",
            CommandException => "refused",
            _ => "no-connection",
        };
    }
}
