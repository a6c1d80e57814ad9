using Microsoft.Extensions.Configuration;
using Notices.Audit;
using Notices.Feeds;
using Notices.Storage;

namespace Notices;

/// <summary>Every setting of Core, read once and checked at start; a wrong value stops the host with a sentence that names it.</summary>
public sealed class NoticesOptions
{
    /// <summary>The folder that holds <c>templates/</c> and <c>config/</c>; beside the program unless set.</summary>
    public string Home { get; set; } = AppContext.BaseDirectory;

    public StorageOptions Database { get; set; } = new();

    public AuditOptions Audit { get; set; } = new();

    public PolicySettings Policy { get; set; } = new();

    public PublicOptions Public { get; set; } = new();

    public CustomerOptions Customers { get; set; } = new();

    public Audience.WatchOptions Watch { get; set; } = new();

    public Retention.RetentionOptions Retention { get; set; } = new();

    public Operation.OperationOptions Operation { get; set; } = new();

    public Replies.ReplyOptions Replies { get; set; } = new();

    public Subscriptions.SubscriptionOptions Subscriptions { get; set; } = new();

    public Access.SignInOptions SignIn { get; set; } = new();

    /// <summary>Binds and checks.</summary>
    /// <exception cref="SettingsException">Something is wrong; the message has a line for each.</exception>
    public static NoticesOptions From(IConfiguration configuration)
    {
        var options = configuration.Get<NoticesOptions>() ?? new NoticesOptions();
        var faults = options.Faults().ToList();

        return faults.Count == 0 ? options : throw new SettingsException(faults);
    }

    private IEnumerable<string> Faults()
    {
        if (!Directory.Exists(Path.Combine(Home, "templates"))) yield return $"Home is '{Home}', which has no folder templates; it must name the folder that holds templates and config.";
        foreach (var fault in Database.Faults().Concat(Audit.Faults()).Concat(Public.Faults()).Concat(Watch.Faults()).Concat(Retention.Faults()).Concat(Operation.Faults()).Concat(Replies.Faults()).Concat(Subscriptions.Faults()).Concat(SignIn.Faults())) yield return fault;
    }
}

public sealed class PolicySettings
{
    /// <summary>Name of a file of <c>config/policy</c>.</summary>
    public string Jurisdiction { get; set; } = "cn";
}

public sealed class CustomerOptions
{
    /// <summary>Default region of phone numbers, ISO 3166 (CN, GB, TW).</summary>
    public string Region { get; set; } = "CN";
}

/// <summary>The settings are wrong; every fault is a line of the message.</summary>
public sealed class SettingsException(IReadOnlyList<string> faults) : Exception(string.Join(Environment.NewLine, faults))
{
    public IReadOnlyList<string> Faults { get; } = faults;
}
