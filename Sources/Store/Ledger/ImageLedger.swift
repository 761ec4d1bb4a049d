package import Findings

/// Which packages images hold, and what advisories said of them over time: advisories that come later are matched with what is
/// kept here, and no image is read again. Whatever keeps it, each call is done as a whole or not at all.
package protocol ImageLedger: Sendable {
  /// Brings everything up to a state of the advisories, then adds images.
  ///
  /// - Returns: what has changed since the run before. For an image that was added, all that applies to it.
  func run(_ state: AdvisoryState, adding images: [LedgerImage]) async throws(BartizanError) -> LedgerRunReport

  /// Images by the names that they have now, and those whose name means another by now.
  func images() async throws(BartizanError) -> [LedgerEntry]

  /// One image.
  ///
  /// - Parameter name: a name; a digest of the manifest or of the configuration, or the beginning of one.
  /// - Throws: `BartizanError` of code `usage` when no image is called so, or several are.
  func entry(of name: String) async throws(BartizanError) -> LedgerEntry

  /// What became of an image.
  func history(of entry: LedgerEntry) async throws(BartizanError) -> ImageHistory

  /// Takes an image out, with the packages that no other holds.
  func forget(_ entry: LedgerEntry) async throws(BartizanError)
}

extension ImageLedger {
  package func run(_ state: AdvisoryState) async throws(BartizanError) -> LedgerRunReport {
    try await run(state, adding: [])
  }
}
