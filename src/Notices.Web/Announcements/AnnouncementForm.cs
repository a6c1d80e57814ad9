using Notices.Outages;
using Notices.Words;

namespace Notices.Announcements;

/// <summary>An announcement as it is typed: times in the organisation's zone, places one a line.</summary>
public sealed class AnnouncementForm
{
    public string Organisation { get; set; } = "";

    public string TitleChinese { get; set; } = "";

    public string TitleEnglish { get; set; } = "";

    public string BodyChinese { get; set; } = "";

    public string BodyEnglish { get; set; } = "";

    public string PublishAt { get; set; } = "";

    public string ExpiresAt { get; set; } = "";

    public string Places { get; set; } = "";

    /// <summary>Nothing yet that would be lost.</summary>
    public bool IsEmpty => string.Concat(TitleChinese, TitleEnglish, BodyChinese, BodyEnglish).Trim().Length == 0;

    public void Take(AnnouncementView view)
    {
        (Organisation, TitleChinese, TitleEnglish) = (view.Organisation, view.Title.Chinese, view.Title.English);
        (BodyChinese, BodyEnglish, Places) = (view.Body.Chinese, view.Body.English, string.Join('\n', view.Places));
        (PublishAt, ExpiresAt) = (view.PublishAt?.ToString(PlanForm.Local, null) ?? "", view.ExpiresAt?.ToString(PlanForm.Local, null) ?? "");
    }

    public WriteAnnouncement ToText(TimeZoneInfo zone) => new()
    {
        Organisation = Organisation,
        Title = new LocalText(TitleChinese, TitleEnglish),
        Body = new LocalText(BodyChinese, BodyEnglish),
        PublishAt = PlanForm.Read(PublishAt, zone),
        ExpiresAt = PlanForm.Read(ExpiresAt, zone),
        Places = Places.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
    };
}
