using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Outages;
using Notices.Storage;

namespace Notices.Publishing;

/// <param name="IsShipped">A file is shipped for it.</param>
/// <param name="InForce">The approved version that stands in the file's place; null where the file speaks.</param>
/// <param name="Newest">The newest version; null where there is none.</param>
/// <param name="NewestState">Of the newest.</param>
/// <param name="ShippedChanged">An upgrade changed the file since the version in force was written.</param>
public sealed record TemplateLine(TemplatePath Path, bool IsShipped, int? InForce, int? Newest, TemplateState? NewestState, string? NewestBy, bool ShippedChanged);

/// <param name="IsShipped">It gives the word back to the shipped file.</param>
public sealed record TemplateVersion(
    int Version, string Text, bool IsShipped, TemplateState State, string EditedBy, DateTimeOffset EditedAt, string? DecidedBy, DateTimeOffset? DecidedAt, string? Reason);

/// <param name="Shipped">Null where none is shipped.</param>
/// <param name="General">What is written without this template; null where that is nothing.</param>
/// <param name="Current">The text in force: the version's, or the shipped one, or null where neither is.</param>
/// <param name="InForce">Null where the file speaks.</param>
/// <param name="Versions">Newest first.</param>
/// <param name="ShippedChanged">An upgrade changed the file since the version in force was written.</param>
/// <param name="Faults">What keeps the text in force from being written, as after an upgrade; empty while all is well.</param>
/// <param name="Own">Texts of its own for single kinds, shipped, edited or possible; of a template for every kind.</param>
public sealed record TemplateView(
    TemplatePath Path, string? Shipped, string? General, string? Current, TemplateVersion? InForce, IReadOnlyList<TemplateVersion> Versions, bool ShippedChanged,
    IReadOnlyList<Problem> Faults, IReadOnlyList<TemplatePath> Own, IReadOnlyList<TemplateExample> Examples)
{
    /// <summary>The newest version's number, 0 before the first: what a save has to have read.</summary>
    public int Newest => Versions.Count > 0 ? Versions[0].Version : 0;
}

/// <summary>Reading the texts notices are written with.</summary>
public sealed class TemplateCatalog(NoticesDb db, TemplateFiles files, EditedTemplates current, TemplateTrial trial, NoticeFactsBuilder facts, TimeProvider clock)
{
    /// <summary>Every template that is shipped or has a version, by path.</summary>
    /// <returns>Forbidden for who is no staff.</returns>
    public async Task<Result<IReadOnlyList<TemplateLine>>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        if (!IsStaff(actor)) return Problem.Forbidden("template.list");

        var versions = (await db.TemplateOverrides.AsNoTracking().Select(t => new { t.Path, t.Version, t.State, t.IsShipped, t.ShippedHash, t.EditedBy }).ToListAsync(cancellationToken))
            .GroupBy(t => t.Path, StringComparer.Ordinal).ToDictionary(of => of.Key, of => of.OrderByDescending(t => t.Version).ToList(), StringComparer.Ordinal);
        var lines = new List<TemplateLine>();
        foreach (var path in TemplatePath.All.OrderBy(one => one.Path, StringComparer.Ordinal))
        {
            var (shipped, of) = (files.Find(path.Path), versions.GetValueOrDefault(path.Path));
            if (shipped is null && of is null) continue;

            var inForce = of?.Find(t => t.State == TemplateState.Approved) is { IsShipped: false } approved ? approved : null;
            lines.Add(new TemplateLine(path, shipped is not null, inForce?.Version, of?[0].Version, of?[0].State, of?[0].EditedBy, inForce is not null && inForce.ShippedHash != TemplateHash.OrNull(shipped)));
        }

        return Result<IReadOnlyList<TemplateLine>>.Of(lines);
    }

    /// <returns>Not found where no notice ever uses such a template.</returns>
    public async Task<Result<TemplateView>> ReadAsync(string path, Actor actor, CancellationToken cancellationToken)
    {
        if (!IsStaff(actor)) return Problem.Forbidden("template.read");
        if (TemplatePath.Find(path) is not { } known) return Problem.NotFound("template", path);

        await current.LookAsync(db, cancellationToken);
        var rows = await db.TemplateOverrides.AsNoTracking().Where(t => t.Path == path).OrderByDescending(t => t.Version).ToListAsync(cancellationToken);
        var (shipped, inForce) = (files.Find(path), rows.Find(t => t.State == TemplateState.Approved) is { IsShipped: false } approved ? approved : null);

        return new TemplateView(
            known, shipped, known.Kind is null ? null : current.Find(known.General), current.Find(path), inForce is null ? null : Shown(inForce), rows.ConvertAll(Shown),
            inForce is not null && inForce.ShippedHash != TemplateHash.OrNull(shipped), inForce is null ? [] : trial.Check(known, inForce.Text),
            known.Kind is null && known.Medium is not null ? [.. TemplatePath.All.Where(one => one.Kind is not null && one.General == path).OrderBy(one => one.Path, StringComparer.Ordinal)] : [],
            trial.Examples(known));
    }

    /// <summary>How a text reads in a template's place, with an example.</summary>
    public Result<IReadOnlyList<TemplateReading>> Preview(string path, string text, string example, Actor actor)
    {
        if (!IsStaff(actor)) return Problem.Forbidden("template.read");
        if (TemplatePath.Find(path) is not { } known) return Problem.NotFound("template", path);

        return TemplateExamples.Of(known).FirstOrDefault(one => one.Name == example) is { } found ? trial.Read(known, text, found.Facts) : Problem.NotFound("example", example);
    }

    /// <summary>How it reads for a real outage, as its notice of the template's type would be written now.</summary>
    /// <returns>Not found for an outage the actor does not see.</returns>
    public async Task<Result<IReadOnlyList<TemplateReading>>> PreviewAsync(string path, string text, string number, Actor actor, CancellationToken cancellationToken)
    {
        if (!IsStaff(actor)) return Problem.Forbidden("template.read");
        if (TemplatePath.Find(path) is not { } known) return Problem.NotFound("template", path);

        var found = await new OutageStore(db, clock).FindAsync(number, actor, cancellationToken);
        if (found.Value is not { } outage) return Result<IReadOnlyList<TemplateReading>>.Refused(found.Problems);

        return trial.Read(known, text, [await facts.PreviewAsync(outage, known.Type ?? NoticeType.Initial, cancellationToken)]);
    }

    /// <summary>Takes up what was approved, where there is a database of this version; elsewhere the shipped files speak.</summary>
    public async Task TakeUpAsync(CancellationToken cancellationToken)
    {
        if (await db.Database.CanConnectAsync(cancellationToken) && !(await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any()) await current.LookAsync(db, cancellationToken);
    }

    internal static bool IsStaff(Actor actor) => actor.IsAny(Role.Dispatcher, Role.Approver, Role.Agent, Role.Auditor, Role.Administrator);

    private static TemplateVersion Shown(TemplateOverride row) =>
        new(row.Version, row.Text, row.IsShipped, row.State, row.EditedBy, row.EditedAt, row.DecidedBy, row.DecidedAt, row.Reason);
}
