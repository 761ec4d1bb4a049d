package import Bytes
package import Events
package import Findings

/// What was read of files of events, and what was not.
package struct EventReading: Sendable {
  /// Addresses that are a proxy's on the machine of the API server itself, where another one stands before them.
  package static let ownProxies = ["127.0.0.0/8", "::1/128"].compactMap { IPRange(cidr: $0) }

  package internal(set) var fileCount = 0
  package internal(set) var events = 0
  /// Number of events by dataset, those that were kept without being understood included.
  package internal(set) var datasets: [Dataset: Int] = [:]
  /// Number of records that were kept without being understood, by reason.
  package internal(set) var unparsed: [RecordFault: Int] = [:]
  /// Number of records that were lost.
  package internal(set) var lost = 0
  package internal(set) var problems: [Problem] = []
  /// Whether input was lost that no problem names by itself.
  var isCut = false

  package init() {}

  mutating func add(_ batch: EventBatch) {
    events += batch.count
    for event in batch.events { datasets[event.dataset, default: 0] += 1 }
  }

  mutating func count(_ problem: RecordProblem) {
    switch problem.kind {
    case .kept(let fault): unparsed[fault, default: 0] += 1
    case .tooLarge, .noRecord, .tooMany: lost += 1
    // Nobody knows how many records it has, if any.
    case .binary, .zeros, .unfinished: break
    }
  }

  /// Whether everything was read.
  package var isWhole: Bool { !isCut && !problems.contains { $0.hidesInput } }

  /// Number of events of a dataset that says nothing about their kind.
  package func generic(_ dataset: Dataset) -> Int { datasets[dataset] ?? 0 }
}
