import ArgumentParser
import Bytes
import Collect
import Findings
import Images
import Report

struct ImageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image", abstract: "What an image holds, and which of it is vulnerable.",
    subcommands: [
      ImageScanCommand.self, ImagePackagesCommand.self, ImageExplainCommand.self,
      ImageSBOMCommand.self, ImageSecretsCommand.self, ImageReviewCommand.self,
      ImageWatchCommand.self, ImageCompareCommand.self, ImageHistoryCommand.self,
    ])
}

/// What to look into.
struct ImageArguments: ParsableArguments {
  static var sourceHelp: ArgumentHelp {
    "An image in a registry; an archive of docker save or an OCI layout (tar, tar.gz, tar.zst or a folder); the root of a system, as a folder or a tar; a source folder; an SBOM (CycloneDX, SPDX)."
  }

  @Argument(help: Self.sourceHelp, completion: .file()) var source: String
  @Option(help: "table or json.") var format: AnswerFormat = .table
  @OptionGroup var reading: ImageReading

  func contents() async throws -> ImageSource.Contents { try await reading.read(source) }

  static func system(_ contents: ImageSource.Contents) -> String { contents.system?.title ?? "no distribution" }
}

/// How images are found and read.
struct ImageReading: ParsableArguments {
  @Option(help: "Of an image for several platforms, the one for this: linux/amd64, linux/arm64, linux/arm/v7, …")
  var platform: Platform?
  @Flag(help: "Read every layer, also those that were read before.")
  var noCache = false
  @OptionGroup var access: RegistryOptions

  struct Platform: ExpressibleByArgument {
    let value: ImagePlatform
    init?(argument: String) {
      guard let value = ImagePlatform(argument) else { return nil }
      self.value = value
    }
  }

  /// What is there; what could not be read is told on standard error.
  func read(_ source: String, secrets: Bool = false) async throws -> ImageSource.Contents {
    let progress = Progress("layer")
    var options = try options(progress, for: [source])
    options.readsSecrets = secrets
    let contents = try await ImageSource.read(source, options)
    progress.finish()
    for problem in contents.problems { StandardError.line("bartizan: \(problem.text)") }
    return contents
  }

  /// - Parameter sources: what is read, as somebody named it.
  func options(_ progress: Progress?, for sources: [String]) throws -> ImageSource.Options {
    var options = ImageSource.Options()
    options.platform = platform?.value
    if !noCache { options.cache = LayerCache(folder: UserFolder.cache("layers")) }
    options.registry = try access.settings(
      for: sources.compactMap { ImageReference(ImageReference.withoutScheme($0) ?? $0)?.registry })
    options.progress = { progress?.update($0, $1) }
    return options
  }
}
