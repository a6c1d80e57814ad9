namespace Notices.Deliveries;

/// <summary>How a message reaches a person; what policies and templates name. A channel is the protocol behind it.</summary>
public enum Medium
{
    Sms,
    Voice,
    Email,
    Paper,
}
