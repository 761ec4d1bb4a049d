import Glibc

exit(EventBenchmark.run(CommandLine.arguments.dropFirst().map { $0 }))
