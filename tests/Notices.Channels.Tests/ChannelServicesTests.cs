using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
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
            Section(("one:Channel", "sandbox"), ("one:Weight", "3"), ("two:Channel", "sandbox"), ("two:Media", "voice"), ("mail:Channel", "email"), ("mail:Host", "localhost"), ("mail:From", "a@example.org")),
            services.GetServices<ChannelKind>(), services);

        Assert.Equal(["mail", "one", "two"], directory.Providers.Select(provider => provider.Name).Order());
        Assert.Equal([Medium.Sms, Medium.Voice, Medium.Email], directory.Media.Order());
        Assert.Equal("one", directory.Pick(Medium.Sms, 7, 1)!.Name);
        Assert.Equal((75, 25), (Share(directory, "one"), Share(directory, "two")));
        Assert.Null(directory.Pick(Medium.Paper, 7, 1));
        Assert.Equal("email", directory.Find("mail")!.Channel.Name);
        Assert.All(directory.Providers, provider => Assert.Contains(services.GetServices<ChannelKind>(), kind => kind.Name == provider.Channel.Name));
    }

    [Fact]
    public void Everything_wrong_in_the_settings_is_said_at_once_in_sentences()
    {
        using var services = Services();
        var fault = Assert.Throws<OptionsValidationException>(() => ProviderDirectory.Create(
            Section(
                ("a:Channel", "pigeon"), ("b:Channel", "sandbox"), ("b:Weight", "0"), ("c:Channel", "sandbox"), ("c:BaseAddress", "nowhere"), ("c:Rules:1", "explode"),
                ("d:Channel", "email"), ("d:Port", "70000"), ("d:Security", "maybe"), ("d:User", "u"), ("d:AuthorityFile", "/none.pem"), ("e:Channel", "sandbox"), ("e:Media", "paper")),
            services.GetServices<ChannelKind>(), services));

        Assert.Equal(11, fault.Failures.Count());
        Assert.Contains("Providers:a:Channel is \"pigeon\"; the channels are email, sandbox.", fault.Failures);
        Assert.Contains(fault.Failures, sentence => sentence.StartsWith("Providers:d:Password is missing", StringComparison.Ordinal));
        Assert.All(fault.Failures, sentence => Assert.Matches("^Providers:[a-e].*[.)]$", sentence));
    }

    internal static ServiceProvider Services() => new ServiceCollection().AddChannels().AddSingleton(TimeProvider.System).AddKeyedSingleton("machine", TimeProvider.System).BuildServiceProvider();

    internal static IConfiguration Section(params IEnumerable<(string Key, string Value)> values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))).Build();

    private static int Share(ProviderDirectory directory, string name) => Enumerable.Range(0, 100).Count(id => directory.Pick(Medium.Voice, id, 1)!.Name == name);
}
