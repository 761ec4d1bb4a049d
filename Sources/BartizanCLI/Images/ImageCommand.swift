import ArgumentParser

struct ImageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image", abstract: "What an image holds, what of it is vulnerable, and who signed it.",
    subcommands: [
      ImageScanCommand.self, ImagePackagesCommand.self, ImageExplainCommand.self,
      ImageSBOMCommand.self, ImageSecretsCommand.self, ImageReviewCommand.self,
      ImageVerifyCommand.self, ImageProvenanceCommand.self, ImageSignCommand.self, ImageAttestCommand.self,
      ImageWatchCommand.self, ImageCompareCommand.self, ImageHistoryCommand.self,
    ])
}
