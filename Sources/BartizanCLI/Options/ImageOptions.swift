import ArgumentParser
import Collect
import Findings
import Images
import Operations
import Report
import Transport

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

/// Which images to read.
struct ImageSourcesArgument: ParsableArguments {
  @Argument(help: ImageSourceArgument.help, completion: .file()) var sources: [String] = []
  @Option(
    name: .shortAndLong, help: "The same, and never a name in a registry. Repeatable.", completion: .file())
  var file: [String] = []

  func validate() throws {
    if sources.isEmpty, file.isEmpty { throw ValidationError("name an image") }
  }

  /// As the user named them, and whether one is never a reference to a registry.
  var all: [(name: String, isLocal: Bool)] { sources.map { ($0, false) } + file.map { ($0, true) } }
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

  /// One of several images: what it holds, or why it could not be read.
  struct Read {
    /// As the user named it, or as it is named in the archive that the user named.
    let name: String
    let contents: Result<ImageSource.Contents, BartizanError>
  }

  /// Reads images one by one; problems are printed to standard error.
  ///
  /// - Parameters:
  ///   - everyOne: whether an archive or layout with several stands for all of them.
  ///   - rules: of credentials beside the usual; nil for none.
  /// - Returns: of more than one, also those that could not be read.
  func read(
    _ images: [(name: String, isLocal: Bool)], _ registry: RegistryOptions, everyOne: Bool, secrets: Bool = false,
    rules: SecretRuleOption? = nil
  ) async throws -> [Read] {
    let progress = Progress()
    defer { progress.finish() }
    // Files are no images of a registry, whose login is for one.
    let remote = images.filter { !$0.isLocal && !FilePaths.exists($0.name) }.map(\.name)
    var options = try options(registry, for: remote) { progress.update(.readingLayers, $0, $1) }
    options.readsSecrets = secrets
    try rules?.apply(to: &options, noCache: noCache)
    let settings = options.registry
    var wanted: [(name: String, isLocal: Bool)] = []
    for image in images {
      let names = everyOne ? try await ImageSource.images(in: image.name, options) : [image.name]
      for name in names where !wanted.contains(where: { $0.name == name }) { wanted.append((name, image.isLocal)) }
    }
    var all: [Read] = []
    for (name, isLocal) in wanted {
      options.registry = isLocal ? nil : settings
      do {
        let contents = try await ImageSource.read(name, options)
        progress.finish()
        StandardError.lines(contents.problems)
        all.append(Read(name: name, contents: .success(contents)))
      } catch let error as BartizanError {
        guard wanted.count > 1 else { throw error }
        all.append(Read(name: name, contents: .failure(error)))
      }
    }
    return all
  }

  /// Ends a command that lists what images hold: where a part of one was not read the list is not the whole.
  static func finish(_ images: [Read]) throws(ExitCode) {
    var isWhole = true
    for image in images {
      switch image.contents {
      case .success(let contents):
        // That packages cannot be matched hides none of them.
        guard contents.problems.contains(where: { $0.hidesInput && $0.code != "no-source-package" }) else { continue }
        let what = images.count > 1 ? "\(image.name): " : ""
        StandardError.line("\(what)a part of the image was not read: the list is not the whole")
      case .failure(let error): StandardError.line("\(image.name): not read: \(error.message(about: image.name))")
      }
      isWhole = false
    }
    if !isWhole { throw ExitCode(ExitStatus.unknown) }
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

extension [ImageReading.Read] {
  /// The images that could be read.
  var contents: [(source: String, contents: ImageSource.Contents)] {
    compactMap { image in (try? image.contents.get()).map { (image.name, $0) } }
  }

  /// Those that could not be read, with the reason.
  var unread: [ImageReportsAnswer.Unread] {
    compactMap { image in
      guard case .failure(let error) = image.contents else { return nil }
      return ImageReportsAnswer.Unread(source: image.name, reason: error.message(about: image.name))
    }
  }
}

extension BartizanError {
  /// The message without the name of what it is about, where it begins with that.
  func message(about name: String) -> String {
    let head = name + ": "
    return message.hasPrefix(head) ? String(message.dropFirst(head.count)) : message
  }
}
