namespace Notices.Deliveries;

/// <summary>A channel that knows what its provider's codes mean, where the common words do not tell. Optional; found by type test.</summary>
public interface IExplainsAnswers
{
    /// <param name="detail">Of an outcome that was not accepted.</param>
    /// <returns>Null where it says nothing more than the words themselves.</returns>
    AnswerMeaning? MeaningOf(string detail);
}

/// <summary>What has to be mended where a message was not taken.</summary>
public enum AnswerMeaning
{
    /// <summary>User, password, key or token are wrong, or the account is closed.</summary>
    SignIn,

    /// <summary>Nobody listens there, or the way is blocked.</summary>
    Unreachable,

    /// <summary>The server's certificate does not fit its name, or nobody trusts it.</summary>
    Certificate,

    /// <summary>The number or address cannot receive this.</summary>
    Recipient,

    /// <summary>The sender's name or number, or a right of the account, is not in order.</summary>
    Sender,

    /// <summary>The provider sends registered texts alone, and this one is none.</summary>
    TextNotRegistered,

    /// <summary>Nobody knows whether it left.</summary>
    NoAnswer,

    /// <summary>Too much at once, or the provider is out of order for now.</summary>
    Busy,
}
