package import Bytes
import Collect
package import Detect
import Events
package import Findings
package import Report
import Transport

/// Detection over files of events (`bartizan detect`).
package enum DetectOperation {
  /// Number of bytes that are decoded at once.
  private static let piece = 4 << 20
  /// Maximum number of problems that are named of a file.
  private static let named = 5

  /// - Parameters:
  ///   - paths: logs of any kind, plain or gzip, or - for standard input.
  ///   - facts: what a snapshot says of the cluster; nil without one.
  ///   - proxies: addresses of proxies before the API server. Loopback addresses always count as such.
  ///   - now: for times without a year.
  /// - Returns: the answer, and what could not be read.
  /// - Throws: `BartizanError` for a file that cannot be read, or when there is no event.
  package static func run(
    _ paths: [String], _ rules: RuleSet, facts: ClusterFacts? = nil, proxies: [IPRange], now: Timestamp
  ) throws -> (answer: DetectionAnswer, problems: [Problem]) {
    var detector = Detector(rules, facts: facts)
    var problems: [Problem] = []
    var limits = Limits()
    limits.inputBytes = 4 << 30
    for path in paths {
      var bytes = try FileReader.named(path, limits: limits)
      if Gzip.isGzip(bytes) {
        do throws(DocumentError) { bytes = try Gzip.decompress(bytes, limits: limits) } catch {
          throw BartizanError(error, in: path)
        }
      }
      var options = DecodeOptions()
      options.receivedAt = now
      options.trustedProxies = ["127.0.0.0/8", "::1/128"].compactMap { IPRange(cidr: $0) } + proxies
      let envelope = Envelope(path: path)
      var decoder = EventDecoder(options: options, envelope: envelope.entries.count > 1 ? envelope : .none)
      var found: [RecordProblem] = []
      var start = 0
      while start < bytes.count {
        try Task.checkCancellation()
        let end = min(start + piece, bytes.count)
        let batch = decoder.decode(Array(bytes[start..<end]))
        found += batch.problems
        detector.detect(batch, source: path)
        start = end
      }
      let last = decoder.finish()
      found += last.problems
      detector.detect(last, source: path)
      problems += found.prefix(named).map { $0.problem(file: path) }
      if found.count > named {
        problems.append(
          Problem(
            code: "unparsed-record", location: Location(file: path),
            message: "\(Phrase.count(found.count - named, "more record")) could not be understood",
            hidesInput: found.dropFirst(named).contains(where: \.losesInput)))
      }
    }
    detector.finish()
    guard detector.eventCount > 0 else {
      throw FailedOperation(BartizanError(.input, "no event in \(paths.joined(separator: ", "))"), after: problems)
    }
    return (DetectionAnswer(detector), problems)
  }
}
