namespace Notices.Deliveries;

/// <summary>Turns what a provider answered into what somebody has to do.</summary>
internal static class CheckAdvice
{
    /// <summary>What is wrong with the sending.</summary>
    internal static Problem? OfSending(Provider provider, SendOutcome outcome, string text)
    {
        if (outcome is { Kind: SendOutcomeKind.Accepted, Call: null or { Result: not ("wrong-number" or "unreachable") } }) return null;

        var detail = outcome.Call?.Result ?? outcome.Detail ?? "-";
        var values = new { provider = provider.Name, detail, text };

        return ((provider.Channel as IExplainsAnswers)?.MeaningOf(detail) ?? Common(detail, outcome.Kind)) switch
        {
            AnswerMeaning.SignIn => new Problem("check-sign-in", null, values),
            AnswerMeaning.Unreachable => new Problem("check-unreachable", null, values),
            AnswerMeaning.Certificate => new Problem("check-certificate", null, values),
            AnswerMeaning.Recipient => new Problem("check-recipient", null, values),
            AnswerMeaning.Sender => new Problem("check-sender", null, values),
            AnswerMeaning.TextNotRegistered => new Problem("check-text-not-registered", null, values),
            AnswerMeaning.NoAnswer => new Problem("check-no-answer", null, values),
            AnswerMeaning.Busy => new Problem("check-busy", null, values),
            _ => new Problem("check-refused", null, values),
        };
    }

    /// <summary>What is wrong with our own web hook.</summary>
    internal static Problem? OfHook(CallBack hook, HookAnswer answer) => answer.State switch
    {
        HookState.Heard => null,
        HookState.Certificate => new Problem("check-hook-certificate", null, new { address = Path(hook) }),
        HookState.Stranger => new Problem("check-hook-stranger", null, new { address = Path(hook), status = answer.Status }),
        _ => new Problem("check-hook-silent", null, new { address = Path(hook) }),
    };

    /// <summary>Providers elsewhere cannot call this machine by a name that means themselves to them.</summary>
    internal static Problem? OfHookAddress(CallBack hook) => hook.Address.IsLoopback ? new Problem("check-hook-local", null, new { address = Path(hook) }) : null;

    /// <summary>What is wrong with what came back.</summary>
    internal static Problem? OfReceipt(string provider, ReceiptPath path, DeliveryState? told, string? detail, bool served, TimeSpan waited)
    {
        if (told >= DeliveryState.Delivered) return null;
        if (told == DeliveryState.Failed) return new Problem("check-not-delivered", null, new { provider, detail = detail ?? "-" });
        if (path == ReceiptPath.WebHook && !served) return new Problem("check-service-needed", null, new { provider });

        var seconds = (int)waited.TotalSeconds;

        return path switch
        {
            ReceiptPath.WebHook => new Problem("check-no-receipt-hook", null, new { provider, seconds }),
            ReceiptPath.Polling => new Problem("check-no-receipt-polling", null, new { provider, seconds }),
            _ => new Problem("check-no-receipt", null, new { provider, seconds }),
        };
    }

    /// <summary>The words all channels share.</summary>
    private static AnswerMeaning? Common(string detail, SendOutcomeKind kind) => detail switch
    {
        "sign-in-refused" or "sign-in-missing" or "http 401" or "http 403" => AnswerMeaning.SignIn,
        "no-connection" or "http 404" or "ConnectionError" or "NameResolutionError" => AnswerMeaning.Unreachable,
        "certificate-refused" or "SecureConnectionError" => AnswerMeaning.Certificate,
        "not-a-number" or "not-an-address" or "not-this-country" or "wrong-number" or "unreachable" => AnswerMeaning.Recipient,
        "text-not-registered" => AnswerMeaning.TextNotRegistered,
        _ when kind == SendOutcomeKind.Unknown => AnswerMeaning.NoAnswer,
        _ when kind == SendOutcomeKind.TryLater => AnswerMeaning.Busy,
        _ => null,
    };

    private static string Path(CallBack hook) => hook.Address.GetLeftPart(UriPartial.Path);
}
