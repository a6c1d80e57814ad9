namespace Notices.Deliveries;

/// <summary>What became of one letter.</summary>
/// <param name="Receipt">The number on the letter.</param>
/// <param name="Result">A word of <see cref="LetterWords"/>.</param>
/// <param name="At">When; now where left out.</param>
/// <param name="By">Who carried it; asked for where it was handed over, left or refused.</param>
/// <param name="To">Into whose hands.</param>
/// <param name="Witness">Who saw that it was offered and refused.</param>
/// <param name="SignedFor">The receipt is signed.</param>
public sealed record EnterLetterOutcome(string? Receipt = null, string? Result = null, DateTimeOffset? At = null, string? By = null, string? To = null, string? Witness = null, bool SignedFor = false, string? Note = null);

/// <summary>A batch of them: all are written, or none.</summary>
public sealed record EnterLetterOutcomes(IReadOnlyList<EnterLetterOutcome>? Outcomes = null);

/// <summary>What came of a batch.</summary>
/// <param name="Repeated">Said before: no effect.</param>
public sealed record LetterOutcomesEntered(int Entered, int Repeated);

/// <summary>Who handed a letter over to whom, before whom. The attempt of the same number has their digest, so that a name changed later is found by whoever holds the key;
/// the names themselves are erased at their time.</summary>
public sealed class LetterNames
{
    public long DeliveryId { get; set; }

    /// <summary>Of the attempt.</summary>
    public short Number { get; set; }

    public string? CarriedBy { get; set; }

    public string? HandedTo { get; set; }

    public string? Witness { get; set; }

    public string? Note { get; set; }
}

/// <summary>An outcome as it was read, good in itself.</summary>
/// <param name="At">By the zone of the letter's organisation and now; null is now.</param>
internal sealed record LetterOutcome(long Delivery, string Result, Func<TimeZoneInfo, DateTimeOffset>? At, string? By, string? To, string? Witness, bool SignedFor, string? Note)
{
    private const int LongestName = 100, LongestNote = 500;

    /// <summary>Looks at one outcome alone.</summary>
    internal static Result<LetterOutcome> Read(EnterLetterOutcome entered, Func<TimeZoneInfo, DateTimeOffset>? at)
    {
        var problems = new List<Problem>();
        var (delivery, result) = (LetterNumber.Read(entered.Receipt), LetterWords.Read(entered.Result));
        var (by, to, witness, note) = (Text(entered.By, "by", LongestName), Text(entered.To, "to", LongestName), Text(entered.Witness, "witness", LongestName), Text(entered.Note, "note", LongestNote));
        if (delivery is null) problems.Add(new Problem("letter-number-wrong", "receipt", new { receipt = entered.Receipt ?? "" }));
        if (result is null) problems.Add(new Problem("letter-result-unknown", "result", new { result = entered.Result ?? "", allowed = string.Join(", ", LetterWords.Results) }));
        if (by is null && result is LetterWords.HandedOver or LetterWords.Left or LetterWords.Refused) problems.Add(new Problem("letter-carrier-missing", "by"));
        if (witness is null && result == LetterWords.Refused) problems.Add(new Problem("letter-witness-missing", "witness"));
        if (entered.SignedFor && result is not (null or LetterWords.HandedOver)) problems.Add(new Problem("letter-signed-by-nobody", "signedFor"));

        return problems.Count > 0 ? problems : new LetterOutcome(delivery!.Value, result!, at, by, to, witness, entered.SignedFor, note);

        string? Text(string? text, string field, int longest)
        {
            text = string.IsNullOrWhiteSpace(text) ? null : text.Trim();
            if (text?.Length > longest) problems.Add(new Problem("letter-text-too-long", field, new { most = longest }));

            return text;
        }
    }

    internal bool HasNames => By is not null || To is not null || Witness is not null || Note is not null;

    /// <summary>What the digest is taken of.</summary>
    internal string Names => string.Join('\n', By, To, Witness, Note);
}
