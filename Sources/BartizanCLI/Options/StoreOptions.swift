import ArgumentParser
import Findings
import Operations
import Store

/// Where the advisory store is.
struct StoreOptions: ParsableArguments {
  @Option(
    help: "Folder of the advisory store; below XDG_CACHE_HOME or ~/.cache by default.", completion: .directory)
  var store: String?

  var files: AdvisoryStoreFiles { AdvisoryStoreFiles(folder: store ?? UserFolder.cache("advisories")) }

  /// The current advisories and risk index.
  func state() throws(BartizanError) -> AdvisoryState {
    try files.state(time: SourceDate.text ?? Today.moment)
  }
}
