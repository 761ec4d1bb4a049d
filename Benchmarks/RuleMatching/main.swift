import Glibc

exit(RuleBenchmark.run(CommandLine.arguments.dropFirst().map { $0 }))
