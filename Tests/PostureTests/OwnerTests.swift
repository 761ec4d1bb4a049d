import Findings
import Kube
import Posture
import TestKit
import Testing

/// Workloads as teams deploy them and as teams break them, each file judged as its owner would: what is found stands in its
/// first lines (`# SEVERITY CHECK…`), and nothing else is found.
@Suite struct OwnerTests {
  private static let folder = FileReaderForTests.repository + "/Tests/PostureTests/Owners"

  private static let deployed = [
    "01-web-api", "02-ingress", "03-cronjob-backup", "04-statefulset-postgres", "05-node-exporter", "06-reader-role",
    "07-configuration", "08-external-secret", "09-argo-application", "10-hpa-pdb", "11-namespace", "12-fluent-bit",
    "13-job-migration", "14-windows", "15-cert-manager-issuer", "16-gateway", "17-prometheus", "18-cilium-policy",
    "19-controller", "20-meshed",
  ]
  private static let broken = [
    "01-debug-left-in", "02-docker-in-docker", "03-typo-in-security-context", "04-selector-does-not-match",
    "05-secrets-in-git", "06-policy-with-a-typo", "07-wrong-types", "08-old-apis", "09-open-webhook",
    "10-everybody-may",
  ]
  /// Objects of them that the server would refuse: not judged, and said.
  private static let refused: Set<String> = ["07-wrong-types", "08-old-apis"]

  private static func judge(_ path: String) async throws -> (expected: [String], found: [String], result: ScanResult) {
    let text = try FileReaderForTests.text("\(folder)/\(path).yaml")
    let expected = text.split(separator: "\n").prefix { $0.hasPrefix("# ") }.flatMap { line -> [String] in
      let words = line.split(separator: " ").dropFirst().map(String.init)
      return words.dropFirst().map { "\(words[0]) \($0)" }
    }
    let result = await PostureScan().run(Fixtures.snapshot(text))
    return (expected.sorted(), result.findings.map { "\($0.severity) \($0.check.rawValue)" }.sorted(), result)
  }

  @Test(arguments: deployed) func whatTeamsDeploy(_ name: String) async throws {
    let (expected, found, result) = try await Self.judge("deployed/" + name)
    #expect(found == expected)
    #expect(result.problems.allSatisfy { !$0.hidesInput })
    // What touches the node is serious; nothing else of these is.
    let serious = result.findings.filter { $0.severity >= .high }
    #expect(serious.isEmpty || name == "05-node-exporter")
  }

  @Test(arguments: broken) func whatTeamsBreak(_ name: String) async throws {
    let (expected, found, result) = try await Self.judge("broken/" + name)
    #expect(found == expected)
    #expect(!result.findings.isEmpty)
    #expect((result.status == .partial) == Self.refused.contains(name))
  }
}
