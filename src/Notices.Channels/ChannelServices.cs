using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
namespace Notices.Channels;
public static class ChannelServices
{
    public static IServiceCollection AddChannels(this IServiceCollection services, IConfiguration configuration) => services;
}
