import ArgumentParser
import Bytes
import Collect
import Findings
import Glibc
import Images
import Store

/// Where the ledger of images is.
struct LedgerOptions: ParsableArguments {
  @Option(
    help: "The file that images are remembered in; otherwise below XDG_STATE_HOME or ~/.local/state.",
    completion: .file())
  var ledger: String?

  var file: String { ledger ?? UserFolder.state("images.sqlite") }

  func open() throws -> any ImageLedger {
    if ledger == nil, let slash = file.lastIndex(of: "/") { try Folder.make(String(file[..<slash])) }
    return try SQLiteImageLedger(path: file)
  }

  /// What an image is called in the ledger: the whole path of a file or a folder, the whole name of an image in a registry, so that
  /// it is the same wherever it is named, and nothing else is.
  static func name(_ source: String) -> String {
    if let path = realpath(source, nil) {
      defer { free(path) }
      return String(cString: path)
    }
    return ImageReference(ImageReference.withoutScheme(source) ?? source)?.text ?? source
  }

  /// An image by a digest or the beginning of one, or by a name as people write it.
  static func entry(of name: String, in book: any ImageLedger) async throws(BartizanError) -> LedgerEntry {
    let whole = Self.name(name)
    do throws(BartizanError) {
      return try await book.entry(of: name)
    } catch {
      guard error.code == .usage, whole != name else { throw error }
    }
    return try await book.entry(of: whole)
  }
}

extension StoreOptions {
  /// The advisories and risks as they are now.
  func state() throws -> AdvisoryState {
    AdvisoryState(store: try open(), risks: try risks(), time: SourceDate.text ?? Today.moment)
  }
}

extension LedgerImage {
  /// - Returns: nil for an image of which only a part could be read, or nothing: it would pass for the whole.
  init?(_ contents: ImageSource.Contents, name: String) {
    guard !contents.packages.isEmpty, !contents.problems.contains(where: \.hidesInput) else { return nil }
    self.init(
      key: contents.identifier, digest: contents.digest, name: name, system: contents.system,
      packages: contents.packages)
  }
}

extension JSONWriter {
  /// The fields of an advisory that applies to a package, within an object.
  mutating func fields(_ match: KnownMatch, of package: SoftwarePackage) {
    field("id", match.advisory)
    field("flaws", match.vulnerabilities)
    field("package", package.name)
    field("version", package.version)
    field("source", package.source)
    field("ecosystem", package.ecosystem.text)
    field("fixed", match.fix)
    field("priority", match.level.name)
  }
}
