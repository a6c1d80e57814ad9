return await Notices.Commands.CommandLine.RunAsync(args);
