using Notices.Outages;
using Notices.Words;

namespace Notices.Publishing;

/// <summary>Where texts of templates come from. An implementation that knows edited texts asks the files for the others.</summary>
public interface ITemplateSource
{
    /// <summary>The template at a path below <c>templates/</c> such as <c>initial/zh-CN/sms.txt</c>; null when there is none. Called often and by several threads.</summary>
    string? Find(string path);
}

/// <summary>The shipped templates: read once, kept in memory.</summary>
public sealed class TemplateFiles : ITemplateSource
{
    private readonly string folder;
    private readonly Dictionary<string, string> texts;

    /// <param name="home">The folder that holds <c>templates/</c>.</param>
    public TemplateFiles(string home)
    {
        folder = Path.Combine(home, "templates");
        texts = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(
                file => Path.GetRelativePath(folder, file).Replace('\\', '/'), File.ReadAllText, StringComparer.Ordinal)
            : [];
    }

    /// <summary>Every file, as paths below <c>templates/</c>.</summary>
    public IReadOnlyCollection<string> Paths => texts.Keys;

    public string? Find(string path) => texts.GetValueOrDefault(path);

    /// <summary>All that is wrong with the files: one that is missing, one nobody will ever read, one that breaks (with its line). Ask at start.</summary>
    public IReadOnlyList<Problem> Check() => TemplateCheck.Run(folder, texts);
}
