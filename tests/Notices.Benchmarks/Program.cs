return await Notices.Benchmarks.Protocol.BenchmarkCommand.RunAsync(args);
