using Notices.Deliveries;
using Notices.Replies;

namespace Notices.Retention;

/// <summary>A delivery of a round that ended long ago. The archive's rows have the columns of the working tables', so that they move as they are.</summary>
public sealed class ArchivedDelivery : Delivery;

public sealed class ArchivedLink : DeliveryRecipient;

/// <summary>Never updated or deleted, as the attempt it was.</summary>
public sealed class ArchivedAttempt : Attempt;

/// <summary>Never updated or deleted, as the receipt it was.</summary>
public sealed class ArchivedReceipt : Receipt;

/// <summary>Never updated or deleted, as the event it was.</summary>
public sealed class ArchivedCallEvent : CallEvent;

/// <summary>A reply that was applied long ago.</summary>
public sealed class ArchivedReply : Reply;
