namespace Notices.Shared;

/// <summary>Keeps what is typed once nothing more is for a moment, one saving after the other, so that a page that is lost has lost nothing.</summary>
/// <param name="save">Saves what stands there; runs on the page's own thread.</param>
/// <param name="fail">Told of a fault of ours, which nobody waits for.</param>
internal sealed class DraftKeeper(Func<Task> save, Func<Exception, Task> fail) : IDisposable
{
    /// <summary>Machine time without another key before a draft is kept.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(600);

    private readonly SemaphoreSlim _saving = new(1, 1);
    private int _change;

    /// <summary>Something was typed.</summary>
    internal void Soon() => _ = AfterPauseAsync(++_change);

    /// <summary>What was typed last is kept now and not in a moment.</summary>
    internal async Task NowAsync()
    {
        _change++;
        await SaveAsync();
    }

    private async Task AfterPauseAsync(int change)
    {
        try
        {
            await Task.Delay(Pause, TimeProvider.System);
            if (change == _change) await SaveAsync();
        }
        catch (Exception fault)
        {
            await fail(fault);
        }
    }

    private async Task SaveAsync()
    {
        await _saving.WaitAsync();
        try
        {
            await save();
        }
        finally
        {
            _saving.Release();
        }
    }

    public void Dispose() => _saving.Dispose();
}
