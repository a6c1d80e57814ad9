using System.Text.Json.Nodes;
using Notices.Outages;
using Notices.Policy;
using Xunit;
using static Notices.Tests.Policy.Policies;

namespace Notices.Tests.Policy;

public sealed class PolicyFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("notices-policy-").FullName;

    public PolicyFileTests()
    {
        foreach (var part in new[] { "policy", "holidays" })
        {
            Directory.CreateDirectory(Path.Combine(_folder, part));
            foreach (var file in Directory.GetFiles(Path.Combine(ConfigFolder, part))) File.Copy(file, Path.Combine(_folder, part, Path.GetFileName(file)));
        }
    }

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public void The_shipped_policies_load_and_say_that_nobody_has_checked_them()
    {
        Assert.All(China.LeadTimes.Concat(Britain.LeadTimes).Concat(Australia.LeadTimes), rule =>
        {
            Assert.NotEmpty(rule.Source);
            Assert.False(rule.IsVerified);
        });
        Assert.Equal(new Lead(7, LeadUnit.ClearDays), Assert.Single(China.Kinds[OutageKind.Planned].LeadTimes).Latest);
        Assert.Equal(("95598", "12398"), (China.Hotline.Number, China.Hotline.Regulator));
        Assert.Equal(new Lead(2, LeadUnit.ClearDays), Britain.Kinds[OutageKind.Planned].LeadTimes[0].Latest);
        Assert.Equal(new Lead(4, LeadUnit.BusinessDays), Australia.Kinds[OutageKind.Planned].LeadTimes.Single(rule => rule.Audience == NoticeAudience.LifeSupport).Latest);
        Assert.Empty(China.Kinds[OutageKind.Emergency].Reminders);
        Assert.True(China.Kinds[OutageKind.Emergency].ResendUnconfirmed);
        Assert.Equal(ContactMode.AllAtOnce, China.ContactsFor(OutageKind.Emergency, 0).Mode);
    }

    [Fact]
    public void A_number_without_a_source_does_not_load()
    {
        Edit(root => Planned(root)["leadTimes"]![0]!.AsObject().Remove("source"));

        var problem = Assert.Single(Load());
        Assert.Equal(("policy-source-missing", "kinds.planned.leadTimes[0].source"), (problem.Code, problem.Field));
        Assert.Contains("policy/cn.json", problem.Values!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(75, 50, 90)]
    [InlineData(50, 90, 75)]
    [InlineData(50, 75, 75)] // together is not in turn
    public void The_deputy_is_not_rung_before_the_approver_nor_the_duty_leader_before_the_deputy(int approver, int deputy, int leader)
    {
        Edit(root => (root["approval"]!["approverAtPercent"], root["approval"]!["deputyAtPercent"], root["approval"]!["dutyLeaderAtPercent"]) = (approver, deputy, leader));

        var problem = Assert.Single(Load());
        Assert.Equal(("policy-approval-order", "approval.deputyAtPercent"), (problem.Code, problem.Field));
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once()
    {
        Edit(root =>
        {
            var lead = Planned(root)["leadTimes"]![0]!;
            lead["amount"] = -7;
            lead["unit"] = "days";
            lead["audience"] = "told";
            lead["checkedBy"] = "somebody";
            Planned(root)["anounce"] = "atOnce";
            root["publishing"]!["hour"] = "9 o'clock";
            root["quietHours"]!.AsObject().Remove("from");
            root["retention"]!["source"] = "  ";
            root["overrun"]!["askOwnerMinutes"]![0] = "soon";
            root["kinds"]!.AsObject().Remove("fault");
            root["protectedPeriods"]![0]!["from"] = "06-31";
        });

        Assert.Superset(
            new HashSet<(string, string?)>
            {
                ("policy-number-negative", "kinds.planned.leadTimes[0].amount"),
                ("policy-unit-wrong", "kinds.planned.leadTimes[0].unit"),
                ("policy-value-wrong", "kinds.planned.leadTimes[0].audience"),
                ("policy-check-without-date", "kinds.planned.leadTimes[0].checkedOn"),
                ("policy-unknown-member", "kinds.planned.anounce"),
                ("policy-value-wrong", "publishing.hour"),
                ("policy-value-missing", "quietHours.from"),
                ("policy-source-missing", "retention.source"),
                ("policy-value-wrong", "overrun.askOwnerMinutes[0]"),
                ("policy-value-missing", "kinds.fault"),
                ("policy-value-wrong", "protectedPeriods[0].from"),
            },
            Load().Select(problem => (problem.Code, problem.Field)).ToHashSet());
    }

    [Theory]
    [InlineData("{ \"kinds\": ", "policy-json-broken")]
    [InlineData("", "policy-json-broken")]
    [InlineData("{ \"kinds\": {}, \"kinds\": {} }", "policy-json-broken")]
    [InlineData("[]", "policy-value-wrong")]
    public void Broken_json_is_a_problem_not_a_crash(string json, string code)
    {
        File.WriteAllText(Path.Combine(_folder, "policy", "cn.json"), json);

        Assert.Equal(code, Assert.Single(Load()).Code);
    }

    [Theory]
    [InlineData("fr")]
    [InlineData("../policy/cn")]
    [InlineData("")]
    public void An_unknown_jurisdiction_names_those_there_are(string name)
    {
        var problem = Assert.Single(PolicyFile.Load(_folder, name).Problems);

        Assert.Equal("policy-file-missing", problem.Code);
        Assert.Contains("au, cn, gb", problem.Values!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_holiday_file_is_read_as_strictly()
    {
        File.WriteAllText(Path.Combine(_folder, "holidays", "cn.json"), """{ "knownFrom": "2026-01-01", "knownUntil": "2025-01-01", "holidays": ["2026-02-30"], "workingDays": [], "x": 1 }""");

        Assert.Equivalent(
            new[] { "policy-source-missing", "policy-value-wrong", "policy-period-reversed", "policy-unknown-member" }, Load().Select(problem => problem.Code), true);
    }

    [Fact]
    public void A_window_whose_ends_are_swapped_and_a_rule_given_twice_are_refused()
    {
        Edit(root =>
        {
            var leads = Planned(root)["leadTimes"]!.AsArray();
            leads[0]!["earliest"] = new JsonObject { ["amount"] = 3, ["unit"] = "clearDays" };
            leads.Add(leads[0]!.DeepClone());
        });

        Assert.Equal(["policy-window-reversed", "policy-window-reversed", "policy-lead-time-twice"], Load().Select(problem => problem.Code));
    }

    private static JsonObject Planned(JsonNode root) => root["kinds"]!["planned"]!.AsObject();

    private void Edit(Action<JsonNode> edit)
    {
        var path = Path.Combine(_folder, "policy", "cn.json");
        var root = JsonNode.Parse(File.ReadAllText(path))!;
        edit(root);
        File.WriteAllText(path, root.ToJsonString());
    }

    private IReadOnlyList<Problem> Load() => PolicyFile.Load(_folder, "cn").Problems;
}
