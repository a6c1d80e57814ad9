using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Notices.Channels.Sandbox;
using Notices.Deliveries;
using Notices.Speech;

namespace Notices.Channels;

/// <summary>The list of channels.</summary>
public static class ChannelServices
{
    /// <summary>One line a channel. A configured provider makes its own instance from <c>Providers:NAME</c>.</summary>
    public static IServiceCollection AddChannels(this IServiceCollection services)
    {
        services.AddSingleton<IHookProbe, HookProbe>();
        services.AddSingleton(Speech.SpeechMaker.Create).AddSingleton<ISpeech>(provider => provider.GetRequiredService<Speech.SpeechMaker>());
        services.AddSingleton<SandboxOutbox>().AddSingleton<SandboxRules>();
        services.AddChannel<SandboxChannel>("sandbox", SandboxChannel.Create, Medium.Sms, Medium.Voice);
        services.AddChannel<Email.EmailChannel>("email", Email.EmailChannel.Create, Medium.Email);
        services.AddChannel<TwilioSms.TwilioSmsChannel>("twilio-sms", TwilioSms.TwilioSmsChannel.Create, Medium.Sms);
        services.AddChannel<TwilioVoice.TwilioVoiceChannel>("twilio-voice", TwilioVoice.TwilioVoiceChannel.Create, Medium.Voice);
        services.AddChannel<ManualCalls.ManualCallsChannel>("manual-calls", (_, _) => new ManualCalls.ManualCallsChannel(), Medium.Voice);
        services.AddChannel<Kannel.KannelChannel>("kannel", Kannel.KannelChannel.Create, Medium.Sms);
        services.AddChannel<HttpGateway.HttpGatewayChannel>("http-gateway", HttpGateway.HttpGatewayChannel.Create, Medium.Sms);

        return services;
    }

    /// <param name="media">All it can carry.</param>
    private static void AddChannel<T>(this IServiceCollection services, string name, Func<IServiceProvider, ProviderSettings, T> create, params Medium[] media)
        where T : IChannel => services.AddSingleton(new ChannelKind(name, typeof(T), (provider, settings) => create(provider, settings)) { Media = media });
}
