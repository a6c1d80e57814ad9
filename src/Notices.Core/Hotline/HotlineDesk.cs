using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Storage;

namespace Notices.Hotline;

/// <summary>Of an enquiry.</summary>
public enum EnquiryState
{
    Open,
    Closed,
}

/// <summary>One line of the hotline's list.</summary>
/// <param name="Topic">One of <see cref="Enquiry.Topics"/>.</param>
/// <param name="Phone">Masked; in clear on demand. Null once erased.</param>
/// <param name="Text">As it was written; null once erased.</param>
/// <param name="Organisation">Code; null where the number is nobody's we know.</param>
/// <param name="Outage">Number of the outage the last message to that number told of.</param>
/// <param name="Agent">Who closed it.</param>
public sealed record EnquiryView(long Id, string Topic, string? Phone, string? Text, string? Organisation, string? Outage, DateTimeOffset At, DateTimeOffset? ClosedAt, string? Agent);

/// <summary>A number in clear.</summary>
/// <param name="Phone">Null once erased.</param>
public sealed record EnquiryPhone(string? Phone);

/// <summary>What the hotline and dispatch do with what people asked and told. Each sees what belongs to their organisation, and what nobody knows the owner of.</summary>
public sealed class HotlineDesk(NoticesDb db, AuditTrail audit, TimeProvider clock)
{
    /// <summary>The oldest first, since it has waited longest.</summary>
    /// <param name="topic">One of <see cref="Enquiry.Topics"/>; null for all.</param>
    /// <param name="after">The id of the last one of the page before.</param>
    public async Task<Result<IReadOnlyList<EnquiryView>>> ListAsync(string? topic, EnquiryState? state, long after, int limit, Actor actor, CancellationToken cancellationToken)
    {
        if (topic is not null && !Enquiry.Topics.Contains(topic)) return new Problem("enquiry-topic-unknown", "topic", new { topic, topics = Enquiry.Topics });

        var found = await Seen(actor).Where(e => e.Id > after && (topic == null || e.Topic == topic) && (state == null || (e.ClosedAt == null) == (state == EnquiryState.Open)))
            .OrderBy(e => e.Id).Take(limit)
            .Select(e => new { Enquiry = e, e.Organisation!.Code, Outage = db.Outages.Where(o => o.Id == e.OutageId).Select(o => o.Number).FirstOrDefault() })
            .AsNoTracking().ToListAsync(cancellationToken);

        return Result<IReadOnlyList<EnquiryView>>.Of(found.ConvertAll(row => View(row.Enquiry, row.Code, row.Outage)));
    }

    /// <summary>The number in clear, to call back; whoever reads it stands in the record.</summary>
    public async Task<Result<EnquiryPhone>> PhoneAsync(long id, Actor actor, CancellationToken cancellationToken)
    {
        if (await Seen(actor).AsNoTracking().SingleOrDefaultAsync(e => e.Id == id, cancellationToken) is not { } enquiry) return Missing(id);

        audit.Record(actor, "enquiry.phone-read", Subject(id));
        await audit.CommitAsync(cancellationToken);

        return new EnquiryPhone(enquiry.Phone);
    }

    /// <summary>Done with.</summary>
    /// <returns>Refused where somebody has closed it already.</returns>
    public async Task<Result<EnquiryView>> CloseAsync(long id, Actor actor, CancellationToken cancellationToken)
    {
        if (await Seen(actor).Include(e => e.Organisation).SingleOrDefaultAsync(e => e.Id == id, cancellationToken) is not { } enquiry) return Missing(id);
        if (enquiry.ClosedAt is not null) return Closed();

        (enquiry.ClosedAt, enquiry.Agent) = (clock.GetUtcNow(), actor.Name);
        audit.Record(actor, "enquiry.closed", Subject(id), null, new { enquiry.Topic });
        try
        {
            await audit.CommitAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            return Closed();
        }

        var outage = await db.Outages.Where(o => o.Id == enquiry.OutageId).Select(o => o.Number).FirstOrDefaultAsync(cancellationToken);

        return View(enquiry, enquiry.Organisation?.Code, outage);
    }

    private IQueryable<Enquiry> Seen(Actor actor) => db.Enquiries.Where(e => e.OrganisationId == null || e.Organisation!.Path.StartsWith(actor.OrganisationPath));

    private static EnquiryView View(Enquiry e, string? organisation, string? outage) => new(e.Id, e.Topic, RoundView.Mask(e.Phone), e.Text, organisation, outage, e.At, e.ClosedAt, e.Agent);

    private static string Subject(long id) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"enquiries/{id}");

    private static Problem Missing(long id) => Problem.NotFound("enquiry", id.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static Problem Closed() => new("enquiry-closed", null, null, ProblemKind.State);
}
