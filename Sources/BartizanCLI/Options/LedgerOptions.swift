import ArgumentParser
import Store
import Transport

/// Where the ledger of images is.
struct LedgerOptions: ParsableArguments {
  @Option(
    help: "The file that keeps watched images; below XDG_STATE_HOME or ~/.local/state by default.",
    completion: .file())
  var ledger: String?

  func open() throws -> any ImageLedger {
    if let ledger { return try SQLiteImageLedger(path: ledger) }
    let file = UserFolder.state("images.sqlite")
    FilePaths.makeFolders(FilePaths.folder(of: file), mode: 0o755)
    return try SQLiteImageLedger(path: file)
  }
}
