import Bytes
import Detect
import Events
import Findings
import TestKit
import Testing

/// What makes alerts one incident, and what does not.
@Suite struct IncidentTests {
  static func event(
    _ second: Int, _ user: String, _ address: String, verb: String = "get", resource: String = "pods",
    subresource: String? = nil, namespace: String = "shop", name: String = "web-1", code: Int = 200,
    groups: [String] = [], extra: String = "{}", annotations: String = "{}", body: String = "null",
    agent: String = "kubectl/v1.36.0"
  ) -> String {
    let time = Timestamp(seconds: 1_772_438_400 + Int64(second))?.text ?? ""
    let digits = String(100_000_000_000 + second * 1_000 + user.utf8.reduce(0) { ($0 * 31 + Int($1)) % 997 })
    let id = "5f1f7a3e-0000-4000-8000-" + digits
    let sub = subresource.map { "\"subresource\":\"\($0)\"," } ?? ""
    let groups = groups.map { "\"\($0)\"" }.joined(separator: ",")
    let group = resource.hasSuffix("bindings") ? "rbac.authorization.k8s.io" : ""
    return """
      {"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"\(id)",\
      "stage":"ResponseComplete","requestURI":"/api/v1/\(resource)/\(second)","verb":"\(verb)",\
      "user":{"username":"\(user)","groups":[\(groups)],"extra":\(extra)},"sourceIPs":["\(address)"],\
      "userAgent":"\(agent)","objectRef":{"resource":"\(resource)",\(sub)"namespace":"\(namespace)",\
      "name":"\(name)","apiGroup":"\(group)","apiVersion":"v1"},"responseStatus":{"code":\(code)},\
      "requestReceivedTimestamp":"\(time)","stageTimestamp":"\(time)","annotations":\(annotations),\
      "requestObject":\(body)}
      """
  }

  static func exec(_ second: Int, _ user: String, _ address: String, pod: String = "web-1", namespace: String = "shop")
    -> String
  {
    event(second, user, address, subresource: "exec", namespace: namespace, name: pod, code: 101)
  }

  static func incidents(_ events: [String]) -> [Incident] {
    var detector = Detector(RuleFilesTests.set)
    detector.detect(EventDecoder.decode(Array(events.joined(separator: "\n").utf8)), source: "audit")
    detector.finish()
    return detector.incidents
  }

  static func bound(_ pod: String) -> String {
    "{\"authentication.kubernetes.io/pod-name\":[\"\(pod)\"]}"
  }

  /// The token of a pod that reads Secrets from inside it.
  static func readSecrets(_ second: Int, _ account: String, pod: String, _ address: String = "10.0.0.9") -> String {
    event(
      second, "system:serviceaccount:\(account)", address, verb: "list", resource: "secrets", namespace: "data",
      name: "", extra: bound(pod)
    )
    .replacing("kubectl/v1.36.0", with: "curl/8.5.0")
  }

  @Test func oneAddressIsOneHand() {
    #expect(Self.incidents([Self.exec(0, "ann", "192.0.2.7"), Self.exec(60, "bob", "192.0.2.7")]).count == 1)
    #expect(Self.incidents([Self.exec(0, "ann", "192.0.2.7"), Self.exec(60, "bob", "192.0.2.8")]).count == 2)
    #expect(Self.incidents([Self.exec(0, "ann", "192.0.2.7"), Self.exec(60, "ann", "192.0.2.8")]).count == 1)
  }

  @Test func aGatewayIsNoHand() {
    let others = (0..<8).map { Self.event(10 + $0, "user-\($0)", "192.0.2.7") }
    #expect(
      Self.incidents([Self.exec(0, "ann", "192.0.2.7")] + others + [Self.exec(60, "bob", "192.0.2.7")]).count == 2)
  }

  @Test func aPodThatTwoLookIntoJoinsNothing() {
    #expect(Self.incidents([Self.exec(0, "ann", "192.0.2.7"), Self.exec(60, "bob", "192.0.2.8")]).count == 2)
    // The same name elsewhere is another pod.
    let inside = Self.readSecrets(60, "data:default", pod: "web-1")
    #expect(Self.incidents([Self.exec(0, "ann", "192.0.2.7"), inside]).count == 2)
  }

  @Test func whoEntersAPodActsAsIt() {
    let inside = Self.readSecrets(60, "shop:default", pod: "web-1")
    let incidents = Self.incidents([Self.exec(0, "ann", "192.0.2.7"), inside])
    #expect(incidents.count == 1)
    #expect(incidents.first?.tactics.contains(.credentialAccess) == true)
    // What the pod did before is its own.
    #expect(
      Self.incidents([Self.readSecrets(0, "shop:default", pod: "web-1"), Self.exec(1_200, "ann", "192.0.2.7")]).count
        == 2)
    // And more than an hour later it is another story.
    #expect(
      Self.incidents([Self.exec(0, "ann", "192.0.2.7"), Self.readSecrets(3_661, "shop:default", pod: "web-1")]).count
        == 2)
  }

  @Test func aTokenIsFollowedByItsId() {
    let mint = { (issued: String) in
      Self.event(
        0, "ann", "192.0.2.7", verb: "create", resource: "serviceaccounts", subresource: "token", name: "robot",
        code: 201, annotations: "{\"authentication.kubernetes.io/issued-credential-id\":\"\(issued)\"}")
    }
    let use = Self.event(
      60, "system:serviceaccount:shop:robot", "203.0.113.9", verb: "list", resource: "secrets", name: "",
      extra: "{\"authentication.kubernetes.io/credential-id\":[\"JTI=1\"]}"
    ).replacing("kubectl/v1.36.0", with: "curl/8.5.0")
    #expect(Self.incidents([mint("JTI=1"), use]).count == 1)
    #expect(Self.incidents([mint("JTI=2"), use]).count == 2)
  }

  @Test func newRightsAreFollowed() {
    func bind(_ user: String, groups: [String] = []) -> String {
      Self.event(
        0, user, "192.0.2.7", verb: "create", resource: "clusterrolebindings", namespace: "", name: "x", code: 201,
        groups: groups,
        body:
          "{\"roleRef\":{\"kind\":\"ClusterRole\",\"name\":\"cluster-admin\"},\"subjects\":[{\"kind\":\"ServiceAccount\",\"name\":\"robot\",\"namespace\":\"shop\"}]}"
      )
    }
    let use = Self.readSecrets(60, "shop:robot", pod: "robot-1")
    #expect(Self.incidents([bind("ann"), use]).count == 1)
    // Who installs clusters binds roles all day.
    #expect(Self.incidents([bind("kubernetes-admin", groups: ["system:masters"]), use]).count == 2)
  }

  @Test func sharedAccountsAreOneOnlyFromOneAddress() {
    func read(_ second: Int, _ address: String) -> String {
      Self.event(
        second, "kubernetes-admin", address, verb: "list", resource: "secrets", namespace: "", name: "",
        groups: ["system:masters"])
    }
    #expect(Self.incidents([read(0, "192.0.2.7"), read(60, "192.0.2.7")]).count == 1)
    #expect(Self.incidents([read(0, "192.0.2.7"), read(60, "203.0.113.9")]).count == 2)
  }

  @Test func theStorySaysEachThingOnce() throws {
    let incident = try #require(
      Self.incidents([Self.exec(0, "ann", "192.0.2.7"), Self.readSecrets(60, "shop:default", pod: "web-1")]).first)
    let lines = incident.story.split(separator: "\n")
    #expect(
      lines.first
        == "ann and system:serviceaccount:shop:default, from 192.0.2.7 and 10.0.0.9, on 2026-03-02 from 08:00:00 to 08:01:00 UTC: execution and credential access."
    )
    #expect(lines.dropFirst().first == "08:00:00 ann ran a command in pod shop/web-1, from 192.0.2.7.")
    // Every alert is a step or stands beside one.
    let told = incident.steps.flatMap { [$0.alert] + $0.others }
    #expect(Set(told) == Set(incident.alerts) && told.count == incident.alerts.count)
    // No two steps rest on the same events alone.
    #expect(incident.steps.count < incident.alerts.count)
  }
}
