import ArgumentParser

struct PSSCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pss", abstract: "Pod Security Standards: what the admission controller would say.",
    subcommands: [PSSCheckCommand.self, PSSHeadroomCommand.self])
}
