import Bytes
import Detect
import Events
import Findings
import TestKit
import Testing

/// What a snapshot of the cluster changes in what is found.
@Suite struct ClusterFactsTests {
  static func detector(_ events: [String], _ facts: ClusterFacts) -> Detector {
    var detector = Detector(RuleFilesTests.set, facts: facts)
    detector.detect(EventDecoder.decode(Array(events.joined(separator: "\n").utf8)), source: "audit")
    detector.finish()
    return detector
  }

  static func pod(_ image: String, user: String = "ann", agent: String = "kubectl/v1.36.0") -> String {
    IncidentTests.event(
      0, user, "192.0.2.7", verb: "create", code: 201,
      body:
        "{\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"registry.example.org/a:1\"},{\"name\":\"b\",\"image\":\"\(image)\"}]}}",
      agent: agent)
  }

  @Test(arguments: [
    ("registry.example.net/b:1", true), ("registry.example.org/b:1", false), ("nginx", true),
    ("index.docker.io/library/nginx", true), ("registry.example.org:5000/b", true), ("localhost/b", true),
  ])
  func imagesFromNewRegistriesAreTold(_ image: String, _ isNew: Bool) {
    var facts = ClusterFacts()
    facts.registries = ["registry.example.org"]
    let alerts = Self.detector([Self.pod(image)], facts).alerts
    #expect(alerts.contains { $0.rule.id == "kubernetes-image-from-new-registry" } == isNew)
    // The control plane makes the pods that others described.
    let controller = "system:serviceaccount:kube-system:replicaset-controller"
    func isTold(_ agent: String) -> Bool {
      Self.detector([Self.pod(image, user: controller, agent: agent)], facts).alerts
        .contains { $0.rule.id == "kubernetes-image-from-new-registry" }
    }
    #expect(!isTold("kube-controller-manager/v1.36.0 (linux/amd64) kubernetes/1 system:serviceaccount:kube-system"))
    // Nobody else uses its token.
    #expect(isTold("kubectl/v1.36.0") == isNew)
  }

  static func status(_ second: Int, _ digit: Int) -> String {
    let id = "sha256:" + String(repeating: "0", count: 63) + String(digit)
    return IncidentTests.event(
      second, "system:node:worker-1", "192.0.2.11", verb: "patch", subresource: "status",
      body:
        "{\"status\":{\"containerStatuses\":[{\"name\":\"a\",\"image\":\"registry.example.org/a:1\",\"imageID\":\"registry.example.org/a@\(id)\"}]}}"
    )
  }

  @Test func aTagThatMovesIsTold() {
    func isTold(_ events: [String], _ facts: ClusterFacts = ClusterFacts()) -> Bool {
      Self.detector(events, facts).alerts.contains { $0.rule.id == "kubernetes-image-tag-moved" }
    }
    #expect(!isTold([Self.status(0, 1)]))
    #expect(!isTold([Self.status(0, 1), Self.status(9, 1)]))
    #expect(isTold([Self.status(0, 1), Self.status(9, 2)]))
    var facts = ClusterFacts()
    facts.digests = ["registry.example.org/a:1": ["sha256:" + String(repeating: "0", count: 63) + "3"]]
    #expect(isTold([Self.status(0, 1)], facts))
    #expect(!isTold([Self.status(0, 3)], facts))
  }

  @Test func whatIsWorthMoreIsMoreSevere() throws {
    var facts = ClusterFacts()
    facts.workloads["shop/web"] = ClusterFacts.Thing(
      owner: "Deployment shop/web", facts: [ClusterFacts.Fact(.power, "its account may read Secrets everywhere")])
    let exec = IncidentTests.exec(0, "ann", "192.0.2.7", pod: "web-57b8dd7fbc-5lqpt")
    let detector = Self.detector([exec], facts)
    let alert = try #require(detector.alerts.first { $0.rule.id == "kubernetes-exec" })
    #expect(alert.severity == .high)
    #expect(alert.reasons == ["pod shop/web-57b8dd7fbc-5lqpt: its account may read Secrets everywhere"])
    let incident = try #require(detector.incidents.first)
    #expect(incident.objects.map(\.thing.owner) == ["Deployment shop/web"])
    #expect(incident.story.contains("of Deployment shop/web; its account may read Secrets everywhere"))
    // Another workload, and one whose name only begins like it.
    for pod in ["api-57b8dd7fbc-5lqpt", "web-a-57b8dd7fbc-5lqpt"] {
      let other = IncidentTests.exec(0, "ann", "192.0.2.7", pod: pod)
      #expect(Self.detector([other], facts).alerts.first { $0.rule.id == "kubernetes-exec" }?.severity == .medium)
    }
  }

  /// What is left is that of the nearest thing that the attacker holds after the step, and survives being kept.
  @Test func anAlertSaysWhatIsLeftInTheWay() throws {
    var facts = ClusterFacts()
    facts.workloads["shop/web"] = ClusterFacts.Thing(
      depthLeft: DepthLeft(depth: 1, target: "cluster-admin", isCertain: true))
    facts.users["ann"] = ClusterFacts.Thing(
      depthLeft: DepthLeft(depth: 3, target: "pod:shop/orders-db", isCertain: true))
    let exec = IncidentTests.exec(0, "ann", "192.0.2.7", pod: "web-57b8dd7fbc-5lqpt")
    let detector = Self.detector([exec], facts)
    let alert = try #require(detector.alerts.first { $0.rule.id == "kubernetes-exec" })
    #expect(alert.depthLeft == DepthLeft(depth: 1, target: "cluster-admin", isCertain: true))
    #expect(Alert(stored: alert.stored)?.depthLeft == alert.depthLeft)
    let incident = try #require(detector.incidents.first)
    #expect(incident.depthLeft == alert.depthLeft)
    #expect(incident.story.contains("1 control left before cluster-admin."))
    // Of somebody whom the snapshot does not know nothing is said.
    let other = IncidentTests.exec(0, "eve", "192.0.2.7", pod: "api-57b8dd7fbc-5lqpt")
    #expect(Self.detector([other], facts).alerts.allSatisfy { $0.depthLeft == nil })
  }

  @Test func aTokenOutsideOfItsPodIsWorthWhatItsAccountIs() throws {
    func severity(_ facts: ClusterFacts, pod: Bool) throws -> Severity {
      let event = IncidentTests.event(
        0, "system:serviceaccount:shop:robot", "203.0.113.9", verb: "list", resource: "secrets", name: "",
        extra: pod ? IncidentTests.bound("robot-1") : "{}"
      ).replacing("kubectl/v1.36.0", with: "curl/8.5.0")
      return try #require(
        Self.detector([event], facts).alerts.first { $0.rule.id == "kubernetes-secrets-read-with-plain-client" }
      ).severity
    }
    var facts = ClusterFacts()
    facts.serviceAccounts["shop/robot"] = ClusterFacts.Thing(facts: [ClusterFacts.Fact(.cloudIdentity, "stands for x")])
    #expect(try severity(facts, pod: false) == .critical)
    #expect(try severity(facts, pod: true) == .high)
    #expect(try severity(ClusterFacts(), pod: false) == .high)
  }

  @Test func originsOfImages() {
    #expect(ImageOrigin.registry(of: "nginx:1") == "docker.io")
    #expect(ImageOrigin.registry(of: "library/nginx") == "docker.io")
    #expect(ImageOrigin.registry(of: "Registry.example.org:5000/a/b@sha256:0") == "registry.example.org:5000")
    #expect(ImageOrigin.registry(of: "localhost/a") == "localhost")
    #expect(ImageOrigin.registry(of: "") == nil)
    #expect(ImageOrigin.digest(of: "docker-pullable://a@sha256:" + String(repeating: "a", count: 64)) != nil)
    #expect(ImageOrigin.digest(of: "sha256:short") == nil)
  }
}
