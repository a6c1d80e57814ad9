namespace Notices.Deliveries;

/// <summary>What to check.</summary>
/// <param name="Phone">Gets the text messages and calls; null: none are sent.</param>
/// <param name="Email">Gets the mails; null: none are sent.</param>
/// <param name="Providers">Only these; empty for all.</param>
/// <param name="Wait">Machine time to wait for receipts.</param>
/// <param name="Language">Of the messages; they say in both that they are a test.</param>
public sealed record CheckRequest(string? Phone, string? Email, IReadOnlyList<string> Providers, TimeSpan Wait, string Language);

/// <summary>How a provider tells what became of a message.</summary>
public enum ReceiptPath
{
    /// <summary>It does not: what it took counts as sent.</summary>
    None,

    /// <summary>It calls our web hook, which needs a running service.</summary>
    WebHook,

    /// <summary>It is asked.</summary>
    Polling,

    /// <summary>It tells the process that sent.</summary>
    Direct,
}

/// <summary>One provider and medium.</summary>
/// <param name="Outcome">Null where nothing was sent.</param>
/// <param name="Told">What the provider told later; null: nothing.</param>
/// <param name="Hook">What became of calling our own web hook; null where there is none.</param>
/// <param name="Works">Null where it was not tried.</param>
/// <param name="Advice">What is wrong or left open, and how to mend it.</param>
public sealed record CheckLine(
    string Provider, string Channel, Medium Medium, SendOutcome? Outcome, ReceiptPath Path, DeliveryState? Told, HookAnswer? Hook, bool? Works, IReadOnlyList<Problem> Advice);

/// <param name="Batch">As in the record, <c>check/…</c>.</param>
public sealed record CheckReport(string Batch, IReadOnlyList<CheckLine> Lines)
{
    /// <summary>Nothing that was tried failed.</summary>
    public bool Works => Lines.All(line => line.Works != false);
}
