package import Bytes
package import Findings
import Glibc
package import Images
import Transport

/// Reads the packages of an image or a folder: an archive of `docker save` or an OCI layout, with or without
/// compression; an image in a registry; an unpacked root file system or an archive of one; a source folder with lock
/// files; an SBOM.
package enum ImageSource {
  /// Where an image is looked up and how it is read.
  package struct Options: Sendable {
    package var limits = Limits.standard
    /// Nil: the platform of this machine, or any that the image has.
    package var platform: ImagePlatform?
    /// Nil: every layer is read.
    package var cache: LayerCache?
    /// Nil: no registry is contacted.
    package var registry: RegistrySettings?
    /// Whether credentials are looked for.
    package var readsSecrets = false
    /// What finds them. Processes that read layers have to be told of its file by the arguments of `isolation`.
    package var secretScanner = SecretScanner.usual
    /// Nil: layers are read in this process.
    package var isolation: LayerIsolation?
    /// Called with the number of finished layers and of all.
    package var progress: @Sendable (Int, Int) -> Void = { _, _ in }

    package init() {}

    /// A reader for one layer.
    func reader() -> any LayerReader {
      isolation?.reader(secrets: readsSecrets)
        ?? LayerScanner(limits: limits, secrets: readsSecrets, scanner: secretScanner)
    }
  }

  /// What was found in an image, a file system or an SBOM. What a source does not have stays empty or nil.
  package struct Contents: Sendable {
    package var system: OperatingSystem?
    package var packages: [SoftwarePackage] = []
    package var problems: [Problem] = []
    /// What is named beside the packages, and not known well enough to be judged.
    package var unresolved: [UnresolvedDependency] = []
    /// Number of layers that were read; 0 for a folder.
    package var layers = 0
    /// Whether files were looked at: not so for a bill of materials, nor where no layer could be read.
    package var hasFiles = false
    /// Digests of the layers as they are stored, from the bottom.
    package var layerDigests: [String] = []
    package var configuration: ImageConfiguration?
    /// Credentials in files, including those that a later layer removes.
    package var secrets: [LayerStack.Secret] = []
    /// How many files were not looked into for credentials for what they are, by `SecretSearch.Kind`.
    package var skipped: [String: Int] = [:]
    /// Files and folders with unusually wide permissions, in the merged file system.
    package var exposures: [FileExposure] = []
    /// Caches that package managers left in layers.
    package var caches: [PackageCache] = []
    /// Accounts without a password.
    package var openAccounts: [OpenAccount] = []
    /// Digest of the manifest; nil where there is none.
    package var digest: String?
    /// Digest of the configuration, which Docker calls the image's ID.
    package var identifier: String?
    /// All that the image is called, by its digests and its names.
    package var identity = ImageIdentity()

    package init() {}

    /// The build step that added a package; nil where the history does not say.
    package func step(of package: SoftwarePackage) -> String? {
      let steps = configuration?.steps ?? []
      return package.layer.flatMap { $0 < steps.count ? steps[$0] : nil }
    }
  }

  /// - Throws: when nothing of the source can be used.
  package static func read(_ source: String, _ options: Options = Options()) async throws -> Contents {
    if let text = ImageReference.withoutScheme(source) {
      guard let reference = ImageReference(text) else {
        throw BartizanError(.usage, "\(source): no image reference such as registry.example/team/app:1.4")
      }
      return try await pull(reference, source, options)
    }
    guard let place = Place(source) else {
      if options.registry != nil, !source.hasPrefix("/"), !source.hasPrefix("."), !isNamedLikeFile(source),
        let reference = ImageReference(source)
      {
        do {
          return try await pull(reference, source, options)
        } catch let error as BartizanError {
          // A missing file is indistinguishable from an image of Docker Hub.
          guard reference.registry == ImageReference.hub else { throw error }
          throw BartizanError(error.code, "\(error.message); and there is no such file or folder")
        }
      }
      throw BartizanError(.input, "\(source): no such file or folder")
    }
    if FilePaths.isFolder(place.path) {
      if holdsImages(place.path) {
        return try await image(FolderArchive(folder: place.path, limits: options.limits), place, options)
      }
      return try folder(place.onlyOne("the root of a file system"), options)
    }
    return try await file(place, options)
  }

  /// Whether a folder is an OCI layout, or an unpacked archive of `docker save`.
  static func holdsImages(_ folder: String) -> Bool {
    FilePaths.exists(folder + "/oci-layout") || FilePaths.exists(folder + "/manifest.json")
  }

  /// A file or folder, and which of its images is meant.
  struct Place {
    let path: String
    /// Nil for the only one.
    let image: ImageReference?
    /// Of one that is named by its digest.
    private(set) var digest: String?

    /// - Parameter source: `PATH`, `PATH:NAME`, or `PATH@DIGEST` for an image without a name.
    /// - Returns: nil where there is no such file.
    init?(_ source: String) {
      if FilePaths.exists(source) {
        (path, image) = (source, nil)
        return
      }
      if let at = source.lastIndex(of: "@"), case let sum = String(source[source.index(after: at)...]),
        Digest(sum)?.algorithm == .sha256, case let path = String(source[..<at]), !path.isEmpty, FilePaths.exists(path),
        !FilePaths.isFolder(path) || ImageSource.holdsImages(path)
      {
        (self.path, image, digest) = (path, nil, sum)
        return
      }
      for (index, character) in zip(source.indices, source) where character == ":" {
        let path = String(source[..<index])
        // `app:1.4` is an image of a registry, although there is a folder `app` of sources.
        guard !path.isEmpty, FilePaths.isFolder(path) ? ImageSource.holdsImages(path) : FilePaths.exists(path),
          let image = ImageReference(String(source[source.index(after: index)...]))
        else { continue }
        (self.path, self.image) = (path, image)
        return
      }
      return nil
    }

    /// - Throws: when one of several images is named where there is but one.
    func onlyOne(_ kind: String) throws(BartizanError) -> String {
      guard let wanted = image?.text ?? digest else { return path }
      throw BartizanError(.usage, "\(path): \(kind), without images by name; \(wanted) is not in it")
    }

    /// What names the image in the archive; nil for the only one.
    ///
    /// - Throws: where it is named by a digest.
    func name() throws(BartizanError) -> ImageReference? {
      guard digest != nil else { return image }
      throw BartizanError(.usage, "\(path): name the image as PATH:NAME here")
    }
  }

  /// The images that a source holds: those of an archive or a layout with several, each as a source of its own, or the source.
  ///
  /// - Throws: where its list of images cannot be read.
  package static func images(in source: String, _ options: Options) async throws -> [String] {
    guard let place = Place(source), place.image == nil, place.digest == nil else { return [source] }
    do throws(BartizanError) {
      let entries: [ImageManifest.Entry]
      if FilePaths.isFolder(place.path) {
        guard holdsImages(place.path) else { return [source] }
        entries = try await ImageManifest.entries(in: FolderArchive(folder: place.path, limits: options.limits))
      } else {
        let (isTar, isCompressed) = try kind(place.path)
        guard isTar else { return [source] }
        entries =
          isCompressed
          ? try await ImageManifest.entries(in: try StreamedArchive(place.path, options, readsLayers: false))
          : try await ImageManifest.entries(in: try TarFileArchive(place.path, limits: options.limits))
      }
      guard entries.count > 1 else { return [source] }
      let names = Dictionary(grouping: entries.compactMap(\.name), by: \.self)
      return entries.map { entry in
        if let name = entry.name, names[name]?.count == 1 { return "\(source):\(name)" }
        // One that nothing names is told of when it is read.
        return "\(source)@\(entry.digest ?? "sha256:unknown")"
      }
    } catch {
      throw Self.place(error, place.path)
    }
  }

  /// An image by its reference: from an OCI layout or an unpacked archive that holds it, or from its registry.
  ///
  /// - Parameter layout: a folder with images by name. Images that it lacks are pulled from their registries, if that
  ///   is allowed.
  package static func read(
    _ reference: ImageReference, layout: String?, _ options: Options
  ) async throws -> Contents {
    if let layout {
      let archive = FolderArchive(folder: layout, limits: options.limits)
      do throws(BartizanError) {
        if let image = try await ImageManifest.find(
          reference, in: archive, platform: options.platform, limits: options.limits)
        {
          var contents = await layers(of: image, archive, layout, options)
          contents.identity.add(reference)
          return contents
        }
      } catch {
        throw Self.place(error, layout)
      }
      guard options.registry != nil else {
        throw BartizanError(.input, "\(layout): \(reference.text) is not in it")
      }
    }
    return try await pull(reference, reference.text, options)
  }

  /// What a reference resolves to now: the digest of its manifest, or of its index.
  package static func digest(of reference: ImageReference, _ options: Options) async throws -> String {
    let registry = try RegistryImage(reference, options.registry ?? RegistrySettings(), limits: options.limits)
    do {
      let digest = try await registry.digest()
      await registry.close()
      return digest
    } catch {
      await registry.close()
      throw Self.place(error, reference.text)
    }
  }

  private static func pull(
    _ reference: ImageReference, _ source: String, _ options: Options
  ) async throws -> Contents {
    let registry = try RegistryImage(reference, options.registry ?? RegistrySettings(), limits: options.limits)
    do {
      let (bytes, digest) = try await registry.manifest()
      let image = try await ImageManifest.resolve(
        bytes, digest: digest, registry, platform: options.platform, limits: options.limits)
      var contents = await layers(of: image, registry, source, options)
      await registry.close()
      contents.identity.add(reference)
      contents.identity.add(digest: digest)
      if let other = options.registry?.configuration?.otherReading(of: ImageReference.withoutScheme(source) ?? source) {
        contents.problems.append(
          Problem(
            code: "short-name", location: Location(file: source),
            message:
              "taken for \(reference.text), as Docker and Kubernetes take it; by registries.conf of this machine it may be \(other): name it in full",
            hidesInput: false))
      }
      return contents
    } catch {
      await registry.close()
      throw Self.place(error, source)
    }
  }

  /// Whether an argument ends like an archive or a document. Images are hardly ever named so; `docker://` overrides it.
  package static func isNamedLikeFile(_ source: String) -> Bool {
    [".tar", ".gz", ".tgz", ".zst", ".zip", ".json", ".spdx", ".xml"].contains { source.hasSuffix($0) }
  }

  static func place(_ error: any Error, _ source: String) -> any Error {
    guard let error = error as? BartizanError else { return error }
    return BartizanError(error.code, "\(source): \(error.message)", cause: error.cause)
  }

  private static func image(
    _ archive: some ImageArchive, _ place: Place, _ options: Options
  ) async throws -> Contents {
    do throws(BartizanError) {
      return try await contents(of: archive, place, options)
    } catch {
      throw Self.place(error, place.path)
    }
  }

  private static func contents(
    of archive: some ImageArchive, _ place: Place, _ options: Options
  ) async throws(BartizanError) -> Contents {
    let image = try await ImageManifest.resolve(
      archive, named: place.image, digest: place.digest, platform: options.platform, limits: options.limits)
    return await layers(of: image, archive, place.path, options)
  }

  // MARK: Files

  private static func file(_ place: Place, _ options: Options) async throws -> Contents {
    let (path, limits) = (place.path, options.limits)
    do throws(BartizanError) {
      let (isTar, isCompressed) = try kind(path)
      guard isTar else { return try bill(try place.onlyOne("an SBOM"), options) }
      if isCompressed {
        let archive = try StreamedArchive(path, options)
        if archive.hasManifest { return try await contents(of: archive, place, options) }
      } else {
        let archive = try TarFileArchive(path, limits: limits)
        if archive.hasManifest { return try await contents(of: archive, place, options) }
      }
      return try rootArchive(try place.onlyOne("the root of a file system"), options)
    } catch {
      throw Self.place(error, path)
    }
  }

  /// The format of a file by its first bytes, after decompression.
  static func kind(_ path: String) throws(BartizanError) -> (isTar: Bool, isCompressed: Bool) {
    let file = try FilePart(path)
    let decoder = StreamDecoder(maximumBytes: 1 << 24, ratio: .max)
    var head = ByteCollector()
    var buffer = [UInt8](repeating: 0, count: 1 << 12)
    var offset = 0
    do throws(DocumentError) {
      while head.bytes.count < 512 {
        let got: Int
        do throws(BartizanError) { got = try file.read(&buffer, at: offset) } catch {
          throw DocumentError(.archive, error.message)
        }
        if got == 0 { break }
        try decoder.feed(buffer.span.bytes.extracting(0..<got), into: &head)
        offset += got
      }
    } catch {
      throw BartizanError(.input, error.message)
    }
    return (TarReader.isTar(head.bytes), decoder.isCompressed)
  }

  /// A root file system as one archive, as `docker export` writes it.
  private static func rootArchive(_ path: String, _ options: Options) throws(BartizanError) -> Contents {
    let scanner = options.reader()
    try FilePart(path).pump { (bytes) throws(BartizanError) in scanner.feed(bytes) }
    let outcome = try scanner.finish()
    guard outcome.failure == nil || !outcome.facts.paths.isEmpty else {
      throw BartizanError(.input, outcome.failure?.message ?? "")
    }
    var contents = Contents()
    var stack = LayerStack()
    stack.add(outcome.facts, layer: 0)
    contents.take(stack, path)
    contents.hasFiles = true
    contents.problems += outcome.facts.problems.map { $0.within(path, code: "archive") }
    if options.readsSecrets { contents.note(outcome.facts, path, code: "archive") }
    if let failure = outcome.failure {
      contents.problems.append(Problem(code: "archive", location: Location(file: path), message: failure.message))
    }
    return contents
  }

  private static func bill(_ path: String, _ options: Options) throws(BartizanError) -> Contents {
    let bytes = try FileReader.read(path, limits: options.limits)
    let answer =
      try options.isolation.map { (isolation) throws(BartizanError) in
        try isolation.answer("--bill=" + path, input: bytes)
      } ?? BillReading.message(bytes, file: path, options.limits)
    let bill = try BillReading.content(answer)
    var contents = Contents()
    contents.system = bill.system
    contents.packages = bill.packages
    contents.identity = bill.subject
    for problem in bill.problems.prefix(5) {
      contents.problems.append(
        Problem(code: "sbom", location: Location(file: path), message: problem, hidesInput: false))
    }
    if bill.problems.count > 5 {
      contents.problems.append(
        Problem(
          code: "sbom", location: Location(file: path), message: "\(bill.problems.count - 5) more of the kind",
          hidesInput: false))
    }
    if bill.isPartial {
      contents.problems.append(
        Problem(
          code: "partial-bill", location: Location(file: path),
          message: "the document says that it does not name all that its subject holds; packages may be missing",
          hidesInput: true))
    }
    if bill.sourceless > 0 {
      contents.problems.append(
        Problem(
          code: "no-source-package", location: Location(file: path),
          message:
            "no package names its source package, which advisories of the distribution speak of; \(Phrase.count(bill.sourceless, "package")) \(Phrase.noun(bill.sourceless, "was", "were")) asked for by \(Phrase.noun(bill.sourceless, "its own name", "their own names"))",
          hidesInput: true))
    }
    contents.unresolved = bill.unresolved
    if !bill.unresolved.isEmpty {
      let count = bill.unresolved.count
      contents.problems.append(
        Problem(
          code: .notJudged, location: Location(file: path),
          message:
            "\(Phrase.count(count, "component")) \(Phrase.noun(count, "has", "have")) no package URL that advisories speak of; nothing is known of \(Phrase.noun(count, "it", "them")): \(Phrase.list(bill.unresolved.map(\.name)))",
          hidesInput: true))
    }
    return contents
  }

  // MARK: Layers

  private static func layers(
    of image: ResolvedImage, _ archive: some ImageArchive, _ source: String, _ options: Options
  ) async -> Contents {
    var contents = Contents()
    contents.configuration = image.configuration
    contents.digest = image.digest
    contents.identifier = image.identifier
    for name in image.names { contents.identity.add(name: name) }
    for digest in image.digests + [image.identifier].compactMap({ $0 }) { contents.identity.add(digest: digest) }
    if let digest = image.digest { contents.identity.add(manifest: digest) }
    for remark in image.remarks {
      contents.problems.append(
        Problem(code: "image", location: Location(file: source), message: remark, hidesInput: false))
    }
    let parts = await Parallel.map(
      Array(image.layers.indices), width: max(2, Processors.count), progress: options.progress
    ) { index in
      await layer(image.layers[index], isBottom: index == 0, archive, options)
    }
    var stack = LayerStack()
    for (index, part) in parts.enumerated() {
      let place = "\(source)!\(image.layers[index].name)"
      contents.problems += (part.facts?.problems ?? []).map { $0.within(place, code: "layer") }
      for message in part.problems {
        contents.problems.append(Problem(code: "layer", location: Location(file: place), message: message))
      }
      contents.layerDigests.append(part.digest ?? image.layers[index].digest ?? "")
      guard let facts = part.facts else { continue }
      if options.readsSecrets { contents.note(facts, place, code: "layer") }
      contents.layers += 1
      stack.add(facts, layer: index)
    }
    contents.take(stack, source, inLayers: true)
    contents.hasFiles = contents.layers > 0
    return contents
  }

  private struct LayerPart: Sendable {
    var facts: LayerFacts?
    var digest: String?
    /// Problems of the layer as a whole; those of its files are among the facts.
    var problems: [String] = []
  }

  private static func layer(
    _ layer: ResolvedImage.Layer, isBottom: Bool, _ archive: some ImageArchive, _ options: Options
  ) async -> LayerPart {
    var part = LayerPart()
    // For an uncompressed layer the digest of the stored bytes is also its diff id.
    let claimed = layer.digest ?? layer.plainDigest
    let before = archive.stamp(ofLayer: layer.name)
    if let claimed, let cache = options.cache, cache.knows(claimed) {
      // A digest that an archive claims is trusted only after its bytes were summed, since it could name the layer of
      // another image. A registry is asked by the digest, which the manifest vouches for.
      let sum: String?
      if let known = before.flatMap({ cache.sum(of: $0) }) {
        sum = known
      } else {
        switch try? await archive.sum(ofLayer: layer.name) {
        case .made(let digest):
          sum = digest.text
          cache.keep(sum: digest.text, of: before, archive.stamp(ofLayer: layer.name))
        case .askedFor: sum = layer.digest
        case nil: sum = nil
        }
      }
      if sum == claimed, let known = cache.facts(claimed, withPaths: !isBottom, withSecrets: options.readsSecrets) {
        part.facts = known
        part.digest = claimed
        return part
      }
    }
    let outcome: LayerScanner.Outcome
    do throws(BartizanError) {
      if let read = try (archive as? StreamedArchive)?.outcome(layer.name) {
        outcome = read
      } else {
        let scanner = options.reader()
        try await archive.layer(layer.name, into: scanner)
        outcome = try scanner.finish()
      }
    } catch {
      part.problems = [error.message]
      return part
    }
    part.digest = outcome.digest
    let isWrong =
      layer.digest.map { $0 != outcome.digest }
      ?? (!outcome.isCompressed && layer.plainDigest.map { $0 != outcome.digest } ?? false)
    if isWrong {
      part.problems = [
        "its sum is \(outcome.digest), not \(claimed ?? ""): it was changed or damaged; nothing of it counts"
      ]
      return part
    }
    part.facts = outcome.facts
    if let failure = outcome.failure {
      part.problems.append(failure.message)
      // Nothing was read of bytes that are not an archive.
      if outcome.facts.paths.isEmpty { part.facts = nil }
    } else {
      options.cache?.keep(outcome.facts, outcome.digest)
      options.cache?.keep(sum: outcome.digest, of: before, archive.stamp(ofLayer: layer.name))
    }
    return part
  }

  // MARK: Folders

  private static func folder(_ root: String, _ options: Options) throws(BartizanError) -> Contents {
    let read = try FolderReading.read(root, options)
    var contents = Contents()
    contents.problems = read.problems + read.facts.problems.map { $0.within(root, code: "unreadable") }
    if options.readsSecrets { contents.note(read.facts, root, code: "unreadable") }
    contents.hasFiles = true
    var stack = LayerStack()
    stack.add(read.facts, layer: 0)
    contents.take(stack, root)
    return contents
  }
}

extension ImageSource.Contents {
  /// Adds what was not looked into for credentials.
  fileprivate mutating func note(_ facts: LayerFacts, _ place: String, code: Problem.Code) {
    problems += facts.unsearched.map { $0.within(place, code: code) }
    for (kind, count) in facts.skipped { skipped[kind, default: 0] += count }
  }

  /// Adds what the merged layers hold.
  ///
  /// - Parameter source: as the user named it.
  fileprivate mutating func take(_ stack: LayerStack, _ source: String, inLayers: Bool = false) {
    system = stack.system
    if let system, !stack.hasSystemPackages {
      problems.append(
        Problem(
          code: "no-package-database", location: Location(file: source),
          message:
            "it is \(system.title), and no package of that was found: the database of packages is not there, or of a kind that is not read"
        ))
    }
    packages = stack.packages
    let isInstalled = inLayers || stack.hasSystemPackages
    unresolved = stack.unresolved(isInstalled: isInstalled)
    // Of what is installed it is told by itself whether that is there.
    for (path, count) in isInstalled ? [] : stack.leftOut {
      problems.append(
        Problem(
          code: "development", location: Location(file: "\(source)!\(path)"),
          message:
            "\(Phrase.count(count, "dependency")) of it that only development or tests need \(Phrase.noun(count, "was", "were")) left out",
          hidesInput: false))
    }
    for (path, own) in Dictionary(grouping: unresolved, by: \.path).sorted(by: { $0.key < $1.key }) {
      let names = Phrase.list(own.map(\.name))
      problems.append(
        Problem(
          code: .notJudged, location: Location(file: "\(source)!\(path)", line: own.first?.line ?? 0),
          message:
            "\(Phrase.count(own.count, "dependency")) of it \(Phrase.noun(own.count, "is", "are")) not judged, since nobody tells which version is used: \(names)"
        ))
    }
    secrets = stack.secrets
    exposures = stack.exposures
    caches = stack.caches
    openAccounts = stack.openAccounts
    guard !inLayers else { return }
    for index in packages.indices { packages[index].layer = nil }
  }
}

extension Problem.Code {
  /// Dependencies and components whose versions nobody tells. Files were read, and what they name is not known.
  package static let notJudged: Self = "not-judged"
}

extension Problem {
  /// The same problem, placed in the layer or folder that holds the file.
  ///
  /// - Parameters:
  ///   - place: the layer, or the folder.
  ///   - code: for a problem of the layer itself.
  fileprivate func within(_ place: String, code: Problem.Code) -> Problem {
    let isWhole = location.file.isEmpty
    return Problem(
      code: isWhole ? code : self.code,
      location: Location(file: isWhole ? place : "\(place)!\(location.file)", line: location.line),
      message: message, hidesInput: hidesInput)
  }
}
