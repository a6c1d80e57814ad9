using System.Net;
using System.Text.RegularExpressions;

namespace Notices.Access;

/// <summary>Fills in forms as a browser without script does: keeps cookies, sends back what is hidden, follows no redirect by itself.</summary>
internal sealed partial class Browser : IDisposable
{
    private readonly HttpClient _client;

    internal Browser(Uri address) =>
        _client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = Cookies }) { BaseAddress = address, DefaultRequestHeaders = { { "Accept-Language", "en" }, { "Accept", "text/html" } } };

    internal CookieContainer Cookies { get; } = new();

    internal string Page { get; private set; } = "";

    /// <param name="path">Of the service, or an address elsewhere.</param>
    internal async Task<(HttpStatusCode Status, string? Location)> GoAsync(string path)
    {
        using var answer = await _client.GetAsync(new Uri(path, UriKind.RelativeOrAbsolute));

        return await ReadAsync(answer);
    }

    /// <summary>Sends the form of the page shown to its address, or to another.</summary>
    internal async Task<(HttpStatusCode Status, string? Location)> SendAsync(string path, params (string Name, string Value)[] fields)
    {
        var all = Hidden().Matches(Page).ToDictionary(match => match.Groups[1].Value, match => WebUtility.HtmlDecode(match.Groups[2].Value));
        foreach (var (name, value) in fields) all[name] = value;
        using var form = new FormUrlEncodedContent(all);
        using var answer = await _client.PostAsync(new Uri(path, UriKind.Relative), form);

        return await ReadAsync(answer);
    }

    internal async Task<string?> SignInAsync(string name, string password)
    {
        await GoAsync("/sign-in");

        return (await SendAsync("/sign-in", ("name", name), ("password", password))).Location;
    }

    public void Dispose() => _client.Dispose();

    private async Task<(HttpStatusCode, string?)> ReadAsync(HttpResponseMessage answer)
    {
        Page = await answer.Content.ReadAsStringAsync();

        return (answer.StatusCode, answer.Headers.Location?.ToString());
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex Hidden();
}
