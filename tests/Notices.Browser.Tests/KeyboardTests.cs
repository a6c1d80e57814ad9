using Microsoft.Playwright;
using Notices.Access;
using Notices.Testing;

namespace Notices;

/// <summary>A hand that never leaves the keyboard.</summary>
public sealed class KeyboardTests
{
    /// <summary>Seconds a key of an average typist takes, and a thought before each field: Card, Moran and Newell, "The keystroke-level model", CACM 23 (1980).</summary>
    private const double Key = 0.28, Thought = 1.35;

    [Fact]
    public async Task A_practised_dispatcher_plans_and_submits_by_keyboard_alone_in_less_than_a_minute_of_keys_and_thoughts()
    {
        await using var world = await World.StartAsync(DatabaseKind.Sqlite);
        var page = await world.OpenAsync("li", "en-US");
        await World.LiveAsync(page);
        var (keys, thoughts) = (0, 0);

        await ToAsync("one => one.getAttribute('href') === '/console/plan'");
        await PressAsync("Enter");
        await World.AtAsync(page, "/console/plan");
        await World.LiveAsync(page);
        await ToAsync("one => one.id === 'feeder'");
        await TypeAsync("F03");
        await page.WaitForSelectorAsync("#found button");
        await PressAsync("Enter");
        await World.AtAsync(page, "/edit");
        await ToAsync("one => one.id === 'starts0'");
        await MomentAsync("12012026", "0800A");
        await ToAsync("one => one.id === 'ends0'");
        await MomentAsync("12012026", "0600P");
        await ToAsync("one => one.id === 'submit'");
        await page.WaitForSelectorAsync("time:has-text('2026-11-23')"); // What it leads to has been read.
        await PressAsync("Enter");

        var number = await SubmittedAsync();
        var outage = await world.Host.GetAsync(Role.Auditor, $"/api/v1/outages/{number}");
        Assert.Equal(("submitted", "2026-12-01T08:00:00+08:00", "2026-12-01T18:00:00+08:00"), ((string)outage["status"]!, (string)outage["windows"]![0]!["startsAt"]!, (string)outage["windows"]![0]!["endsAt"]!));
        Assert.True((keys * Key) + (thoughts * Thought) < 60, $"{keys} keys and {thoughts} thoughts take {(keys * Key) + (thoughts * Thought):0} s.");

        async Task PressAsync(string key)
        {
            await page.Keyboard.PressAsync(key);
            keys++;
        }

        async Task TypeAsync(string text)
        {
            foreach (var letter in text) await PressAsync(letter.ToString());
        }

        // As the browser takes it: month, day and year, and a tab to the hour.
        async Task MomentAsync(string day, string time)
        {
            await TypeAsync(day);
            await PressAsync("Tab");
            await TypeAsync(time);
        }

        async Task ToAsync(string wanted)
        {
            thoughts++;
            for (var tried = 0; tried < 60; tried++)
            {
                if (await page.EvaluateAsync<bool>($"() => ({wanted})(document.activeElement)")) return;

                await PressAsync("Tab");
            }

            Assert.Fail($"No tab leads to {wanted}; {await page.EvaluateAsync<string>("() => document.activeElement.outerHTML.slice(0, 200)")} has the focus.");
        }

        async Task<string> SubmittedAsync()
        {
            await page.WaitForSelectorAsync("h1 .chip.t-amber");

            return page.Url.Split('/')[^1];
        }
    }
}
