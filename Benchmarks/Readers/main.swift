await ReaderBenchmark.run(Array(CommandLine.arguments.dropFirst()))
