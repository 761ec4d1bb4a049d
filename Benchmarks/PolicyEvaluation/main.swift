import Glibc

exit(PolicyBenchmark.run(CommandLine.arguments.dropFirst().map { $0 }))
