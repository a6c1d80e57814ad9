using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Notices.Imports;

/// <summary>A start and planned end.</summary>
public sealed record PlanWindow(DateTimeOffset StartsAt, DateTimeOffset EndsAt);

/// <summary>Reads the time cell of a monthly plan as planners write it: <c>12月1日8:00-18:00</c>, <c>12月1日、3日 8:00-18:00</c>, <c>12月1日至5日每日8:00-18:00</c>,
/// <c>12月1日8:00至12月2日18:00</c>, <c>22:00-次日6:00</c>, <c>24:00</c>. What can be meant in two ways is refused, never guessed.</summary>
public static partial class PlanTimes
{
    private const int MostWindows = 62;

    /// <param name="text">The cell.</param>
    /// <param name="year">Of the plan; a month before or after it may lie in the neighbouring year.</param>
    /// <param name="month">Of the plan; days without a month are in it.</param>
    /// <param name="zone">Whose clocks show these times.</param>
    public static Result<IReadOnlyList<PlanWindow>> Parse(string text, int year, int month, TimeZoneInfo zone)
    {
        var plain = Normalise(text);
        if (plain.Length == 0) return Refuse("import-plan-time-missing", text);
        var tokens = Token().Matches(plain);
        var reader = new Reader(text, tokens, year, month, zone);

        // Anything between the tokens is something not understood.
        return tokens.Sum(t => t.Length) == plain.Length ? reader.Windows() : Refuse("import-plan-time-unclear", text);
    }

    private static Problem Refuse(string code, string text) => new(code, "starts_at", new { text });

    private static string Normalise(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text.Normalize(NormalizationForm.FormKC))
        {
            if (char.IsWhiteSpace(c))
            {
                // "2026-12-01 8:00": a blank separates digits, elsewhere it says nothing.
                if (plain.Length > 0 && plain[^1] != ' ') plain.Append(' ');
                continue;
            }

            plain.Append(c switch
            {
                '~' or '—' or '–' or '－' or '至' or '到' or '∼' or '〜' => '-',
                '号' => '日',
                '点' => '时',
                '，' or '；' or '。' or ';' or ',' or '及' or '和' => '、',
                _ => c,
            });
        }

        var joined = Repeated().Replace(plain.ToString().Trim(' ', '、'), m => m.Value.Contains('-') ? "-" : "、");

        // "12月1-5日" and "12月1、3日" leave the 日 of the first ones out.
        return IsoDay().IsMatch(joined) ? joined : BareDay().Replace(joined, "$0日");
    }

    [GeneratedRegex("[0-9]{4}[-/.][0-9]", RegexOptions.NonBacktracking)]
    private static partial Regex IsoDay();

    [GeneratedRegex("(?<![:0-9])[0-9]{1,2}(?=([-、][0-9]{1,2})*[-、][0-9]{1,2}日)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BareDay();

    [GeneratedRegex("[ ]*([-、])[-、 ]*", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Repeated();

    [GeneratedRegex(
        @"(?<iso>[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2})|(?<date>(?:(?<y>[0-9]{4})年)?(?:(?<m>[0-9]{1,2})月(?:份)?)?(?<d>[0-9]{1,2})日)" +
        @"|(?<slash>[0-9]{1,2}[/.][0-9]{1,2})|(?<time>(?<next>次日|第二天)?(?<half>凌晨|早上|上午|中午|下午|晚上|晚)?(?:(?<h>[0-9]{1,2}):(?<min>[0-9]{2})(?::00)?|(?<h>[0-9]{1,2})时(?:(?<min>[0-9]{1,2})分|(?<min>半))?))" +
        "|(?<daily>每日|每天|逐日|当日|当天)|(?<dash>-)|(?<list>、)|(?<blank>[ T])",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Token();

    private sealed class Reader(string text, MatchCollection all, int year, int month, TimeZoneInfo zone)
    {
        private readonly List<Match> _tokens = [.. all.Where(t => !t.Groups["blank"].Success)];
        private readonly List<PlanWindow> _windows = [];
        private int _at;
        private DateOnly? _lastDay;

        internal Result<IReadOnlyList<PlanWindow>> Windows()
        {
            while (_at < _tokens.Count)
            {
                if (Group() is { } problem) return problem;
                while (Skip("list"))
                {
                }
            }

            if (_windows.Count == 0) return Refuse("import-plan-time-unclear", text);

            return _windows.Distinct().OrderBy(w => w.StartsAt).ToList();
        }

        /// <summary>Days, then the times they share.</summary>
        private Problem? Group()
        {
            if (Days(out var days, out var range) is { } wrong) return wrong;
            var daily = Skip("daily");
            if (days.Count == 0) return Refuse(daily ? "import-plan-time-days-missing" : "import-plan-time-unclear", text);
            if (!Is("time")) return Refuse("import-plan-time-hours-missing", text);

            var first = true;
            do
            {
                if (!Is("time")) break;
                if (Span(days, range && !daily, first) is { } problem) return problem;
                first = false;
            }
            while (_at + 1 < _tokens.Count && Is("list") && _tokens[_at + 1].Groups["time"].Success && Skip("list"));

            return _windows.Count > MostWindows ? Refuse("import-plan-time-too-many", text) : null;
        }

        private Problem? Days(out List<DateOnly> days, out bool range)
        {
            (days, range) = ([], false);
            while (_at < _tokens.Count && Day(out var day, out var problem))
            {
                if (problem is not null) return problem;
                days.Add(day);
                if (Is("dash") && _at + 1 < _tokens.Count && IsDay(_tokens[_at + 1]))
                {
                    _at++;
                    Day(out var last, out problem);
                    if (problem is not null) return problem;
                    if (last <= day || last.DayNumber - day.DayNumber > 31) return Refuse("import-plan-time-range", text);
                    for (var next = day.AddDays(1); next <= last; next = next.AddDays(1)) days.Add(next);
                    range = true;
                }

                if (!(Is("list") && _at + 1 < _tokens.Count && IsDay(_tokens[_at + 1]))) break;
                _at++;
            }

            return null;
        }

        private static bool IsDay(Match token) => token.Groups["date"].Success || token.Groups["iso"].Success || token.Groups["slash"].Success;

        private bool Day(out DateOnly day, out Problem? problem)
        {
            (day, problem) = (default, null);
            if (_at >= _tokens.Count || !IsDay(_tokens[_at])) return false;
            var token = _tokens[_at++];
            var numbers = token.Groups["date"].Success
                ? [Number(token, "y"), Number(token, "m"), Number(token, "d")]
                : token.Value.Split('-', '/', '.').Select(n => (int?)int.Parse(n, CultureInfo.InvariantCulture)).ToArray();
            if (numbers.Length == 2) numbers = [null, .. numbers];
            var m = numbers[1] ?? _lastDay?.Month ?? month;
            var y = numbers[0] ?? (_lastDay is { } last && numbers[1] is null ? last.Year : YearOf(m));
            if (m is < 1 or > 12 || y is < 2000 or > 2199 || numbers[2]!.Value < 1 || numbers[2]!.Value > DateTime.DaysInMonth(y, m))
                problem = Refuse("import-plan-time-no-such-day", text);
            else if (Math.Abs(((y * 12) + m) - ((year * 12) + month)) > 1) problem = new Problem("import-plan-time-other-month", "starts_at", new { text, year, month });
            else _lastDay = day = new DateOnly(y, m, numbers[2]!.Value);

            return true;
        }

        private int YearOf(int m) => (m - month) switch
        {
            > 6 => year - 1,
            < -6 => year + 1,
            _ => year,
        };

        private static int? Number(Match token, string group) =>
            token.Groups[group].Success ? int.Parse(token.Groups[group].Value, CultureInfo.InvariantCulture) : null;

        /// <summary>From one time to another, on each of the days.</summary>
        private Problem? Span(List<DateOnly> days, bool undividedRange, bool first)
        {
            var from = Time(out _, out var half);
            if (from is null) return Refuse("import-plan-time-no-such-hour", text);
            if (!Skip("dash")) return Refuse("import-plan-time-hours-missing", text);
            Skip("daily");
            DateOnly? lastDay = null;
            if (_at < _tokens.Count && IsDay(_tokens[_at]))
            {
                Day(out var day, out var problem);
                if (problem is not null) return problem;
                if (days.Count > 1 || !first) return Refuse("import-plan-time-ambiguous", text);
                lastDay = day;
            }

            if (!Is("time")) return Refuse("import-plan-time-hours-missing", text);
            var to = Time(out var next, out _, half);
            if (to is null || from.Value == TimeSpan.FromDays(1)) return Refuse("import-plan-time-no-such-hour", text);
            if (undividedRange) return Refuse("import-plan-time-ambiguous", text);
            foreach (var day in days)
            {
                var start = day.ToDateTime(TimeOnly.MinValue) + from.Value;
                var end = (lastDay ?? day).ToDateTime(TimeOnly.MinValue) + to.Value + (next ? TimeSpan.FromDays(1) : TimeSpan.Zero);
                if (end <= start) return Refuse("import-plan-time-backwards", text);
                _windows.Add(new PlanWindow(LocalTimes.At(start, zone), LocalTimes.At(end, zone)));
            }

            return null;
        }

        private TimeSpan? Time(out bool next, out string half, string? before = null)
        {
            (next, half) = (false, "");
            if (!Is("time")) return null;
            var token = _tokens[_at++];
            next = token.Groups["next"].Success;
            half = token.Groups["half"].Value;
            var hour = Number(token, "h")!.Value;
            var minute = token.Groups["min"].Value switch
            {
                "" => 0,
                "半" => 30,
                var digits => int.Parse(digits, CultureInfo.InvariantCulture),
            };
            // "下午2:00-6:00": the end is in the afternoon too.
            var part = half.Length > 0 || next ? half : before;
            if (part is "下午" or "晚上" or "晚" && hour < 12) hour += 12;

            return minute > 59 || hour > 24 || (hour == 24 && minute > 0) ? null : new TimeSpan(hour, minute, 0);
        }

        private bool Is(string kind) => _at < _tokens.Count && _tokens[_at].Groups[kind].Success;

        private bool Skip(string kind)
        {
            if (!Is(kind)) return false;
            _at++;

            return true;
        }
    }
}
