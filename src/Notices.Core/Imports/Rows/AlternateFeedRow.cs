namespace Notices.Imports;

/// <summary>One span in which a transformer is fed by another line.</summary>
public sealed record AlternateFeedRow(string TransformerCode, string FedBy, string? FedBySection, FileMoment From, FileMoment? To)
{
    internal static Result<AlternateFeedRow> Parse(ImportRow row, RowSettings settings)
    {
        var cells = new Cells(row, AlternateFeedColumns.Names);
        var (transformer, feeder) = (cells.Required(AlternateFeedColumns.TransformerCode), cells.Required(AlternateFeedColumns.FedBy));
        cells.Required(AlternateFeedColumns.From);
        var (from, to) = (cells.Moment(AlternateFeedColumns.From, settings), cells.Moment(AlternateFeedColumns.To, settings));

        return cells.Problems is { } problems ? problems : new AlternateFeedRow(transformer, feeder, cells.Optional(AlternateFeedColumns.FedBySection), from!, to);
    }
}
