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

  func open() throws -> ImageLedger {
    if ledger == nil, let slash = file.lastIndex(of: "/") { try Folder.make(String(file[..<slash])) }
    return try ImageLedger(path: file)
  }
}

extension StoreOptions {
  /// The advisories and risks as they are now.
  func state() throws -> AdvisoryState {
    let store = try open()
    return AdvisoryState(
      store: store, risks: try risks(), storeDigest: Digest.sha256(try FileReader.read(file)),
      riskDigest: access(riskFile, F_OK) == 0 ? Digest.sha256(try FileReader.read(riskFile)) : "",
      time: SourceDate.text ?? Today.moment)
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
