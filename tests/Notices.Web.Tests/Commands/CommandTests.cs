using Microsoft.EntityFrameworkCore;
using Notices.Access;

namespace Notices.Commands;

public class CommandTests
{
    private const string Password = "correct horse battery";

    [Theory]
    [InlineData("outages", "submit")]
    [InlineData("import", "alternate-feeds")]
    [InlineData("emergency", "--next-update")]
    [InlineData("audit verify", "--checkpoint")]
    [InlineData("audit export", "jsonl")]
    [InlineData("users add", "NOTICES_PASSWORD")]
    [InlineData("keys", "disable")]
    public async Task Every_command_explains_itself(string command, string names)
    {
        await using var shell = await Shell.OpenAsync();
        var help = await shell.RunAsync($"{command} --help");

        Assert.Equal(0, help.Status);
        Assert.Contains(names, help.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_read_ends_with_2_and_one_sentence_a_mistake()
    {
        await using var shell = await Shell.OpenAsync();

        Failed(await shell.RunAsync("keys add --role chief --organisation JX"), "'chief' is not one of them");
        Failed(await shell.RunAsync("keys"), "notices keys --help");
        Failed(await shell.RunAsync("emergency --feeder JX-F03 --reason storm"), "Give either --restoration or --next-update.");
        Failed(await shell.RunAsync("keys add --role dispatcher --organisation JX"), "no-organisation-yet");
        Failed(await shell.RunAsync("audit verify", "", new() { ["Audit__SigningKey"] = "no key" }), "Audit:SigningKey");
        Failed(await shell.RunAsync("audit verify", "", new() { ["Database__ConnectionString"] = "/tmp/no-such-folder-here/none.db" }), "There is no database");
    }

    [Fact]
    public async Task A_key_is_printed_once_and_a_closed_one_is_nobodys()
    {
        await using var shell = await Shell.OpenAsync();
        await TestCounty.SeedAsync(shell.Database);

        var added = await shell.RunAsync("keys add --role dispatcher --organisation JX --name desk");
        Assert.True(added.Status == 0, added.Errors);
        var key = added.Output.Trim();
        Assert.Matches("^ntc_[0-9a-f]{48}$", key);
        var listed = await shell.RunAsync("keys list");
        Assert.Contains($"{key[..10]}\tdesk\tdispatcher\tJX", listed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(key, listed.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await shell.RunAsync($"keys disable {key[..10]}")).Status);
        Failed(await shell.RunAsync($"keys disable {key[..10]}"), "disabled-already");
    }

    [Fact]
    public async Task An_account_takes_its_password_from_standard_input_or_the_environment_alone()
    {
        await using var shell = await Shell.OpenAsync();
        await TestCounty.SeedAsync(shell.Database);

        var added = await shell.RunAsync("users add li.wei --role dispatcher agent --organisation JX", Password + "\n");
        Assert.True(added.Status == 0, added.Errors);
        Failed(await shell.RunAsync("users add li.wei --role dispatcher --organisation XX", "", new() { ["NOTICES_PASSWORD"] = "short" }), "password-too-short", "user-name-taken", "unknown-organisation");
        Failed(await shell.RunAsync("users add other --role dispatcher --organisation JX"), "password-missing");
        await using (var db = shell.Database.Open())
        {
            var user = await db.Users.Include(u => u.Roles).SingleAsync();
            Assert.Equal([Role.Dispatcher, Role.Agent], user.Roles.Select(r => r.Role).Order());
            Assert.Equal(
                Microsoft.AspNetCore.Identity.PasswordVerificationResult.Success, new Microsoft.AspNetCore.Identity.PasswordHasher<User>().VerifyHashedPassword(user, user.PasswordHash!, Password));
        }

        Assert.Equal(0, (await shell.RunAsync("users disable LI.WEI")).Status);
        Assert.Matches("li\\.wei\tdispatcher,agent\tJX\tli\\.wei\t20", (await shell.RunAsync("users list")).Output);
    }

    [Fact]
    public async Task An_emergency_stands_before_the_public_when_the_command_ends_and_is_on_record()
    {
        await using var shell = await Shell.OpenAsync();
        await TestCounty.SeedAsync(shell.Database);

        var declared = await shell.RunAsync("emergency --feeder JX-F03 --restoration 2099-12-01T18:00 --reason urgent-repair");
        Assert.True(declared.Status == 0, declared.Errors);
        var number = declared.Output.Split(' ')[0];
        await using (var db = shell.Database.Open())
        {
            Assert.Equal($"{number}.1", (await db.Notices.SingleAsync()).Identifier);
            Assert.Equal(DateTimeOffset.Parse("2099-12-01T18:00+08:00", null), (await db.Outages.SingleAsync()).ExpectedAt);
        }

        Assert.Contains($"{number}\tin-progress\temergency", (await shell.RunAsync("outages list --kind emergency")).Output, StringComparison.Ordinal);
        Failed(await shell.RunAsync($"outages submit {number}"), "state-forbids");
        Failed(await shell.RunAsync("outages approve JX-2026-99999"), "not-found");
        Failed(await shell.RunAsync("emergency --feeder NONE --next-update 2099-12-01T18:00 --reason storm"), "unknown-feeder");
        Failed(await shell.RunAsync("emergency --feeder JX-F03 --next-update tomorrow --reason storm"), "time-unreadable");

        var folder = Directory.CreateTempSubdirectory("notices-export-").FullName;
        var exported = await shell.RunAsync($"audit export --from 2020-01-01 --to 2099-01-01T00:00Z --format csv {folder}/record.csv");
        Assert.True(exported.Status == 0, exported.Errors);
        Assert.True(File.Exists(Path.Combine(folder, "manifest.json")));
        Assert.Contains($"outage/{number}", await File.ReadAllTextAsync(Path.Combine(folder, "record.csv")), StringComparison.Ordinal);

        var whole = await shell.RunAsync($"audit verify --checkpoint {folder}/manifest.json");
        Assert.True(whole.Status == 0, whole.Errors);
        await using (var db = shell.Database.Open()) await db.Database.ExecuteSqlRawAsync("UPDATE audit_entries SET line = replace(line, 'notice.published', 'notice.forgotten') WHERE action = 'notice.published'");
        var broken = await shell.RunAsync("audit verify");
        Assert.Equal(1, broken.Status);
        Assert.Matches("^Entry [0-9]+: ", broken.Errors);
        Directory.Delete(folder, true);
    }

    [Fact]
    public async Task An_emergency_calls_off_the_planned_outage_it_lies_over_when_told_to()
    {
        await using var shell = await Shell.OpenAsync();
        await TestCounty.SeedAsync(shell.Database);
        var file = Path.GetTempFileName() + ".csv";
        await File.WriteAllTextAsync(file, "reference,kind,feeders,starts_at,ends_at,reason,work\nP1,planned,JX-F03,2099-12-01T08:00:00+08:00,2099-12-01T18:00:00+08:00,检修,更换电杆\n");
        var imported = await shell.RunAsync($"import outages {file} --organisation JX --submit");
        Assert.True(imported.Status == 0, imported.Errors + imported.Output);
        File.Delete(file);
        var planned = System.Text.RegularExpressions.Regex.Match((await shell.RunAsync("outages list --kind planned")).Output, "JX-[0-9]{4}-[0-9]+").Value;
        // The shell's user is one person; another had entered it.
        await using (var db = shell.Database.Open()) await db.Outages.ExecuteUpdateAsync(set => set.SetProperty(o => o.CreatedBy, "another").SetProperty(o => o.SubmittedBy, "another"));
        var approved = await shell.RunAsync($"outages approve {planned}");
        Assert.True(approved.Status == 0, approved.Errors);

        // Its day comes, and the next command that publishes tells people of it.
        await using (var db = shell.Database.Open()) await db.ScheduledNotices.OrderBy(n => n.DueAt).Take(1).ExecuteUpdateAsync(set => set.SetProperty(n => n.DueAt, TimeProvider.System.GetUtcNow()));
        Assert.Equal(0, (await shell.RunAsync("emergency --feeder JX-F04 --restoration 2099-11-01T12:00 --reason urgent-repair")).Status);

        Failed(await shell.RunAsync("emergency --feeder JX-F03 --restoration 2099-12-01T12:00 --reason urgent-repair --planned-outages dropped"), "'dropped' is not one of them: stays, cancelled, postponed.");
        var declared = await shell.RunAsync("emergency --feeder JX-F03 --restoration 2099-12-01T12:00 --reason urgent-repair --planned-outages cancelled");

        Assert.True(declared.Status == 0, declared.Errors);
        Assert.Contains($"The planned outage {planned}, which it lies over, is cancelled; its customers are told.", declared.Errors, StringComparison.Ordinal);
        Assert.Contains($"{planned}\tcancelled", (await shell.RunAsync("outages list --kind planned")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_without_an_entry_is_not_called_whole()
    {
        await using var shell = await Shell.OpenAsync();
        var empty = await shell.RunAsync("audit verify");

        Assert.Equal(0, empty.Status);
        Assert.Contains("nothing has been recorded yet", empty.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("whole", empty.Output, StringComparison.Ordinal);
        Assert.Contains("尚未记录任何事项", (await shell.RunAsync("audit verify", language: "zh_CN.UTF-8")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_says_what_it_did_in_the_readers_language_and_what_it_rejected_comes_in_once_corrected()
    {
        await using var shell = await Shell.OpenAsync();
        await TestCounty.SeedAsync(shell.Database);
        var folder = Directory.CreateTempSubdirectory("notices-import-").FullName;
        var (plan, relays) = (Path.Combine(folder, "plan.csv"), Path.Combine(folder, "relays.csv"));
        await File.WriteAllTextAsync(plan, "reference,kind,feeders,starts_at,ends_at\nP1,planned,JX-F03,2099-12-01T08:00:00+08:00,2099-12-01T18:00:00+08:00\n");
        await File.WriteAllTextAsync(relays, "name,phone,places\n赵主任,13900139001,城关镇东街村\n孙网格员,1390013900,城关镇西街村\n");

        var chinese = await shell.RunAsync($"import outages {plan} --organisation JX", language: "zh_CN.UTF-8");
        Assert.True(chinese.Status == 0, chinese.Errors);
        Assert.Contains("共1行：新增1，更新0，无变化0，退回0。", chinese.Output, StringComparison.Ordinal);
        Assert.Matches("新增：JX-20[0-9]{2}-[^ ]+ JX-F03，2099-12-01 08:00–18:00。", chinese.Output);

        var partly = await shell.RunAsync($"import relays {relays} --organisation JX");
        Assert.Equal((1, "2 rows: 1 added, 0 changed, 0 unchanged, 1 rejected."), (partly.Status, partly.Output.Trim()));
        var rejected = relays + ".rejected.csv";
        await File.WriteAllTextAsync(rejected, (await File.ReadAllTextAsync(rejected)).Replace("1390013900,", "13900139002,", StringComparison.Ordinal));
        var mended = await shell.RunAsync($"import relays {rejected} --organisation JX");
        Assert.Equal((0, "1 rows: 1 added, 0 changed, 0 unchanged, 0 rejected."), (mended.Status, mended.Output.Trim()));

        // A clean run leaves no rejected rows of an earlier one beside its file.
        await File.WriteAllTextAsync(relays, "name,phone,places\n赵主任,13900139001,城关镇东街村\n");
        Assert.Equal(0, (await shell.RunAsync($"import relays {relays} --organisation JX")).Status);
        Assert.False(File.Exists(rejected));
        Directory.Delete(folder, true);
    }

    private static void Failed(Ran ran, params string[] says)
    {
        Assert.Equal(2, ran.Status);
        Assert.All(says, said => Assert.Contains(said, ran.Errors, StringComparison.Ordinal));
    }
}
