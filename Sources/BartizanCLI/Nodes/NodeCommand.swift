import ArgumentParser

struct NodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "node", abstract: "Records of nodes, for the CIS benchmark.",
    subcommands: [NodeCollectCommand.self, NodeManifestCommand.self])
}
