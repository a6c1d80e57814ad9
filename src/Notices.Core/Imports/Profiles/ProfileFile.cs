using System.Text.Json;
using System.Text.Json.Serialization;

namespace Notices.Imports;

/// <summary>A profile as its file has it; <c>config/imports/README.md</c> explains every name.</summary>
internal sealed class ProfileFile
{
    public string? About { get; set; }

    public string? Into { get; set; }

    public string? System { get; set; }

    public string? Zone { get; set; }

    public List<OrganisationFile>? Organisations { get; set; }

    public List<string>? TimeFormats { get; set; }

    public string? Coordinates { get; set; }

    public bool FindHeader { get; set; }

    public string? PlanMonth { get; set; }

    public bool GroupByReference { get; set; }

    public bool PlacesPerWindow { get; set; }

    public Dictionary<string, JsonElement>? Columns { get; set; }

    public List<WindowFile>? FurtherWindows { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement> Unknown { get; set; } = [];

    internal sealed class OrganisationFile
    {
        public string? Code { get; set; }

        public string? Name { get; set; }

        public string? NameEn { get; set; }

        public string? Level { get; set; }

        public string? Parent { get; set; }

        [JsonExtensionData]
        public Dictionary<string, JsonElement> Unknown { get; set; } = [];
    }

    internal sealed class WindowFile
    {
        public string? StartsAt { get; set; }

        public string? EndsAt { get; set; }

        [JsonExtensionData]
        public Dictionary<string, JsonElement> Unknown { get; set; } = [];
    }

    internal sealed class RuleFile
    {
        public JsonElement? From { get; set; }

        public string? Template { get; set; }

        public string? Value { get; set; }

        public string? Default { get; set; }

        public string? Match { get; set; }

        public string? Group { get; set; }

        public Dictionary<string, string>? Map { get; set; }

        public string? Split { get; set; }

        public string? Head { get; set; }

        public string? Each { get; set; }

        public string? To { get; set; }

        public CarryFile? Carry { get; set; }

        public bool Optional { get; set; }

        public bool PlanTimes { get; set; }

        [JsonExtensionData]
        public Dictionary<string, JsonElement> Unknown { get; set; } = [];
    }

    internal sealed class CarryFile
    {
        public string? When { get; set; }

        public string? Stem { get; set; }

        [JsonExtensionData]
        public Dictionary<string, JsonElement> Unknown { get; set; } = [];
    }
}
