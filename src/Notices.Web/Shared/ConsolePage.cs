using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;
using Notices.Access;
using Notices.Setup;

namespace Notices.Shared;

/// <summary>A page of the console: asks Core in process, each question in a scope of its own, since a page lives longer than a unit of work may.</summary>
public abstract class ConsolePage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _gone = new();

    [Inject]
    protected NavigationManager Navigation { get; set; } = null!;

    [Inject]
    protected ISnackbar Snackbar { get; set; } = null!;

    [Inject]
    private IServiceScopeFactory Scopes { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> SignedIn { get; set; } = null!;

    [CascadingParameter]
    protected ConsoleFrame Frame { get; set; } = null!;

    /// <summary>Who works here.</summary>
    protected Actor Actor { get; private set; } = new("anonymous", new HashSet<Role>(), "-");

    protected bool IsLive => RendererInfo.IsInteractive;

    protected override async Task OnParametersSetAsync() => Actor = (await SignedIn).User.ToActor();

    /// <summary>Asks a service of Core as whoever is signed in now.</summary>
    protected async Task<T> AskAsync<TDesk, T>(Func<TDesk, Actor, CancellationToken, Task<T>> ask)
        where TDesk : notnull
    {
        Actor = (await SignedIn).User.ToActor();
        await using var scope = Scopes.CreateAsyncScope();

        return await ask(scope.ServiceProvider.GetRequiredService<TDesk>(), Actor, _gone.Token);
    }

    /// <summary>An act of this page is under way; its buttons are off.</summary>
    protected bool IsBusy { get; private set; }

    /// <summary>Does it, unless something is being done: a second click of a double one.</summary>
    protected async Task OnceAsync(Func<Task> act)
    {
        if (IsBusy) return;

        IsBusy = true;
        try
        {
            await act();
        }
        finally
        {
            IsBusy = false;
        }
    }

    /// <summary>Looks again every so often while the page is open; a look that fails is followed by the next.</summary>
    protected async Task WatchAsync(TimeSpan every, Func<Task> look)
    {
        if (!IsLive) return;

        using var timer = new PeriodicTimer(every);
        try
        {
            while (await timer.WaitForNextTickAsync(_gone.Token))
            {
                await InvokeAsync(async () =>
                {
                    await look();
                    StateHasChanged();
                });
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
        catch (Exception fault)
        {
            await DispatchExceptionAsync(fault);
        }
    }

    protected string Say(string code, object? values = null) => Frame.Say(code, values);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing) return;

        _gone.Cancel();
        _gone.Dispose();
    }
}
