import ArgumentParser
import Collect
import Findings
import Images
import Operations

/// Which image to read.
struct ImageSourceArgument: ParsableArguments {
  static var help: ArgumentHelp {
    "An image in a registry; an archive of docker save or an OCI layout (tar, tar.gz, tar.zst or a folder), as PATH:NAME where it holds several; the root of a system, as a folder or a tar; a source folder; an SBOM (CycloneDX, SPDX)."
  }

  @Argument(help: Self.help, completion: .file()) var source: String?
  @Option(name: .shortAndLong, help: "The same, and never a name in a registry.", completion: .file()) var file: String?

  func validate() throws {
    guard (source == nil) != (file == nil) else {
      throw ValidationError(source == nil ? "name an image" : "name the image once: as an argument or with --file")
    }
  }

  /// As the user named it.
  var name: String { file ?? source ?? "" }
  var isLocal: Bool { file != nil }
}

/// How images are read.
struct ImageReading: ParsableArguments {
  @Option(help: "Of a multi-platform image, the one for this: linux/amd64, linux/arm64, linux/arm/v7, …")
  var platform: Platform?
  @Flag(help: "Read all layers, also those that were read before.")
  var noCache = false

  struct Platform: ExpressibleByArgument {
    let value: ImagePlatform
    init?(argument: String) {
      guard let value = ImagePlatform(argument) else { return nil }
      self.value = value
    }
  }

  /// Reads an image; problems are printed to standard error.
  func read(
    _ image: ImageSourceArgument, _ registry: RegistryOptions, secrets: Bool = false, rules: SecretRuleOption? = nil
  ) async throws -> ImageSource.Contents {
    try await read(image.name, registry, isLocal: image.isLocal, secrets: secrets, rules: rules)
  }

  /// - Parameters:
  ///   - isLocal: whether the source is never a reference to a registry.
  ///   - rules: of credentials beside the usual; nil for none.
  func read(
    _ source: String, _ registry: RegistryOptions, isLocal: Bool = false, secrets: Bool = false,
    rules: SecretRuleOption? = nil
  ) async throws -> ImageSource.Contents {
    let progress = Progress()
    defer { progress.finish() }
    var options = try options(registry, for: [source]) { progress.update(.readingLayers, $0, $1) }
    if isLocal { options.registry = nil }
    options.readsSecrets = secrets
    try rules?.apply(to: &options, noCache: noCache)
    let contents = try await ImageSource.read(source, options)
    progress.finish()
    StandardError.lines(contents.problems)
    return contents
  }

  /// Ends a command that lists what an image holds: where a part of it was not read the list is not the whole.
  static func finish(_ contents: ImageSource.Contents) throws(ExitCode) {
    // That packages cannot be matched hides none of them.
    guard contents.problems.contains(where: { $0.hidesInput && $0.code != "no-source-package" }) else { return }
    StandardError.line("a part of the image was not read: the list is not the whole")
    throw ExitCode(ExitStatus.unknown)
  }

  /// - Parameters:
  ///   - sources: what is read, as somebody named it.
  ///   - password: for the registry, where standard input was read before.
  func options(
    _ registry: RegistryOptions, for sources: [String], password: String? = nil,
    progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
  ) throws -> ImageSource.Options {
    var options = ImageSource.Options()
    options.platform = platform?.value
    if !noCache { options.cache = LayerCache(folder: UserFolder.cache("layers")) }
    options.registry = try registry.settings(ofImages: sources, password: password)
    options.progress = progress
    options.isolation = ReadLayerCommand.isolation
    return options
  }
}
