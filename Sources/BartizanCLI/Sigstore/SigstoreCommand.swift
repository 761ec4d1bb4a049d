import ArgumentParser

struct SigstoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sigstore", abstract: "Signatures of Sigstore on files.",
    subcommands: [SigstoreVerifyBundleCommand.self, SigstoreUpdateTrustCommand.self])
}
