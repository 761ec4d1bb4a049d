await NodeReviewBenchmark.run(Array(CommandLine.arguments.dropFirst()))
