using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Access;
using Notices.Audit;
using Notices.Imports;
using Notices.Network;
using Notices.Operation;
using Notices.Storage;
using Notices.Words;

namespace Notices.Deliveries;

/// <summary>Sends a test message by every provider, waits for what comes back, and says what works. Its rows stand before anything leaves, so receipts find them in whichever process they arrive; nothing of it is a delivery.</summary>
public sealed class ChannelCheck(
    NoticesDb db, AuditTrail audit, AuditOptions digests, ProviderDirectory providers, DeliveryOptions options, CustomerOptions customers, CheckReceipts receipts, IHookProbe probe, OperationOptions operation, TimeProvider clock,
    [FromKeyedServices(CoreServices.Machine)] TimeProvider machine)
{
    /// <summary>A provider drops it after this at the latest, or when nobody waits any more.</summary>
    private static readonly TimeSpan Worth = TimeSpan.FromMinutes(10);

    /// <summary>Machine time for one call of a web hook of ours.</summary>
    private static readonly TimeSpan HookPatience = TimeSpan.FromSeconds(10);

    /// <returns>What works and what does not; refused where it cannot be tried at all.</returns>
    public async Task<Result<CheckReport>> RunAsync(CheckRequest request, Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.Is(Role.Administrator)) return Problem.Forbidden("check");

        if (operation.IsShadow) return new Problem("check-shadow", null, null, ProblemKind.State);

        var problems = new List<Problem>();
        var addresses = Addresses(request, problems);
        var chosen = Chosen(request, problems);
        if (problems.Count > 0) return problems;

        var signature = await SignatureAsync(request.Language, cancellationToken);
        var tries = chosen.SelectMany(provider => provider.Media.Order().Select(medium => new Try(provider, medium, addresses.GetValueOrDefault(medium)))).ToList();
        var batch = OutcomeBatch.NewId();
        await BeginAsync(batch, tries, request, actor, cancellationToken);
        var hooks = HooksAsync(chosen, cancellationToken);
        try
        {
            // From here to the writing back nothing is asked of the database.
            await Task.WhenAll(tries.Where(one => one.Row is not null).Select(one => SendAsync(one, signature, request.Language, cancellationToken)));
            await WriteAsync(batch, tries, actor, cancellationToken);
            var heard = await hooks;
            var open = tries.Where(one => one.Outcome is { Kind: SendOutcomeKind.Accepted, ExpectsReceipt: true }).ToList();
            var waited = await receipts.WaitAsync(open.ConvertAll(one => (one.Row!.Id, one.Provider)), request.Wait, cancellationToken);
            var lines = tries.ConvertAll(one => Line(one, waited, heard, signature, request));
            await EndAsync(batch, lines, actor, cancellationToken);

            return new CheckReport(batch, lines);
        }
        catch
        {
            // Stopped in the middle: at least no number stays behind.
            await db.TestMessages.Where(m => m.Batch == batch).ExecuteUpdateAsync(set => set.SetProperty(m => m.Address, (string?)null), CancellationToken.None);
            throw;
        }
    }

    private Dictionary<Medium, string> Addresses(CheckRequest request, List<Problem> problems)
    {
        var addresses = new Dictionary<Medium, string>();
        if (request.Phone is { } phone)
        {
            if (PhoneNumber.TryParse(phone, customers.Region, out var number)) addresses[Medium.Sms] = addresses[Medium.Voice] = number!.E164;
            else problems.Add(new Problem("import-phone", "--phone", new { region = customers.Region }));
        }

        if (request.Email is { } email)
        {
            if (MailAddress.IsValid(email)) addresses[Medium.Email] = email;
            else problems.Add(new Problem("import-email", "--email"));
        }

        return addresses;
    }

    private List<Provider> Chosen(CheckRequest request, List<Problem> problems)
    {
        if (providers.Providers.Count == 0) problems.Add(new Problem("check-no-provider"));
        foreach (var name in request.Providers.Where(name => providers.Find(name) is null && providers.Providers.Count > 0))
            problems.Add(new Problem("check-unknown-provider", "--provider", new { provider = name, known = providers.Providers.Select(provider => provider.Name) }));

        return [.. providers.Providers.Where(provider => request.Providers.Count == 0 || request.Providers.Contains(provider.Name, StringComparer.Ordinal))];
    }

    /// <summary>Of the topmost organisation; an installation that is being set up has none yet.</summary>
    private async Task<string> SignatureAsync(string language, CancellationToken cancellationToken)
    {
        var top = await db.Organisations.AsNoTracking().OrderBy(o => o.Path.Length).ThenBy(o => o.Id).FirstOrDefaultAsync(cancellationToken);

        return top?.LocalSignature.In(language) ?? Sentences.Label("check-signature", language);
    }

    private async Task BeginAsync(string batch, List<Try> tries, CheckRequest request, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        foreach (var one in tries.Where(one => one.Address is not null))
        {
            one.Row = new TestMessage
            {
                Batch = batch,
                Provider = one.Provider.Name,
                Medium = one.Medium,
                Address = one.Address,
                SentAt = now,
                ExpiresAt = now + (request.Wait > Worth ? request.Wait : Worth),
                State = DeliveryState.Claimed,
            };
            db.Add(one.Row);
        }

        await audit.BeginAsync(cancellationToken);
        await db.TestMessages.Where(m => m.Address != null && m.ExpiresAt < now).ExecuteUpdateAsync(set => set.SetProperty(m => m.Address, (string?)null), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        audit.Record(actor, "check.began", TestMessage.Subject(batch), null, new
        {
            request.Language,
            providers = tries.Select(one => new { provider = one.Provider.Name, one.Medium, message = one.Row?.Id, to = one.Address is { } address ? digests.Digest(address) : null }).ToList(),
        });
        await audit.CommitAsync(cancellationToken);
    }

    /// <summary>Past the provider's limits and its health here: it is one message, and it is to be seen whether it leaves.</summary>
    private async Task SendAsync(Try one, string signature, string language, CancellationToken stopping)
    {
        var (subject, body) = CheckText.Of(one.Medium, signature, Number(one.Row!), language);
        var message = new OutgoingMessage(one.Row!.Number, one.Medium, one.Address!, language, subject, body, null, one.Row.ExpiresAt);
        using var limit = new CancellationTokenSource(options.SendTimeout, machine);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            var outcome = await one.Provider.Channel.SendAsync(message, both.Token).WaitAsync(options.SendTimeout + TimeSpan.FromSeconds(1), machine, stopping);
            one.Outcome = outcome with { Detail = MessageSender.Clean(outcome.Detail, one.Address), ProviderMessageId = MessageSender.Clean(outcome.ProviderMessageId, null) };
        }
        catch (Exception fault) when (fault is OperationCanceledException or TimeoutException && !stopping.IsCancellationRequested)
        {
            one.Outcome = SendOutcome.Unknown("timed-out");
        }
#pragma warning disable CA1031 // Whatever went wrong in a channel, the others are checked.
        catch (Exception fault) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            one.Outcome = SendOutcome.Unknown(fault.GetType().Name);
        }
    }

    private async Task WriteAsync(string batch, List<Try> tries, Actor actor, CancellationToken cancellationToken)
    {
        var sent = tries.Where(one => one.Outcome is not null).ToList();
        if (sent.Count == 0) return;

        // What was told meanwhile stands in columns that are left alone here.
        foreach (var one in sent)
            (one.Row!.State, one.Row.ProviderMessageId, one.Row.Detail) = (StateOf(one.Outcome!), one.Outcome!.ProviderMessageId, one.Outcome.Call?.Result ?? one.Outcome.Detail);
        audit.Record(actor, "check.sent", TestMessage.Subject(batch), null, new
        {
            messages = sent.Select(one => new { one.Row!.Id, provider = one.Provider.Name, one.Outcome!.Kind, one.Row.Detail, one.Outcome.ExpectsReceipt }).ToList(),
        });
        await audit.CommitAsync(cancellationToken);
    }

    private static DeliveryState StateOf(SendOutcome outcome) => outcome.Kind switch
    {
        SendOutcomeKind.Accepted => DeliveryState.Accepted,
        SendOutcomeKind.Unknown => DeliveryState.Unconfirmed,
        _ => DeliveryState.Failed,
    };

    private async Task<Dictionary<string, HookAnswer>> HooksAsync(List<Provider> chosen, CancellationToken stopping)
    {
        var called = chosen.Where(provider => provider.Channel is ICalledBack { CallBack: not null }).ToList();
        var answers = await Task.WhenAll(called.Select(async provider =>
        {
            using var limit = new CancellationTokenSource(HookPatience, machine);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);

            return await probe.CallAsync(((ICalledBack)provider.Channel).CallBack!, both.Token);
        }));

        return called.Zip(answers).ToDictionary(pair => pair.First.Name, pair => pair.Second, StringComparer.Ordinal);
    }

    private static CheckLine Line(Try one, Waited waited, Dictionary<string, HookAnswer> hooks, string signature, CheckRequest request)
    {
        var (advice, name) = (new List<Problem>(), one.Provider.Name);
        bool? works = one.Outcome is null ? null : true;
        void Fails(Problem? problem)
        {
            if (problem is null) return;

            advice.Add(problem);
            works = false;
        }

        var told = one.Row is { } row ? waited.Told.GetValueOrDefault(row.Id) : default;
        if (one.Outcome is null) advice.Add(one.Medium == Medium.Paper ? new Problem("check-paper") : new Problem(one.Medium == Medium.Email ? "check-no-email" : "check-no-phone"));
        else Fails(CheckAdvice.OfSending(one.Provider, one.Outcome, CheckText.Of(one.Medium, signature, one.Row is { } sent ? Number(sent) : "", request.Language).Body));

        var hook = hooks.GetValueOrDefault(name);
        if (hook is not null && one.Provider.Channel is ICalledBack { CallBack: { } call })
        {
            Fails(CheckAdvice.OfHook(call, hook));
            if (CheckAdvice.OfHookAddress(call) is { } local) advice.Add(local);
        }

        var expects = one.Outcome is { Kind: SendOutcomeKind.Accepted, ExpectsReceipt: true };
        if (expects) Fails(CheckAdvice.OfReceipt(name, CheckReceipts.PathOf(one.Provider), told.State, told.Detail, waited.Served, request.Wait));
        var path = one.Outcome is { Kind: SendOutcomeKind.Accepted, ExpectsReceipt: false } ? ReceiptPath.None : CheckReceipts.PathOf(one.Provider);

        return new CheckLine(name, one.Provider.Channel.Name, one.Medium, one.Outcome, path, told.State, hook, works, advice);
    }

    private async Task EndAsync(string batch, List<CheckLine> lines, Actor actor, CancellationToken cancellationToken)
    {
        db.ChangeTracker.Clear();
        await audit.BeginAsync(cancellationToken);
        await db.TestMessages.Where(m => m.Batch == batch).ExecuteUpdateAsync(set => set.SetProperty(m => m.Address, (string?)null), cancellationToken);
        audit.Record(actor, "check.ended", TestMessage.Subject(batch), null, new
        {
            lines = lines.Select(line => new { line.Provider, line.Medium, sent = line.Outcome?.Kind, told = line.Told, line.Works, problems = line.Advice.Select(problem => problem.Code).ToList() }).ToList(),
        });
        await audit.CommitAsync(cancellationToken);
    }

    private static string Number(TestMessage row) => row.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>One provider and medium.</summary>
    private sealed class Try(Provider provider, Medium medium, string? address)
    {
        internal Provider Provider => provider;

        internal Medium Medium => medium;

        internal string? Address => address;

        internal TestMessage? Row { get; set; }

        internal SendOutcome? Outcome { get; set; }
    }
}
