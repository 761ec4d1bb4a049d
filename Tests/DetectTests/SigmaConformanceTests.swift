import Bytes
import Detect
import Events
import TestKit
import Testing

/// SigmaHQ's rules and the events that they were written for.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
struct SigmaConformanceTests {
  static let folders = [
    "rules", "rules-compliance", "rules-emerging-threats", "rules-placeholder", "rules-threat-hunting",
  ]

  static let files = folders.flatMap { SharedData.files("siem/sigma/" + $0) }.filter { $0.hasSuffix(".yml") }

  static let set = RuleSet(
    files.compactMap { file in
      guard let bytes = try? FileReaderForTests.bytes(file) else { return nil }
      return RuleSet.Source(path: file.split(separator: "/").suffix(1).joined(), bytes: bytes)
    })

  /// Files whose `match_count` is 1 although several of their events agree with the rule's text: each names the path,
  /// key or value that the rule asks for.
  static let counted: [String: Int] = [
    "0b9ad457-2554-44c1-82c2-d56a99c42377": 3, "8fbf3271-1ef6-4e94-8210-03c2317947f6": 3,
    "45e112d0-7759-4c2a-aa36-9f8fb79d3393": 3, "c7dcacd0-cc59-4004-b0a4-1d6cdebe6f3e": 2,
  ]

  static let matcher = RuleMatcher(set.rules.map { ($0.tree, $0.info.logSource) })

  /// Every rule is read or refused for a reason that the specification gives: look-around in regular expressions,
  /// placeholders without values.
  @Test func everyRuleIsReadOrRefusedByTheSpecification() {
    let set = Self.set
    var reasons: [String: Int] = [:]
    for error in set.errors {
      switch error.reason {
      case .placeholder: reasons["placeholder", default: 0] += 1
      case .expression: reasons["expression", default: 0] += 1
      default: Issue.record("\(error.text)")
      }
    }
    print("Sigma: \(set.rules.count) rules read, \(set.errors.count) refused: \(reasons)")
    #expect(set.rules.count + set.errors.count == Self.files.count)
    #expect(reasons["expression", default: 0] == 0)
  }

  @Test func regressionEventsFireTheirRules() throws {
    let set = Self.set
    var places: [String: Int] = [:]
    for (index, rule) in set.rules.enumerated() { places[rule.info.id] = index }
    var checked = 0
    var state = MatchState()
    for file in SharedData.files("siem/sigma/regression_data") where file.hasSuffix("/info.yml") {
      let folder = file.split(separator: "/").dropLast().joined(separator: "/")
      let info = try #require(DocumentReader.read(try FileReaderForTests.bytes(file)).documents.first)
      let id = try #require(info["rule_metadata"]?.elements.first?["id"]?.text)
      guard let place = places[id] else {
        Issue.record("no rule \(id)")
        continue
      }
      let told = info["regression_tests_info"]?.elements.first?["match_count"]?.int
      let wanted = Self.counted[id] ?? told.map { Int($0) }
      for event in SourceFiles.all("/" + folder, suffix: ".json") {
        let batch = EventDecoder.decode(try FileReaderForTests.bytes(event))
        var count = 0
        for event in batch.events where Self.matcher.match(event, &state).contains(place) { count += 1 }
        if let wanted { #expect(count == wanted, "\(event)") } else { #expect(count > 0, "\(event)") }
        checked += 1
      }
    }
    print("Sigma: \(checked) regression files")
    #expect(checked == 202)
  }
}
