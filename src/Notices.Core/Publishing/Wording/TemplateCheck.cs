namespace Notices.Publishing;

/// <summary>What must stand below <c>templates/</c>, and what may.</summary>
internal static class TemplateCheck
{
    public static IReadOnlyList<Problem> Run(string folder, IReadOnlyDictionary<string, string> texts) => throw new NotSupportedException();
}
