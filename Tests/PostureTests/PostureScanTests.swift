import Findings
import Kube
import PodSecurity
import Posture
import TestKit
import Testing

@Suite struct PostureScanTests {
  private static let namespaceWithPod = """
    apiVersion: v1
    kind: Namespace
    metadata:
      name: shop
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: a
      namespace: shop
    spec:
      containers:
        - name: a
          image: a:1
    """

  @Test func absenceIsNotProvedByWhatCouldNotBeRead() async throws {
    let check = try #require(CheckCatalogue.check("namespace-without-network-policy"))
    let whole = await PostureScan(checks: [check]).run(Fixtures.snapshot(Self.namespaceWithPod))
    #expect(whole.findings.count == 1 && whole.status == .complete)

    let broken = await PostureScan(checks: [check]).run(
      Fixtures.snapshot(Self.namespaceWithPod + "\n---\nkind: [NetworkPolicy\n"))
    #expect(broken.findings.isEmpty)
    #expect(broken.tally.notEvaluated == 1)
    #expect(broken.notEvaluated.contains { $0.check == check.metadata.id })
    #expect(broken.status == .partial)
  }

  @Test(arguments: CheckCatalogue.checks.map(\.metadata.id.rawValue))
  func aRefusedKindNeverPasses(_ id: String) async throws {
    let check = try #require(CheckCatalogue.check(id))
    var builder = ClusterSnapshot.Builder()
    let kinds =
      (check as? any ObjectCheck)?.kinds ?? [.pod, GroupKind("apps", "Deployment"), GroupKind("batch", "CronJob")]
    for kind in kinds { builder.refuse(kind, reason: "forbidden") }
    let result = await PostureScan(checks: [check]).run(builder.build())
    #expect(result.tally.passed == 0 && result.findings.isEmpty)
    #expect(!result.notEvaluated.isEmpty)
    #expect(result.status == .partial)
  }

  @Test func theSameInputGivesTheSameOrderWhateverTheWidth() async throws {
    let manifests = (0..<300).map { index in
      "apiVersion: v1\nkind: Pod\nmetadata: {name: p\(index), namespace: n\(index % 7)}\nspec: {containers: [{name: c, image: x}]}"
    }.joined(separator: "\n---\n")
    let snapshot = Fixtures.snapshot(manifests)
    let one = await PostureScan().run(snapshot, width: 1)
    let eight = await PostureScan().run(snapshot, width: 8)
    #expect(one.findings == eight.findings)
    #expect(one.tally == eight.tally)
    #expect(one.tally.failed == one.findings.count)
  }

  @Test func restrictedDoesNotRepeatBaseline() async throws {
    let snapshot = Fixtures.snapshot(
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: a}
      spec:
        volumes:
          - name: root
            hostPath: {path: /}
        containers: [{name: c, image: "x:1"}]
      """)
    let result = await PostureScan().run(snapshot)
    #expect(result.findings.contains { $0.check.rawValue == "pss-host-path-volumes" })
    #expect(!result.findings.contains { $0.check.rawValue == "pss-restricted-volumes" })
  }

  @Test func credentialsNeverReachTheReport() async throws {
    let secret = "correct-horse-battery"
    let snapshot = Fixtures.snapshot(
      "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, image: 'x:1', env: [{name: DB_PASSWORD, value: \(secret)}], args: ['--token=\(secret)']}]}"
    )
    let result = await PostureScan().run(snapshot)
    let finding = try #require(result.findings.first { $0.check.rawValue == "credential-in-environment" })
    #expect(finding.evidence.count == 2)
    #expect(!"\(result)".contains(secret))
  }
}
