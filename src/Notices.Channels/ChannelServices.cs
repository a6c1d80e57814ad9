using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Notices.Channels.Sandbox;
using Notices.Deliveries;

namespace Notices.Channels;

/// <summary>The list of channels.</summary>
public static class ChannelServices
{
    /// <summary>One line a channel. A configured provider makes its own instance from <c>Providers:NAME</c>.</summary>
    public static IServiceCollection AddChannels(this IServiceCollection services)
    {
        services.AddSingleton<SandboxOutbox>().AddSingleton<SandboxRules>();
        services.AddChannel<SandboxChannel>("sandbox", SandboxChannel.Create);
        services.AddChannel<Email.EmailChannel>("email", Email.EmailChannel.Create);
        services.AddChannel<TwilioSms.TwilioSmsChannel>("twilio-sms", TwilioSms.TwilioSmsChannel.Create);
        services.AddChannel<TwilioVoice.TwilioVoiceChannel>("twilio-voice", TwilioVoice.TwilioVoiceChannel.Create);
        services.AddChannel<ManualCalls.ManualCallsChannel>("manual-calls", (_, _) => new ManualCalls.ManualCallsChannel());
        services.AddChannel<Kannel.KannelChannel>("kannel", Kannel.KannelChannel.Create);
        services.AddChannel<HttpGateway.HttpGatewayChannel>("http-gateway", HttpGateway.HttpGatewayChannel.Create);

        return services;
    }

    private static void AddChannel<T>(this IServiceCollection services, string name, Func<IServiceProvider, ProviderSettings, T> create)
        where T : IChannel => services.AddSingleton(new ChannelKind(name, typeof(T), (provider, settings) => create(provider, settings)));
}
