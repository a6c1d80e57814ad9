using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Notices.Publishing;

namespace Notices.Channels.HttpGateway;

/// <summary>Reads <c>config/gateways/NAME.json</c>, strictly: what is unknown, missing or cannot work stops the start, all of it at once.</summary>
internal static partial class ProfileReader
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, CommentHandling = JsonCommentHandling.Disallow };

    /// <exception cref="OptionsValidationException">With a sentence for everything that is wrong, naming file, field and what is allowed.</exception>
    internal static GatewayProfile Load(string home, string name, string setting)
    {
        var folder = Path.Combine(home, "config", "gateways");
        var there = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal).ToList() : [];
        if (!there.Contains(name, StringComparer.Ordinal))
            throw Fault([$"{setting} is \"{name}\"; the profiles in {folder} are {(there.Count == 0 ? "none" : string.Join(", ", there))}."]);

        return Read(name, File.ReadAllBytes(Path.Combine(folder, name + ".json")));
    }

    internal static GatewayProfile Read(string name, byte[] json)
    {
        var (file, faults) = ($"config/gateways/{name}.json", new List<string>());
        GatewayProfile? profile = null;
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object) profile = Profile(name, new ProfileSection(file, "", document.RootElement.Clone(), faults));
            else faults.Add($"{file}: the whole must be an object.");
        }
        catch (JsonException broken)
        {
            faults.Add($"{file}: line {(broken.LineNumber ?? 0) + 1} is no JSON: {broken.Message}");
        }

        return profile is not null && faults.Count == 0 ? profile : throw Fault(faults);
    }

    private static GatewayProfile Profile(string name, ProfileSection root)
    {
        var follows = root.Text("follows");
        var (settings, secrets) = (Settings(root, "settings"), Settings(root, "secrets"));
        foreach (var twice in settings.Concat(secrets).GroupBy(setting => setting.Name, StringComparer.Ordinal).Where(group => group.Count() > 1)) root.Fault(root.At("secrets"), $"names {twice.Key}, which settings has too; a name stands for one value.");
        var zone = Zone(root);
        var numbers = Numbers(root);
        var country = root.Optional("country");
        if (country is not null && !Country().IsMatch(country)) root.Fault(root.At("country"), $"is \"{country}\"; it must be an ISO 3166 code of two capitals, such as CN.");

        var known = GatewayValues.Common.Concat(settings.Concat(secrets).Select(setting => setting.Name)).ToHashSet(StringComparer.Ordinal);
        var requests = new RequestReader(known);
        RequestShape? send = null;
        BatchShape? batch = null;
        if (root.Section("send") is { } sending)
        {
            send = requests.Read(sending, GatewayValues.OfSending, sends: true);
            if (sending.Section("batch") is { } many)
            {
                batch = new BatchShape(many.Number("most", 2, 10_000) ?? Missing(many, "most"), many.Optional("join") ?? ",");
                many.Done();
            }

            sending.Done();
        }
        else root.Fault(root.At("send"), "is missing; it must be an object that says how a message is handed over.");

        var answer = root.Section("answer") is { } section ? AnswerReader.Answer(section, batch is not null) : null;
        if (answer is null) root.Fault(root.At("answer"), "is missing; it must be an object that says what success looks like.");
        var receipts = root.Section("receipts") is { } reports ? AnswerReader.Reports(reports, requests, replies: false) : null;
        var replies = root.Section("replies") is { } answers ? AnswerReader.Reports(answers, requests, replies: true) : null;
        Together(root, batch, answer, receipts);
        var templates = root.Section("templates") is { } texts ? Templates(texts) : null;
        root.Done();

        return send is null || answer is null ? null! : new GatewayProfile(name, follows, settings, secrets, zone, numbers, send, batch, answer, receipts, replies, templates, country);
    }

    /// <summary>What only fits or does not fit beside another part.</summary>
    private static void Together(ProfileSection root, BatchShape? batch, AnswerShape? answer, ReportShape? receipts)
    {
        if (receipts is null) return;
        if (receipts.Item.Delivery is null && answer is { Id: null } && answer.Each?.Id is null) root.Fault(root.At("answer.id"), "is missing; receipts could not find their message without it.");
        if (receipts.Item.Delivery is null && receipts.Item.Id is null) root.Fault(root.At("receipts.id"), "is missing; it must say where the id stands that answer.id read, or receipts.delivery where the platform returns our own.");
        if (batch is not null && receipts.Item.Delivery is not null) root.Fault(root.At("receipts.delivery"), "cannot be used with send.batch: a call then stands for many messages.");
        if (batch is not null && receipts.Item.Number is null && answer?.Each?.Id is null) root.Fault(root.At("receipts.number"), "is missing; with send.batch a receipt is found by batch id and number.");
    }

    private static List<ProfileSetting> Settings(ProfileSection root, string name)
    {
        var found = new List<ProfileSetting>();
        if (root.Section(name) is not { } section) return found;

        foreach (var member in root.Raw(name)!.Value.EnumerateObject())
        {
            if (!ProfileSection.IsName(member.Name) || !char.IsAsciiLetterUpper(member.Name[0]) || ReservedSettings.Contains(member.Name))
            {
                section.Fault(section.At(member.Name), $"is no name for a setting; it must begin with a capital, have letters and digits alone, at most 40, and not be {string.Join(", ", ReservedSettings)}.");
            }

            if (member.Value.ValueKind == JsonValueKind.String)
            {
                section.Optional(member.Name);
                found.Add(new ProfileSetting(member.Name, member.Value.GetString()!, null));
            }
            else if (name == "settings" && section.Section(member.Name) is { } one)
            {
                found.Add(new ProfileSetting(member.Name, one.Text("means"), one.Optional("default") ?? ""));
                one.Done();
            }
            else if (name == "secrets") section.Fault(section.At(member.Name), "must be a text that says what it is; a secret has no default.");
        }

        section.Done();

        return found;
    }

    /// <summary>Every provider has these.</summary>
    private static readonly string[] ReservedSettings = ["Channel", "Profile", "Templates", "Media", "Weight", "MessagesPerSecond", "CallsPerSecond", "Concurrency", "CallsAtOnce", "SlowAfter", "Country", "Price", "AllowHttp"];

    private static TimeZoneInfo Zone(ProfileSection root)
    {
        var name = root.Optional("zone") ?? "UTC";
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)) return zone;

        root.Fault(root.At("zone"), $"is \"{name}\"; it must be a time zone such as Asia/Shanghai.");

        return TimeZoneInfo.Utc;
    }

    private static NumberForm Numbers(ProfileSection root)
    {
        if (root.Section("numbers") is not { } section) return new NumberForm("e164", "");

        var form = new NumberForm(section.Choice("style", null, "e164", "digits", "national"), section.Optional("countryCode") ?? "");
        if (form.Style == "national" && (form.CountryCode.Length is < 1 or > 3 || form.CountryCode.Any(letter => !char.IsAsciiDigit(letter)))) section.Fault(section.At("countryCode"), $"is \"{form.CountryCode}\"; with the style national it must be a country's calling code, such as 86.");
        section.Done();

        return form;
    }

    private static RegisteredLimits Templates(ProfileSection section)
    {
        var mark = section.Text("mark");
        // The value stands for itself, so that what is around it is seen.
        var (name, parts) = (mark.Contains("{number}", StringComparison.Ordinal) ? "number" : "name", Array.Empty<string>());
        if (GatewayText.Parse(mark, out var fault) is not { } text) section.Fault(section.At("mark"), $"{fault}.");
        else if (text.Names.ToList() is not ["name" or "number"]) section.Fault(section.At("mark"), $"is \"{mark}\"; it must hold {{name}} or {{number}}, as in ${{{{{{name}}}}}}.");
        else
        {
            var values = new GatewayValues(new Dictionary<string, string>(StringComparer.Ordinal) { [name] = "\n" }, DateTimeOffset.UnixEpoch, TimeZoneInfo.Utc);
            parts = text.Fill(values).Split('\n');
            if (parts[0].Length == 0 || parts[1].Length == 0) section.Fault(section.At("mark"), $"is \"{mark}\"; something must stand before and behind the {name}, or it could not be told from the text.");
        }

        var limits = new RegisteredLimits(
            parts is [var before, _] ? before : "", parts is [_, var after] ? after : "", name == "number", section.Number("longestVariable", 1, 1000) ?? Missing(section, "longestVariable"),
            section.Number("mostVariables", 1, 100) ?? 100, section.Flag("adjacent", true), section.Flag("links", true), section.Number("longestText", 10, 5000) ?? 5000, section.Flag("signatureAdded", false));
        section.Done();

        return limits;
    }

    private static int Missing(ProfileSection section, string name)
    {
        if (!section.Has(name)) section.Fault(section.At(name), "is missing; it must be a whole number.");

        return 1;
    }

    private static OptionsValidationException Fault(IEnumerable<string> faults) => new("Profile", typeof(GatewayProfile), faults);

    [GeneratedRegex("^[A-Z]{2}$")]
    private static partial Regex Country();
}
