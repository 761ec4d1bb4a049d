package import Bytes
package import Detect
package import Events
import Findings
package import Report
package import Store

/// Detection over files of events (`bartizan detect`).
package enum DetectOperation {
  /// How logs are decoded for detection.
  ///
  /// - Parameters:
  ///   - proxies: addresses of proxies before the API server. Loopback addresses always count as such.
  ///   - now: for times without a year.
  package static func options(proxies: [IPRange], now: Timestamp) -> DecodeOptions {
    var options = DecodeOptions()
    options.receivedAt = now
    options.trustedProxies = EventReading.ownProxies + proxies
    return options
  }

  /// - Parameter facts: what a snapshot says of the cluster; nil without one.
  /// - Returns: the answer, and what was read and what was not.
  /// - Throws: `BartizanError` where the only file cannot be read; `FailedOperation` when there is no event.
  package static func run(
    _ files: EventFiles, _ rules: RuleSet, facts: ClusterFacts? = nil
  ) throws -> (answer: DetectionAnswer, reading: EventReading) {
    var detector = Detector(rules, facts: facts)
    let reading = try files.read { detector.detect($0.batch, source: $0.file) }
    detector.finish()
    guard detector.eventCount > 0 else {
      throw FailedOperation(
        BartizanError(.input, "no event in \(files.paths.joined(separator: ", "))"), after: reading.problems)
    }
    return (DetectionAnswer(detector), reading)
  }

  /// What was found in a store.
  package struct Found: Sendable {
    package let answer: DetectionAnswer
    package let reading: EventReading
    /// To be kept.
    package let step: DetectionStep
  }

  /// Events that are asked for at once.
  private static let pageEvents = 4_096

  /// Looks through a store, in the order of time.
  ///
  /// - Throws: `BartizanError` where the store cannot be read.
  package static func run(
    _ store: any EventStore, _ question: EventQuestion, _ rules: RuleSet, facts: ClusterFacts? = nil
  ) async throws -> Found {
    var detector = Detector(rules, facts: facts)
    var reading = EventReading()
    var cursor: EventCursor?
    repeat {
      let page = try await store.search(
        EventSearch(question.selection, order: .oldestFirst, limit: pageEvents, after: cursor))
      for stored in page.events {
        detector.detect(stored.event, at: Int(clamping: stored.position.number), of: "store")
      }
      reading.merge(page.coverage)
      cursor = page.next
      try Task.checkCancellation()
    } while cursor != nil
    detector.finish()
    let changes = detector.takeChanges()
    let shared = Set(changes.map(\.alert.sourceAddress)).filter { detector.isSharedAddress($0) }
    return Found(
      answer: DetectionAnswer(detector), reading: reading,
      step: DetectionStep(changes: changes, sharedAddresses: shared))
  }
}
