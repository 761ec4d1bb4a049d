package import Bytes
package import Detect
package import Events
import Findings
package import Report

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
    options.trustedProxies = ["127.0.0.0/8", "::1/128"].compactMap { IPRange(cidr: $0) } + proxies
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
}
