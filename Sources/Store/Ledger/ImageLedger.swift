package import Findings

/// The packages of images, and what advisories said about them over time. New advisories are matched with the stored
/// packages, so no image has to be read again. In every implementation, each call succeeds or fails as a whole.
package protocol ImageLedger: Sendable {
  /// Brings all images up to a state of the advisories, then adds images.
  ///
  /// - Returns: what has changed since the previous run. For an added image, everything that applies to it.
  func run(_ state: AdvisoryState, adding images: [LedgerImage]) async throws(BartizanError) -> LedgerRunReport

  /// All images with their names, including those whose former names now refer to another image.
  func images() async throws(BartizanError) -> [LedgerEntry]

  /// Finds one image.
  ///
  /// - Parameter name: a name, a digest of the manifest or configuration, or the beginning of one.
  /// - Throws: `BartizanError` of code `usage` where no image or several match.
  func entry(of name: String) async throws(BartizanError) -> LedgerEntry

  /// The history of an image since it was added.
  func history(of entry: LedgerEntry) async throws(BartizanError) -> ImageHistory

  /// Removes an image, and the packages that no other image contains.
  func forget(_ entry: LedgerEntry) async throws(BartizanError)
}

extension ImageLedger {
  package func run(_ state: AdvisoryState) async throws(BartizanError) -> LedgerRunReport {
    try await run(state, adding: [])
  }
}
