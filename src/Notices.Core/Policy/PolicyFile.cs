using System.Text.Json;
using Notices.Deliveries;
using Notices.Outages;
using Notices.Publishing;

namespace Notices.Policy;

/// <summary>Reads a jurisdiction's policy and the holidays it names.</summary>
public static class PolicyFile
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private static readonly NoticeAudience[] WithClock = [NoticeAudience.Public, NoticeAudience.KeyCustomers, NoticeAudience.Everyone, NoticeAudience.LifeSupport];

    private static readonly NoticeAudience[] WithReminder = [NoticeAudience.Everyone, NoticeAudience.KeyCustomers, NoticeAudience.KeyCustomersWhoAsked, NoticeAudience.LifeSupport];

    /// <summary>Reads <c>policy/&lt;jurisdiction&gt;.json</c> and <c>holidays/…json</c> below the folder.</summary>
    /// <returns>The policy, or everything that is wrong with the files at once; a problem's field is the JSON path.</returns>
    public static Result<PolicyOptions> Load(string folder, string jurisdiction)
    {
        var problems = new List<Problem>();
        var policy = Read(folder, "policy", jurisdiction, problems, section => Policy(folder, jurisdiction, section, problems));

        return problems.Count > 0 ? problems : policy!;
    }

    private static T? Read<T>(string folder, string part, string name, List<Problem> problems, Func<PolicySection, T> read)
        where T : class
    {
        var file = $"{part}/{name}.json";
        var there = Names(Path.Combine(folder, part));
        if (!there.Contains(name, StringComparer.Ordinal))
        {
            problems.Add(new Problem("policy-file-missing", null, new { file, folder, allowed = string.Join(", ", there) }, ProblemKind.NotFound));

            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, part, $"{name}.json")), Strict);
            var section = new PolicySection(file, "", json.RootElement, problems);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                problems.Add(new Problem("policy-value-wrong", "", new { file, path = "(root)", value = json.RootElement.ValueKind.ToString(), expected = "an object" }));

                return null;
            }

            var value = read(section);
            section.Done();

            return value;
        }
        catch (JsonException broken)
        {
            problems.Add(new Problem(
                "policy-json-broken", broken.Path, new { file, line = (broken.LineNumber ?? 0) + 1, detail = broken.Message }, ProblemKind.Unreadable));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            problems.Add(new Problem("policy-file-unreadable", null, new { file, detail = unreadable.Message }, ProblemKind.Unreadable));
        }

        return null;
    }

    private static List<string> Names(string folder) =>
        Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)] : [];

    private static PolicyOptions Policy(string folder, string jurisdiction, PolicySection root, List<Problem> problems)
    {
        var businessDays = BusinessDays(root.Section("businessDays"));

        return new PolicyOptions
        {
            Jurisdiction = jurisdiction,
            Kinds = Kinds(root.Section("kinds")),
            Publishing = In(root, "publishing", s => new PublishingPolicy(s.Time("hour"), s.Minutes("marginMinutes"), s.Source())),
            Approval = In(root, "approval", Approval),
            QuietHours = In(root, "quietHours", s => new QuietHoursPolicy(s.Time("from"), s.Time("to"), s.Minutes("correctionsNeverWaitMinutesBefore"), s.Source())),
            ProtectedPeriods = [.. root.Sections("protectedPeriods").Select(Period)],
            Planning = In(root, "planning", s => new PlanningPolicy(
                s.Minutes("faultHoldOffMinutes"), s.Number("repeatOutageDays"), s.Hours("longOutageHours"), s.Days("postponedExpiryDays"), s.Minutes("lateStartMinutes"),
                s.Hours("closeAfterHours"), s.Source())),
            Overrun = In(root, "overrun", Overrun),
            Expiry = In(root, "expiry", s => new ExpiryPolicy(s.Hours("unknownEndHours"), s.Hours("restoredHours"), s.Source())),
            Hotline = In(root, "hotline", s => new HotlinePolicy(s.Optional("number"), s.Optional("regulator"), s.Source())),
            Paper = In(root, "paper", s => new PaperPolicy(
                s.Choices<NoticeType>("notices").ToHashSet(), In(s, "deemed", Lead), s.Source(), s.OptionalDate("checkedOn"), s.Optional("checkedBy"))),
            Retention = In(root, "retention", s => new RetentionPolicy(s.Number("years", 100, 1), s.Source())),
            Processing = root.Has("processing") ? In(root, "processing", s => new ProcessingPolicy(s.Countries("countries"), s.Source())) : null,
            BusinessDays = businessDays,
            Holidays = businessDays.HolidayFile.Length == 0 ? null! : Read(folder, "holidays", businessDays.HolidayFile, problems, s => Holidays(businessDays, s))!,
        };
    }

    private static T In<T>(PolicySection root, string name, Func<PolicySection, T> read)
    {
        var section = root.Section(name);
        var value = read(section);
        section.Done();

        return value;
    }

    private static Dictionary<OutageKind, KindPolicy> Kinds(PolicySection section)
    {
        var kinds = Enum.GetValues<OutageKind>().ToDictionary(kind => kind, kind => In(section, JsonNamingPolicy.CamelCase.ConvertName(kind.ToString()), s => Kind(kind, s)));
        section.Done();

        return kinds;
    }

    private static KindPolicy Kind(OutageKind kind, PolicySection section)
    {
        var announce = section.Choice<AnnounceRule>("announce");
        var leads = section.Sections("leadTimes").ConvertAll(s => LeadTime(kind, s));
        if (announce == AnnounceRule.BeforeDeadline && leads.Count == 0 && section.Has("leadTimes"))
            section.Add("policy-lead-time-missing", section.At("leadTimes"), new { path = section.At("leadTimes") });
        foreach (var twice in leads.GroupBy(lead => lead.Audience).Where(group => group.Count() > 1))
            section.Add("policy-lead-time-twice", section.At("leadTimes"), new { path = section.At("leadTimes"), audience = JsonNamingPolicy.CamelCase.ConvertName(twice.Key.ToString()) });

        return new KindPolicy(
            announce, section.Source(), leads, section.Sections("reminders").ConvertAll(Reminder), In(section, "contacts", Contacts), section.Flag("resendUnconfirmed"));
    }

    private static LeadTimeRule LeadTime(OutageKind kind, PolicySection section)
    {
        var latest = Lead(section);
        Lead? earliest = section.Has("earliest") ? In(section, "earliest", Lead) : null;
        var rule = new LeadTimeRule(
            kind, section.Choice("audience", allowed: WithClock), latest, earliest, section.Source(), section.OptionalDate("checkedOn"), section.Optional("checkedBy"));
        if (earliest is { } window && window.Unit == latest.Unit && window.Amount < latest.Amount)
            section.Add("policy-window-reversed", section.At("earliest"), new { path = section.At("earliest"), earliest = window.Amount, latest = latest.Amount });
        if (rule.CheckedBy is not null && rule.CheckedOn is null)
            section.Add("policy-check-without-date", section.At("checkedOn"), new { path = section.At("checkedOn") });
        section.Done();

        return rule;
    }

    private static Lead Lead(PolicySection section) => new(section.Number("amount", 10_000), section.Choice<LeadUnit>("unit", "policy-unit-wrong"));

    private static ReminderRule Reminder(PolicySection section)
    {
        var rule = new ReminderRule(section.Choice("audience", allowed: WithReminder), section.Minutes("minutesBefore"), section.Source());
        section.Done();

        return rule;
    }

    private static List<ContactPlan> Contacts(PolicySection section)
    {
        var source = section.Source();

        return [.. new[] { "tier0", "tier1", "tier2" }.Select(tier => In(section, tier, s => new ContactPlan(s.Choices<Medium>("media"), s.Choice<ContactMode>("mode"), source)))];
    }

    private static ProtectedPeriod Period(PolicySection section)
    {
        var period = new ProtectedPeriod(section.LocalText("name"), section.PeriodDay("from"), section.PeriodDay("to"), section.Source());
        if (period.From.Year is null != period.To.Year is null || (period.From.Year is not null && period.To.In(0) < period.From.In(0)))
            section.Add("policy-period-reversed", section.At("to"), new { path = section.At("to") });
        section.Done();

        return period;
    }

    private static ApprovalPolicy Approval(PolicySection section)
    {
        var policy = new ApprovalPolicy(section.Number("approverAtPercent", 100), section.Number("deputyAtPercent", 100), section.Number("dutyLeaderAtPercent", 100), section.Source());
        // A figure that is missing is told as missing alone.
        if (section.Has("approverAtPercent") && section.Has("deputyAtPercent") && section.Has("dutyLeaderAtPercent")
            && (policy.ApproverAtPercent >= policy.DeputyAtPercent || policy.DeputyAtPercent >= policy.DutyLeaderAtPercent))
            section.Add("policy-approval-order", section.At("deputyAtPercent"), new { path = section.Path, approver = policy.ApproverAtPercent, deputy = policy.DeputyAtPercent, dutyLeader = policy.DutyLeaderAtPercent });

        return policy;
    }

    private static OverrunPolicy Overrun(PolicySection section)
    {
        var ask = section.SignedMinutes("askOwnerMinutes");

        return new OverrunPolicy(ask, section.Minutes("askSecondMinutes"), section.Minutes("tellMinutes"), section.Source());
    }

    private static BusinessDaysPolicy BusinessDays(PolicySection section)
    {
        var policy = new BusinessDaysPolicy(section.Text("holidays"), section.Choices<DayOfWeek>("weekend").ToHashSet(), section.Source());
        if (policy.Weekend.Count == 7) section.Add("policy-no-business-day", section.At("weekend"), new { path = section.At("weekend") });
        section.Done();

        return policy;
    }

    private static Holidays Holidays(BusinessDaysPolicy policy, PolicySection root)
    {
        var holidays = new Holidays(
            policy.HolidayFile, root.Date("knownFrom"), root.Date("knownUntil"), root.Dates("holidays"), root.Dates("workingDays"), policy.Weekend, root.Source());
        if (holidays.KnownUntil < holidays.KnownFrom) root.Add("policy-period-reversed", root.At("knownUntil"), new { path = root.At("knownUntil") });

        return holidays;
    }
}
