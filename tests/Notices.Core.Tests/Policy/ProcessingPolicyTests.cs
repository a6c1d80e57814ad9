using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Notices.Deliveries;
using Notices.Policy;
using Xunit;
using static Notices.Tests.Policy.Policies;

namespace Notices.Tests.Policy;

public sealed class ProcessingPolicyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("notices-processing-").FullName;

    public ProcessingPolicyTests()
    {
        foreach (var part in new[] { "policy", "holidays" })
        {
            Directory.CreateDirectory(Path.Combine(_folder, part));
            File.Copy(Path.Combine(ConfigFolder, part, "cn.json"), Path.Combine(_folder, part, "cn.json"));
        }
    }

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public void Where_the_policy_names_countries_every_provider_must_say_one_of_them()
    {
        var policy = Load("""{ "countries": ["CN", "HK"], "source": "个人信息保护法第三十八条" }""").Value!;
        ProviderDirectory providers = new([Of("home", "CN"), Of("near", "HK"), Of("abroad", "US"), Of("silent", null)], TimeProvider.System);

        Assert.Equal(
            [
                "Providers:abroad processes data in US; config/policy/cn.json allows CN, HK alone (个人信息保护法第三十八条). Use another provider, or set Providers:abroad:Country if it is processed elsewhere by contract.",
                "Providers:silent:Country is missing; config/policy/cn.json allows data to be processed in CN, HK alone (个人信息保护法第三十八条), so every provider must say where it does.",
            ],
            ProcessingPolicy.Faults(policy, providers));
        // Left out, anywhere will do.
        Assert.Null(China.Processing);
        Assert.Empty(ProcessingPolicy.Faults(China, providers));
    }

    [Theory]
    [InlineData("""{ "countries": ["CN"] }""", "policy-source-missing", "processing.source")]
    [InlineData("""{ "countries": [], "source": "x" }""", "policy-value-wrong", "processing.countries")]
    [InlineData("""{ "countries": ["China"], "source": "x" }""", "policy-value-wrong", "processing.countries[0]")]
    [InlineData("""{ "countries": ["CN", "QQ"], "source": "x" }""", "policy-value-wrong", "processing.countries[1]")]
    [InlineData("""{ "source": "x" }""", "policy-value-missing", "processing.countries")]
    [InlineData("""{ "countries": ["CN"], "source": "x", "county": 1 }""", "policy-unknown-member", "processing.county")]
    public void A_rule_that_is_wrong_does_not_load(string processing, string code, string field)
    {
        var problem = Assert.Single(Load(processing).Problems);

        Assert.Equal((code, field), (problem.Code, problem.Field));
    }

    [Theory]
    [InlineData(null, "DE")] // what the channel knows of itself
    [InlineData("CN", "CN")]
    public void A_provider_processes_where_its_setting_says_or_else_its_channel(string? setting, string country)
    {
        var directory = Providers(setting);

        Assert.Equal(country, directory.Providers.Single().Country);
    }

    [Fact]
    public void A_country_that_is_none_stops_the_start() =>
        Assert.Equal("Providers:p:Country is \"cn\"; it must be an ISO 3166 code of two capitals, such as CN.", Assert.Throws<OptionsValidationException>(() => Providers("cn")).Failures.Single());

    private static ProviderDirectory Providers(string? country) => ProviderDirectory.Create(
        new ConfigurationBuilder().AddInMemoryCollection([new("p:Channel", "german"), new("p:Country", country)]).Build(), [new ChannelKind("german", typeof(GermanChannel), (_, _) => new GermanChannel())],
        new ServiceCollection().BuildServiceProvider(), TimeProvider.System);

    private static Provider Of(string name, string? country) => new(name, new GermanChannel(), new HashSet<Medium> { Medium.Sms }, 1) { Country = country };

    private Result<PolicyOptions> Load(string processing)
    {
        var path = Path.Combine(_folder, "policy", "cn.json");
        var root = JsonNode.Parse(File.ReadAllText(path))!;
        root["processing"] = JsonNode.Parse(processing);
        File.WriteAllText(path, root.ToJsonString());

        return PolicyFile.Load(_folder, "cn");
    }

    private sealed class GermanChannel : IChannel, IProcessesIn
    {
        public string Name => "german";

        public IReadOnlySet<Medium> Media { get; } = new HashSet<Medium> { Medium.Sms };

        public string? Country => "DE";

        public Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
