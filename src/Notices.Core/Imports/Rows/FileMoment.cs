using System.Globalization;

namespace Notices.Imports;

/// <summary>A moment as a file writes it: an instant, or a day or a time of day in the zone of an organisation that the row alone does not tell.</summary>
public sealed record FileMoment
{
    private static readonly string[] Days = ["yyyy-MM-dd", "yyyy/M/d", "yyyy年M月d日"];

    private static readonly string[] Times = ["yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy/M/d H:mm", "yyyy年M月d日H:mm"];

    private DateTimeOffset? Instant { get; init; }

    private DateTime Local { get; init; }

    private bool WholeDay { get; init; }

    internal static bool TryParse(string text, RowSettings settings, out FileMoment? moment)
    {
        moment = null;
        if (LocalTimes.TryParse(text, settings.TimeFormats, settings.Zone, out var instant)) moment = new FileMoment { Instant = instant };
        else if (DateTime.TryParseExact(text, Days, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) moment = new FileMoment { Local = day, WholeDay = true };
        else if (DateTime.TryParseExact(text, Times, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) moment = new FileMoment { Local = time };

        return moment is not null;
    }

    /// <summary>When it begins; a day begins at its midnight.</summary>
    internal DateTimeOffset Start(TimeZoneInfo zone) => (Instant ?? LocalTimes.At(Local, zone)).ToUniversalTime();

    /// <summary>Until when, this moment being the last: a day counts to its end.</summary>
    internal DateTimeOffset End(TimeZoneInfo zone) => WholeDay ? LocalTimes.At(Local.AddDays(1), zone).ToUniversalTime() : Start(zone);
}
