using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Notices.Audit;
using Notices.Deliveries;
using Xunit;

namespace Notices.Channels;

public class ChannelServicesTests
{
    [Fact]
    public void Every_channel_class_is_in_the_list_under_the_name_it_gives_itself()
    {
        var classes = typeof(ChannelServices).Assembly.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IChannel)));
        using var services = Services();
        var listed = services.GetServices<ChannelKind>().ToList();

        Assert.Equal(classes.OrderBy(type => type.Name), listed.Select(kind => kind.Type).OrderBy(type => type.Name));
        Assert.Equal(listed.Count, listed.Select(kind => kind.Name).Distinct().Count());
    }

    [Fact]
    public async Task Configured_providers_are_made_with_media_and_weight()
    {
        await using var services = Services();
        await using var directory = ProviderDirectory.Create(
            Section(("one:Channel", "sandbox"), ("one:Weight", "3"), ("two:Channel", "sandbox"), ("two:Media", "voice"), ("mail:Channel", "email"), ("mail:Host", "localhost"), ("mail:From", "a@example.org"), ("mail:MessagesPerSecond", "2.5"), ("two:CallsAtOnce", "30"), ("two:Weight", "0")),
            services.GetServices<ChannelKind>(), services, TimeProvider.System);

        Assert.Equal(["mail", "one", "two"], directory.Providers.Select(provider => provider.Name).Order());
        Assert.Equal([Medium.Sms, Medium.Voice, Medium.Email], directory.Media.Order());
        Assert.Equal([("mail", 1), ("one", 3), ("two", 0)], directory.Providers.Select(provider => (provider.Name, provider.Weight)).Order());
        Assert.Equal((2.5, 30), (directory.Find("mail")!.Limits.MessagesPerSecond, directory.Find("two")!.Limits.CallsAtOnce));
        Assert.Equal("email", directory.Find("mail")!.Channel.Name);
        Assert.All(directory.Providers, provider => Assert.Contains(services.GetServices<ChannelKind>(), kind => kind.Name == provider.Channel.Name));
    }

    [Fact]
    public void Everything_wrong_in_the_settings_is_said_at_once_in_sentences()
    {
        using var services = Services();
        var fault = Assert.Throws<OptionsValidationException>(() => ProviderDirectory.Create(
            Section(
                ("a:Channel", "pigeon"), ("b:Channel", "sandbox"), ("b:Weight", "1001"), ("c:Channel", "sandbox"), ("c:BaseAddress", "nowhere"), ("c:Rules:1", "explode"),
                ("d:Channel", "email"), ("d:Port", "70000"), ("d:Security", "maybe"), ("d:User", "u"), ("d:AuthorityFile", "/none.pem"), ("e:Channel", "sandbox"), ("e:Media", "smoke"),
                ("f:Channel", "sandbox"), ("f:MessagesPerSecond", "0"), ("f:CallsPerSecond", "-1"), ("f:Concurrency", "0"), ("f:CallsAtOnce", "some"), ("f:SlowAfter", "never"), ("no name:Channel", "sandbox")),
            services.GetServices<ChannelKind>(), services, TimeProvider.System));

        Assert.Equal(17, fault.Failures.Count());
        Assert.Contains($"Providers:a:Channel is \"pigeon\"; the channels are {string.Join(", ", services.GetServices<ChannelKind>().Select(kind => kind.Name).Order(StringComparer.Ordinal))}.", fault.Failures);
        Assert.Contains(fault.Failures, sentence => sentence.StartsWith("Providers:d:Password is missing", StringComparison.Ordinal));
        Assert.All(fault.Failures, sentence => Assert.Matches("^Providers:([a-f]|no name).*[.)]$", sentence));
    }

    internal static ServiceProvider Services() => new ServiceCollection().AddChannels().AddSingleton(new DeliveryMarks(AuditOptions.Fresh())).AddSingleton(TimeProvider.System).AddKeyedSingleton("machine", TimeProvider.System).BuildServiceProvider();

    internal static IConfiguration Section(params IEnumerable<(string Key, string Value)> values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))).Build();
}
