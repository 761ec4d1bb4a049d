await SignatureBenchmark.run(Array(CommandLine.arguments.dropFirst()))
