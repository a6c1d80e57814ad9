using Microsoft.EntityFrameworkCore;
using Notices.Evidence;
using Notices.Testing;
using Xunit;

namespace Notices.Audit;

public sealed class CheckpointTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task The_head_is_signed_when_it_moved_and_only_then(DatabaseKind kind)
    {
        await using var record = await Record.CreateAsync(kind);
        await using var db = record.Open();
        Assert.Null(await record.Checkpoints(db).CurrentAsync(default));

        await record.SignAsync();
        await record.SignAsync();
        await record.AppendAsync();
        var newest = await record.SignAsync();

        Assert.Equal([10L, 11L], await db.Checkpoints.OrderBy(c => c.Id).Select(c => c.Sequence).ToListAsync());
        var file = (await record.Checkpoints(db).CurrentAsync(default))!;
        Assert.Equal((newest!.Sequence, newest.Hash, record.Signer.PublicKey), (file.Sequence, file.Hash, file.PublicKey));
        Assert.True(record.Signer.Verifies(CheckpointFile.Read(file.Write()).Value!));
    }

    [Fact]
    public async Task Nothing_is_signed_before_the_first_entry()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseKind.Sqlite);
        await using var db = database.Open();
        using var signer = new CheckpointSigner(AuditOptions.Fresh());

        Assert.Null(await new Checkpoints(db, TimeProvider.System, signer, Microsoft.Extensions.Logging.Abstractions.NullLogger<Checkpoints>.Instance).SignHeadAsync(default));
    }

    [Fact]
    public async Task After_a_change_of_key_what_the_old_one_signed_still_counts()
    {
        await using var record = await Record.CreateAsync(DatabaseKind.Sqlite);
        var signed = (await record.SignAsync())!;
        var options = AuditOptions.Fresh();
        using (var stranger = new CheckpointSigner(options)) Assert.False(stranger.Verifies(signed));
        options.FormerPublicKeys.Add(record.Signer.PublicKey);

        Assert.Empty(options.Faults());
        using var signer = new CheckpointSigner(options);
        Assert.True(signer.Verifies(signed));
        options.FormerPublicKeys.Add("AAAA");
        Assert.Single(options.Faults());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"checkpoint\":null}")]
    [InlineData("{\"sequence\":1,\"hash\":\"x\",\"at\":\"yesterday\",\"signature\":\"x\"}")]
    [InlineData("{\"sequence\":\"one\"}")]
    public void A_file_that_is_no_checkpoint_is_refused(string text) => Assert.Equal("checkpoint-unreadable", Assert.Single(CheckpointFile.Read(text).Problems).Code);
}
