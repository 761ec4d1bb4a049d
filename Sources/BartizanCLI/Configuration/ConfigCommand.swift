import ArgumentParser

/// The group of commands about options that are not on the command line.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Options from a file and from variables.",
    discussion: """
      Options that are the same in each run stand in a file, .bartizan.yaml, which is found from the working folder \
      upwards, up to the root of the repository; or they are variables, BARTIZAN_FAIL_ON for --fail-on, \
      BARTIZAN_IMAGE_SCAN_FAIL_ON for that of `image scan` alone. The command line counts before variables, and those \
      before the file.

      A file that is found may say how the input is judged and shown. Where credentials are, who is asked, what is \
      written and what is run is left to files that are named: BARTIZAN_CONFIG, or --config.
      """, subcommands: [ConfigShowCommand.self])
}
