using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Notices.Storage;

namespace Notices.Publishing;

/// <summary>The texts in force: of each template the newest approved version, or the shipped file.</summary>
/// <remarks>Whoever is about to write notices looks first (<see cref="LookAsync"/>): one count of a small table. An approved version stays approved, so that another count
/// is another state, whichever process approved it. What a round was written with stands in its own texts, which are not written anew.</remarks>
public sealed class EditedTemplates(TemplateFiles files, ILogger<EditedTemplates>? log = null) : ITemplateSource
{
    private volatile Approved _approved = new(0, []);

    public string? Find(string path) => _approved.Texts.TryGetValue(path, out var text) ? text : files.Find(path);

    /// <summary>Takes up what was approved since the last look.</summary>
    internal async Task LookAsync(NoticesDb db, CancellationToken cancellationToken)
    {
        if (await db.TemplateOverrides.CountAsync(t => t.State == TemplateState.Approved, cancellationToken) == _approved.Versions) return;

        var versions = await db.TemplateOverrides.AsNoTracking().Where(t => t.State == TemplateState.Approved).Select(t => new { t.Path, t.Version, t.Text, t.IsShipped }).ToListAsync(cancellationToken);
        var texts = versions.GroupBy(t => t.Path, StringComparer.Ordinal).Select(of => of.MaxBy(t => t.Version)!).Where(t => !t.IsShipped).ToDictionary(t => t.Path, t => t.Text, StringComparer.Ordinal);
        _approved = new Approved(versions.Count, Readable(texts));
    }

    /// <summary>Without those an upgrade broke, as by a value that is gone: a notice goes out in the shipped words rather than not at all.</summary>
    private Dictionary<string, string> Readable(Dictionary<string, string> edited)
    {
        while (true)
        {
            var texts = files.Paths.ToDictionary(path => path, path => files.Find(path)!, StringComparer.Ordinal);
            foreach (var (path, text) in edited) texts[path] = text;
            var broken = TemplateCheck.Run("", texts).Select(TemplateTrial.TemplateOf).OfType<string>().ToHashSet(StringComparer.Ordinal);
            // Where a shipped text breaks, the edited phrases it takes a name from are at fault.
            var own = broken.All(edited.ContainsKey);
            var faulty = edited.Keys.Where(path => own ? broken.Contains(path) : TemplatePath.Find(path) is { Medium: null }).ToList();
            if (broken.Count == 0 || faulty.Count == 0) return edited;

            foreach (var path in faulty) edited.Remove(path);
            log?.LogCritical("Edited templates cannot be read any more, and the shipped ones are used: {Templates}. Edit them at /console/templates.", string.Join(", ", faulty));
        }
    }

    /// <summary>Set as one, so that nobody reads half of it.</summary>
    private sealed record Approved(int Versions, Dictionary<string, string> Texts);
}
