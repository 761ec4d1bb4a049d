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

  /// The server would refuse them: what such an object lacks proves nothing, what is found in it counts.
  @Test(arguments: [
    ("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  - hostPID: true\n", ["spec"]),
    ("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n", ["spec.selector"]),
    (
      "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostPID: \"true\", containers: [{name: a, image: \"a:1\"}]}\n",
      ["spec.hostPID"]
    ),
    ("apiVersion: batch/v1\nkind: Cronjob\nmetadata: {name: a}\n", ["kind"]),
  ]) func whatTheServerRefusesIsNotJudged(_ text: String, _ paths: [String]) async throws {
    let result = await PostureScan().run(Fixtures.snapshot(text))
    let schema = result.findings.filter { $0.check.rawValue == "schema" }
    for path in paths { #expect(schema.contains { $0.evidence.first?.path == path }, "\(path)") }
    #expect(result.status == .partial)
    #expect(result.notEvaluated.contains { $0.check == nil && $0.subject != nil })
    let hostPID = result.byCheck[CheckID("pss-host-namespaces")]
    #expect(hostPID?.passed ?? 0 == 0)
  }

  /// Kinds that no line of the catalogue knows, by the shape of what they hold.
  @Test func podSpecsInCustomResources() async throws {
    let container = "{name: c, image: \"x:1\", securityContext: {privileged: true}}"
    let snapshot = Fixtures.snapshot(
      """
      {apiVersion: ray.io/v1, kind: RayJob, metadata: {name: a}, spec: {rayClusterSpec: {headGroupSpec: {template: {spec: {containers: [\(container)]}}}}}}
      ---
      {apiVersion: tekton.dev/v1, kind: PipelineRun, metadata: {name: b}, spec: {pipelineSpec: {tasks: [{taskSpec: {steps: [\(container)]}}]}}}
      ---
      {apiVersion: template.openshift.io/v1, kind: Template, metadata: {name: c}, objects: [{apiVersion: apps/v1, kind: Deployment, spec: {template: {metadata: {labels: {a: b}}, spec: {containers: [\(container)]}}}}]}
      ---
      {apiVersion: example.com/v1, kind: Menu, metadata: {name: d}, spec: {containers: [{name: box, size: 3}], steps: [stir]}}
      """)
    let check = try #require(CheckCatalogue.check("pss-privileged"))
    let result = await PostureScan(checks: [check]).run(snapshot)
    #expect(result.findings.map(\.subject.name).sorted() == ["a", "b", "c"])
    #expect(
      result.findings.contains {
        $0.evidence.first?.path == "objects[0].spec.template.spec.containers[0].securityContext.privileged"
      })
    #expect(snapshot.workloads.count == 3)
  }

  /// A sidecar in front changes the place of every container and nothing else.
  @Test func fingerprintsOutliveAContainerInFront() async throws {
    func pod(_ first: String) -> String {
      "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [\(first){name: app, image: \"a:1\", securityContext: {privileged: true}}]}}"
    }
    let check = try #require(CheckCatalogue.check("pss-privileged"))
    let scan = PostureScan(checks: [check])
    let before = await scan.run(Fixtures.snapshot(pod(""))).findings
    let after = await scan.run(Fixtures.snapshot(pod("{name: mesh, image: \"m:1\"}, "))).findings
    #expect(before.map(\.fingerprint) == after.map(\.fingerprint) && before.count == 1)
    // A baseline of a version that counted still knows it.
    let old = try #require(before.first?.formerFingerprint(as: CheckID("pss-privileged")))
    let entry = Baseline.Entry(
      check: "pss-privileged", subject: Baseline.Entry.subject(before[0].subject), fingerprint: old.text)
    #expect(Baseline([entry]).unknown(among: before).isEmpty)
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
