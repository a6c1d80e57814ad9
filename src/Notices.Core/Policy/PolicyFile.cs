namespace Notices.Policy;

/// <summary>Reads a jurisdiction's policy and the holidays it names.</summary>
public static class PolicyFile
{
    /// <summary>Reads <c>policy/&lt;jurisdiction&gt;.json</c> and <c>holidays/…json</c> below the folder.</summary>
    /// <returns>The policy, or everything that is wrong with the files at once; a problem's field is the JSON path.</returns>
    public static Result<PolicyOptions> Load(string folder, string jurisdiction) => throw new NotSupportedException();
}
