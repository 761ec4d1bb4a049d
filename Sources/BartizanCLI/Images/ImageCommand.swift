import ArgumentParser

struct ImageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image", abstract: "What an image holds, and what of it is vulnerable.",
    subcommands: [
      ImageScanCommand.self, ImagePackagesCommand.self, ImageExplainCommand.self,
      ImageSBOMCommand.self, ImageSecretsCommand.self, ImageReviewCommand.self,
      ImageWatchCommand.self, ImageCompareCommand.self, ImageHistoryCommand.self,
    ])
}
