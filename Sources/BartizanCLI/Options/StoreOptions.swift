import ArgumentParser
import Findings
import Operations
import Store

/// Where the advisories are kept.
struct StoreOptions: ParsableArguments {
  @Option(
    help: "Folder of the advisory store; below XDG_CACHE_HOME or ~/.cache by default.", completion: .directory)
  var store: String?

  var files: AdvisoryStoreFiles { AdvisoryStoreFiles(folder: store ?? UserFolder.cache("advisories")) }

  /// The advisories, and what is known of exploitation, as they are now.
  func state() throws(BartizanError) -> AdvisoryState {
    try files.state(time: SourceDate.text ?? Today.moment)
  }
}
