import ArgumentParser

struct RegistryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "registry", abstract: "Registries of images, reviewed as an attacker would see them.",
    subcommands: [RegistryReviewCommand.self])
}
