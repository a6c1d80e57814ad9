using Microsoft.Extensions.Logging.Console;

namespace Notices.Operation;

/// <summary>Lines for people or JSON for programs, as <c>Logging:Format</c> says; both without personal data.</summary>
internal static class Logs
{
    private const string Setting = "Logging:Format";

    /// <exception cref="SettingsException">There is no such format.</exception>
    internal static void AddLogs(this WebApplicationBuilder builder)
    {
        var format = builder.Configuration[Setting] is { Length: > 0 } given ? given : "text";
        if (format is not ("text" or "json")) throw new SettingsException([$"{Setting} is '{format}'; it must be text or json."]);

        builder.Logging.ClearProviders();
        builder.Logging.Configure(logging => logging.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        builder.Logging.Services.AddSingleton<ConsoleFormatter>(new MaskingFormatter(BuiltIn(format)));
        builder.Logging.AddConsole(console => console.FormatterName = MaskingFormatter.FormatterName);
    }

    internal static ConsoleFormatter BuiltIn(string format)
    {
        var services = new ServiceCollection().AddLogging(logging =>
        {
            logging.AddSimpleConsole();
            logging.AddJsonConsole(json => (json.IncludeScopes, json.UseUtcTimestamp, json.TimestampFormat) = (true, true, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
        });
        var name = format == "json" ? ConsoleFormatterNames.Json : ConsoleFormatterNames.Simple;

        return services.BuildServiceProvider().GetServices<ConsoleFormatter>().First(formatter => formatter.Name == name);
    }
}
