import ArgumentParser
import Findings
import Store
import Transport

/// Where the image ledger is stored.
struct LedgerOptions: ParsableArguments {
  @Option(
    help: "The file that keeps watched images; below XDG_STATE_HOME or ~/.local/state by default.",
    completion: .file())
  var ledger: String?

  /// - Parameter mustExist: whether it is only looked at, so that a mistyped name makes no file.
  func open(mustExist: Bool = false) throws -> any ImageLedger {
    let file = ledger ?? UserFolder.state("images.sqlite")
    guard !mustExist || FilePaths.exists(file) else {
      throw BartizanError(.input, "\(file): no ledger of images there; `bartizan image watch` makes one")
    }
    if ledger != nil { return try SQLiteImageLedger(path: file) }
    FilePaths.makeFolders(FilePaths.folder(of: file), mode: 0o755)
    return try SQLiteImageLedger(path: file)
  }
}
