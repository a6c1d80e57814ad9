using System.Collections.Frozen;
using Notices.Outages;

namespace Notices.Publishing;

/// <summary>What a template's path says of it.</summary>
/// <param name="Folder">A notice's word, <c>merged</c>, <c>relay</c>, <c>foot</c> or <c>phrases</c>.</param>
/// <param name="Kind">The word of the kind it is for alone; null where it is for every kind.</param>
/// <param name="Medium">Null for the phrases, which every medium uses.</param>
public sealed record TemplatePath(string Path, string Folder, string Language, string? Kind, TemplateMedium? Medium)
{
    internal const string Merged = "merged", Relay = "relay", Foot = "foot", Phrases = "phrases";

    private static readonly FrozenDictionary<string, TemplatePath> Known =
        TemplateCheck.Required().Concat(TemplateCheck.Overrides()).ToFrozenDictionary(path => path, Read, StringComparer.Ordinal);

    /// <summary>Every path a notice may be written by, shipped or not.</summary>
    public static IEnumerable<TemplatePath> All => Known.Values;

    /// <summary>Null where no notice ever uses it.</summary>
    public static TemplatePath? Find(string path) => Known.GetValueOrDefault(path);

    /// <summary>Null for what is no notice of its own.</summary>
    public NoticeType? Type => Enum.GetValues<NoticeType>().Cast<NoticeType?>().FirstOrDefault(one => NoticeValues.Word(one!.Value) == Folder);

    /// <summary>Null for one that is written for every kind, and for announcements.</summary>
    public OutageKind? OutageKind => Enum.GetValues<OutageKind>().Cast<OutageKind?>().FirstOrDefault(one => NoticeValues.Word(one!.Value) == Kind);

    /// <summary>The one for every kind, which this one goes before.</summary>
    internal string General => Kind is null ? Path : $"{Folder}/{Language}/{Medium!.Value.FileName()}";

    private static TemplatePath Read(string path)
    {
        var parts = path.Split('/');
        if (parts.Length == 2) return new TemplatePath(path, parts[0], System.IO.Path.GetFileNameWithoutExtension(parts[1]), null, null);

        var medium = TemplateMedia.All.Where(one => parts[2] == one.FileName() || parts[2].EndsWith("." + one.FileName(), StringComparison.Ordinal)).MaxBy(one => one.FileName().Length);
        var kind = parts[2].Length > medium.FileName().Length ? parts[2][..^(medium.FileName().Length + 1)] : null;

        return new TemplatePath(path, parts[0], parts[1], kind, medium);
    }
}
