using System.Globalization;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>What is said in a call.</summary>
public sealed record CallText(string Language, SpokenText Text, CallKeys Keys);

/// <summary>Finds what a call under way has to say, for an exchange that asks once somebody has answered.</summary>
public sealed class CallTexts
{
    private readonly Func<NoticesDb> _open;
    private readonly RoundTexts _texts;
    private readonly PersonalFill _fill;

    internal CallTexts(Func<NoticesDb> open, RoundTexts texts, PersonalFill fill) => (_open, _texts, _fill) = (open, texts, fill);

    /// <returns>Null where there is no such call of ours.</returns>
    public async Task<CallText?> FindAsync(long delivery, CancellationToken cancellationToken)
    {
        var found = await DeliverySql.ReadAsync(
            _open,
            async sql =>
            {
                await using var find = sql.Command($"SELECT text_id, place_name, accounts, {DeliveryQueue.BackupStays} FROM deliveries WHERE id = @id AND medium = 'Voice' AND attempts > 0");
                await using var row = await find.With("@id", delivery).ExecuteReaderAsync(cancellationToken);

                return await row.ReadAsync(cancellationToken)
                    ? (TextId: row.GetInt64(0), Place: row.IsDBNull(1) ? null : row.GetString(1), Accounts: row.GetString(2), BackupStays: !row.IsDBNull(3) && Convert.ToInt32(row.GetValue(3), CultureInfo.InvariantCulture) == 1)
                    : ((long TextId, string? Place, string Accounts, bool BackupStays)?)null;
            },
            cancellationToken);
        if (found is not { } call || (await _texts.LoadAsync([call.TextId], cancellationToken)).GetValueOrDefault(call.TextId) is not { } text) return null;

        return new CallText(text.Language, SpokenText.Of(_fill(text.Body, call.Place, call.Accounts, call.BackupStays)), text.Variant == RoundText.Relay ? CallKeys.ToldOrNot : CallKeys.ConfirmOrAgain);
    }
}
