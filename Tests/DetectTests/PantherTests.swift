import Bytes
import Detect
import Events
import TestKit
import Testing

/// Panther's labelled events of Kubernetes and registries, against the rules that stand for its own.
@Suite struct PantherTests {
  /// Verdicts that differ, each with the reason. One that agrees again fails the test.
  static let differences: [String: String] = [
    "Kubernetes.API.IOC.Activity/EKS Activity from Tor Exit Node": torReason,
    "Kubernetes.API.IOC.Activity/AKS Activity from Tor Exit Node": torReason,
    "Kubernetes.API.IOC.Activity/GCP GKE Activity from Tor Exit Node": torReason,
    "AWS.ECR.CRUD/Authorized account":
      "Panther's rule is configured with the accounts and regions that may; ours names every write",
    "Kubernetes.API.AnonymousAccess/Google Load Balancer Health Check (excluded)":
      "anybody can call itself a health check: ours believes it of the path / alone, and this one lists component statuses",
  ]

  private static let torReason =
    "Panther adds a list of Tor's exits to events as they arrive; the event itself does not tell"

  static func mapping() throws -> DocumentNode {
    let path = FileReaderForTests.repository + "/docs/rules/panther.json"
    return try #require(try JSONReader.read(FileReaderForTests.bytes(path))["rules"])
  }

  @Test func mappedRulesExist() throws {
    let ids = Set(RuleFilesTests.set.infos.map(\.id))
    for entry in try Self.mapping().entries {
      for id in entry.value.strings { #expect(ids.contains(id), "\(entry.key): \(id)") }
    }
  }

  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
  func verdictsAgree() throws {
    let mapping = try Self.mapping()
    var count = 0
    var different: Set<String> = []
    for file in ["kubernetes_rules", "gcp_k8s", "ecr_registry"] {
      for line in DocumentReader.read(try SharedData.bytes("siem/panther/\(file).jsonl")).documents {
        guard let rule = line["rule"]?.text, let log = line["log"], let ours = mapping[rule]?.strings else {
          Issue.record("\(file):\(line.line): not mapped")
          continue
        }
        count += 1
        var isFired = false
        for id in ours {
          guard let set = RuleFilesTests.set.only(id) else { continue }
          var detector = Detector(set)
          let text = JSONWriter.compact(log, escapesHTML: false)
          detector.detect(EventDecoder.decode(Array(text.utf8)), source: "panther")
          detector.finish()
          isFired = isFired || (detector.matchCounts[id] ?? 0) > 0
        }
        if isFired != line["expected"]?.bool { different.insert("\(rule)/\(line["test"]?.text ?? "")") }
      }
    }
    print("Panther: \(count - different.count) of \(count) verdicts agree")
    #expect(different == Set(Self.differences.keys))
    #expect(different.count * 50 <= count)
  }
}
