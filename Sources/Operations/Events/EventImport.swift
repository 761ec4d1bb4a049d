import Bytes
import Events
import Findings
package import Store

/// Takes logs as files into a store.
package struct EventImport: Sendable {
  /// What was taken in.
  package struct Outcome: Sendable {
    package internal(set) var reading = EventReading()
    package internal(set) var stored = 0
    /// Number of events that had been stored before.
    package internal(set) var repeated = 0
  }

  package let files: EventFiles
  package let store: any EventStore

  /// - Parameter files: with the time of receipt among their options.
  package init(_ files: EventFiles, into store: any EventStore) {
    self.files = files
    self.store = store
  }

  /// Batches that wait for the disk together.
  private static let width = 4

  package func run() async throws -> Outcome {
    var outcome = Outcome()
    var waiting: [EventDelivery] = []
    var pieces = files.pieces(&outcome.reading)
    while let piece = try pieces.next(&outcome.reading) {
      try Task.checkCancellation()
      waiting.append(EventDelivery(piece.batch, key: Self.key(piece)))
      if waiting.count >= Self.width { try await store(&waiting, &outcome) }
    }
    try await store(&waiting, &outcome)
    try await store.seal()
    return outcome
  }

  private func store(_ waiting: inout [EventDelivery], _ outcome: inout Outcome) async throws {
    guard !waiting.isEmpty else { return }
    let receipt = try await store.append(waiting)
    outcome.stored += receipt.stored
    outcome.repeated += receipt.repeated
    waiting = []
  }

  /// Where a record has no id of its own, the line of its file tells it from another one of the same text. Records of a
  /// pipe have nothing that does: another run may bring the same text from elsewhere.
  private static func key(_ piece: EventFiles.Piece) -> EventDelivery.Key {
    guard let identity = piece.identity else { return .none }
    return .each(piece.batch.events.map { $0.deliveryKey == nil ? "\(identity):\($0.line)" : nil })
  }
}
