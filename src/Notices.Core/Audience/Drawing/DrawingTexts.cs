using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Notices.Deliveries;
using Notices.Publishing;
using Notices.Storage;

namespace Notices.Audience;

/// <summary>The texts of a round, each rendered once, when the first of its messages is drawn.</summary>
internal sealed class DrawingTexts(NoticesDb db, NoticeRenderer renderer, ILogger log)
{
    /// <summary>Sets <c>@medium</c>, <c>@chinese</c> and <c>@english</c>.</summary>
    /// <returns>False, after a loud line, when one cannot be written: the round waits.</returns>
    internal async Task<bool> ParametersAsync(Drawing drawing, Medium medium, string variant, Dictionary<string, object?> parameters, CancellationToken cancellationToken)
    {
        var texts = drawing.Texts ??= await db.RoundTexts.AsNoTracking().Where(text => text.RoundId == drawing.RoundId)
            .ToDictionaryAsync(text => (text.Language, text.Medium, text.Variant), text => text.Id, cancellationToken);
        var written = new List<RoundText>();
        foreach (var language in Words.Languages.All.Where(language => !texts.ContainsKey((language, medium, variant))))
        {
            var text = RoundTexts.Render(renderer, drawing.Facts, language, medium, variant);
            if (!text.Ok)
            {
                drawing.Unwritten = true;
                log.LogCritical("Round {Round} of {Notice} cannot be written: {Codes}", drawing.RoundId, drawing.Facts.Number, string.Join(", ", text.Problems.Select(problem => problem.Code)));

                return false;
            }

            text.Value!.RoundId = drawing.RoundId;
            written.Add(text.Value);
        }

        db.RoundTexts.AddRange(written);
        if (written.Count > 0) await db.SaveChangesAsync(cancellationToken);
        foreach (var text in written) texts[(text.Language, medium, variant)] = text.Id;
        parameters["@medium"] = medium.ToString();
        parameters["@chinese"] = texts[(Words.Languages.Chinese, medium, variant)];
        parameters["@english"] = texts[(Words.Languages.English, medium, variant)];

        return true;
    }
}
