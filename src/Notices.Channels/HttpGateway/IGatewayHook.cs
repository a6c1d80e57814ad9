using Notices.Deliveries;

namespace Notices.Channels.HttpGateway;

/// <summary>What the web hook asks of the account a call is about.</summary>
public interface IGatewayHook
{
    /// <summary>Whether calls of this kind are expected at all.</summary>
    bool Hears(PollKind kind);

    /// <summary>Whether the caller proved to be the platform.</summary>
    /// <param name="header">The value of a header of the call, by name.</param>
    /// <param name="query">The value of a part of its query.</param>
    bool IsProved(PollKind kind, string body, Func<string, string?> header, Func<string, string?> query);

    /// <summary>What the body says.</summary>
    PollAnswer Read(PollKind kind, string body);

    /// <summary>What the platform wants to read when its call was taken.</summary>
    string AnswerTo(PollKind kind);
}
