import ArgumentParser

struct KeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Keys to sign images with.", subcommands: [KeyGenerateCommand.self])
}
