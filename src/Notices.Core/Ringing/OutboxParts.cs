using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Storage;

namespace Notices.Ringing;

/// <summary>What every outbox needs, for one scope.</summary>
/// <param name="Gates">For messages that keep to the providers' limits.</param>
public sealed record OutboxParts(
    NoticesDb Db, AuditTrail Audit, AuditOptions Digests, ProviderDirectory Providers, ProviderGates Gates, DeliveryOptions Options, TimeProvider Clock,
    [FromKeyedServices(CoreServices.Machine)] TimeProvider Machine, ILogger<OutboxParts> Log);
