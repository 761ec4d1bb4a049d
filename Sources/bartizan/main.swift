import BartizanCLI

await CommandLineRun.run(Array(CommandLine.arguments.dropFirst()))
