import Glibc

exit(await EventStoringBenchmark.run(CommandLine.arguments.dropFirst().map { $0 }))
