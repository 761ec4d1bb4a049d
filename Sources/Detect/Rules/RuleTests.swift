import Bytes
import Events

/// Unit tests of rules: a list of cases with events and how often the rule must match.
package enum RuleTests {
  /// One case and how often its rule matched.
  package struct Result: Sendable, Hashable {
    package let rule: String
    package let name: String
    package let wanted: Int
    package let found: Int

    package var isPassed: Bool { wanted == found }
  }

  /// Why a file holds no tests.
  package struct Invalid: Error, Sendable {
    package let message: String
    package let line: Int
  }

  /// Runs the cases of a file.
  ///
  /// - Parameter rule: id of the rule, unless a case names another.
  /// - Returns: one result a case; a file that cannot be read gives one that failed.
  package static func run(_ source: RuleSet.Source, rule: String, _ set: RuleSet) -> [Result] {
    let stream = DocumentReader.read(source.bytes)
    guard stream.errors.isEmpty, let cases = stream.documents.first?.array, !cases.isEmpty else {
      return [Result(rule: rule, name: "a list of cases is expected", wanted: 1, found: 0)]
    }
    return cases.map { node in
      let id = node["rule"]?.text ?? rule
      let name = node["name"]?.text ?? "line \(node.line)"
      guard let wanted = node["matches"]?.int ?? node["matches"]?.bool.map({ $0 ? 1 : 0 }) else {
        return Result(rule: id, name: name + ": `matches` is missing", wanted: 1, found: 0)
      }
      guard let rules = set.only(id) else {
        return Result(rule: id, name: name + ": there is no such rule", wanted: 1, found: 0)
      }
      // The matches of a rule, and what makes a second alert of the same thing one.
      var detector = Detector(rules)
      var text: [UInt8] = []
      for event in node["events"]?.elements ?? [] {
        if let line = event.string {
          text += Array(line.utf8)
        } else {
          text += Array(JSONWriter.compact(event, escapesHTML: false).utf8)
        }
        text.append(0x0A)
      }
      var options = DecodeOptions()
      // Lines without a year are of the year before this.
      options.receivedAt = Timestamp("2026-06-01T00:00:00Z")
      detector.detect(EventDecoder.decode(text, options: options), source: source.path)
      detector.finish()
      return Result(rule: id, name: name, wanted: Int(clamping: wanted), found: detector.matchCounts[id] ?? 0)
    }
  }
}
