import Access
import Bytes
import Events
import Findings
import Kube
import TestKit
import Testing

@Suite struct LeastPrivilegeTests {
  static func event(
    _ user: String, _ verb: String, _ resource: String, _ namespace: String, name: String = "", extra: String = ""
  ) -> String {
    "{\"auditID\":\"\(user)\(verb)\(resource)\(namespace)\(name)\",\"stage\":\"ResponseComplete\",\"verb\":\"\(verb)\",\"user\":{\"username\":\"\(user)\"},\"objectRef\":{\"resource\":\"\(resource)\",\"namespace\":\"\(namespace)\",\"name\":\"\(name)\"}\(extra)}\n"
  }

  static func events(_ text: String) -> [AuditEvent] {
    var log = AuditLog()
    let bytes = Array(text.utf8)
    log.add(bytes.span)
    return log.events
  }

  /// The grants as the cluster would read them.
  static func applied(_ grants: [LeastPrivilege.Grant]) throws -> AccessInventory {
    let stream = DocumentReader.read(Array(YAMLWriter.text(GrantManifest.documents(grants)).utf8))
    #expect(stream.errors.isEmpty)
    var builder = ClusterSnapshot.Builder()
    for document in stream.documents { builder.add(document, file: "written") }
    return AccessInventory(builder.build())
  }

  static func observed(_ events: [AuditEvent]) -> [ObservedRequest] { events.map { ObservedRequest($0) } }

  static func observed(_ text: String) -> [ObservedRequest] { observed(events(text)) }

  static func request(_ event: AuditEvent) -> AccessRequest {
    AccessRequest(
      identity: Identity(user: event.impersonatedUser ?? event.user), verb: event.verb,
      target: event.object.map {
        .resource(
          .init(
            group: $0.group, resource: $0.resource, subresource: $0.subresource, namespace: $0.namespace, name: $0.name)
        )
      } ?? .path(event.path))
  }

  private static func nameless(_ request: AccessRequest, namespace: String) -> AccessRequest {
    guard case .resource(let target) = request.target else { return request }
    return AccessRequest(
      identity: Identity(user: request.identity.user), verb: request.verb,
      target: .resource(
        .init(group: target.group, resource: target.resource, subresource: target.subresource, namespace: namespace)))
  }

  @Test func namesAreKeptWhereTheyCanBe() throws {
    let grants = LeastPrivilege(
      Self.observed(
        Self.event("kim", "get", "secrets", "n", name: "a") + Self.event("kim", "create", "secrets", "n", name: "a")
          + Self.event("kim", "list", "pods", "n", name: "a") + Self.event("kim", "get", "pods", "")
          + Self.event("kim", "get", "pods", "n", name: "p"))
    ).grants
    let rules = grants.flatMap(\.rules)
    #expect(
      rules.filter { !$0.resourceNames.isEmpty }.map(\.text) == [
        "list pods (core) named a", "get secrets (core) named a",
      ])
    #expect(grants.map(\.namespaces) == [nil, ["n"]])
  }

  @Test func knobsWidenAsTheySay() {
    var text = ""
    for index in 0..<6 { text += Self.event("kim", "get", "configmaps", "n\(index)", name: "c\(index)") }
    for index in 0..<4 { text += Self.event("kim", "get", "secrets", "n0", name: "s\(index)") }
    let events = Self.events(text)
    #expect(LeastPrivilege(Self.observed(events)).grants.count == 6)
    var options = LeastPrivilege.Options()
    options.collapseNames = 3
    let collapsed = LeastPrivilege(Self.observed(events), options: options).grants
    #expect(collapsed.flatMap(\.rules).contains { $0.text == "get secrets (core)" })
    options.collapseNames = 0
    options.joinNamespaces = 3
    let joined = LeastPrivilege(Self.observed(events), options: options).grants
    #expect(joined.first?.namespaces == nil && joined.first?.rules.map(\.text) == ["get configmaps (core)"])
  }

  @Test func impersonationIsARequestToo() throws {
    let grants = LeastPrivilege(
      Self.observed(
        Self.event(
          "kim", "get", "pods", "n",
          extra: ",\"impersonatedUser\":{\"username\":\"sam\",\"groups\":[\"ops\",\"system:authenticated\"]}"))
    ).grants
    #expect(grants.map(\.subject) == [.user("kim"), .user("sam")])
    #expect(
      grants[0].rules.map(\.text).sorted() == [
        "impersonate groups (core) named ops", "impersonate users (core) named sam",
      ])
  }

  @Test func refusedRequestsCanBeLeftOut() {
    let events = Self.events(
      Self.event("kim", "get", "secrets", "n", name: "x", extra: ",\"responseStatus\":{\"code\":403}"))
    #expect(LeastPrivilege(Self.observed(events)).refused == 1)
    var options = LeastPrivilege.Options()
    options.allowedOnly = true
    #expect(LeastPrivilege(Self.observed(events), options: options).grants.isEmpty)
  }

  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
  func aRecordedLogIsAllowedAndLittleElse() throws {
    var log = AuditLog()
    let bytes = try SharedData.bytes("kubernetes-recorded/audit-least-privilege.jsonl")
    log.add(bytes.span)
    #expect(log.errors.isEmpty)
    let result = LeastPrivilege(Self.observed(log.events))
    let applied = try Self.applied(result.grants)
    #expect(result.refusedByGrants(applied).isEmpty && result.checked > 20)
    let authorizer = Authorizer(applied)
    var seen = Set<AccessRequest>()
    var implied = Set<AccessRequest>()
    for event in log.events {
      let request = Self.request(event)
      seen.insert(request)
      let isNameless = ["create", "list", "watch", "deletecollection"].contains(event.verb) || event.object?.name == ""
      if isNameless { implied.insert(Self.nameless(request, namespace: request.namespace)) }
      #expect(authorizer.decide(request).isAllowed, "\(request)")
    }
    for rule in result.grants.flatMap(\.rules) where !rule.resourceNames.isEmpty {
      // Only what is made below an object, or by apply, has a name when it is authorised.
      #expect(
        !rule.verbs.contains("deletecollection")
          && (!rule.verbs.contains("create") || rule.resources.contains { $0.contains("/") }
            || rule.verbs.contains("patch") || rule.verbs.contains("update")),
        "\(rule.text)")
    }
    // Requests that were not seen, made of the parts of those that were.
    var random = SeededRandom(seed: 21)
    let resources = log.events.compactMap(\.object)
    let users = Array(Set(log.events.map(\.user))).sorted()
    let verbs = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"]
    var tried = 0
    var allowed = 0
    while tried < 5000 {
      let object = random.pick(resources)
      let verb = random.pick(verbs)
      // Requests of these verbs name no object.
      let isNamed = !["create", "list", "watch", "deletecollection"].contains(verb)
      let request = AccessRequest(
        identity: Identity(user: random.pick(users)), verb: verb,
        target: .resource(
          .init(
            group: object.group, resource: object.resource, subresource: object.subresource,
            namespace: random.pick(resources).namespace,
            name: isNamed ? random.pick(["other", random.pick(resources).name]) : "")))
      // What was done everywhere, or without a name, cannot be granted without these.
      if seen.contains(request) || implied.contains(Self.nameless(request, namespace: request.namespace))
        || implied.contains(Self.nameless(request, namespace: ""))
      {
        continue
      }
      tried += 1
      if authorizer.decide(request).isAllowed { allowed += 1 }
    }
    print("least privilege: \(log.events.count) requests allowed, \(allowed) of \(tried) unseen ones too")
    #expect(Double(allowed) < 0.02 * Double(tried))
  }

  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
  func audit2RBACsExampleLogIsAllowed() throws {
    var log = AuditLog()
    let bytes = try SharedData.bytes("posture/audit2rbac/testdata/demo.log")
    log.add(bytes.span)
    let authorizer = Authorizer(try Self.applied(LeastPrivilege(Self.observed(log.events)).grants))
    for event in log.events where event.status != 401 {
      #expect(authorizer.decide(Self.request(event)).isAllowed, "\(Self.request(event))")
    }
    #expect(log.events.count > 30)
  }

  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
  func noWiderThanAudit2RBAC() throws {
    let cases = try JSONReader.read(SharedData.bytes("posture/audit2rbac/process-vectors.json"))
    var compared = 0
    for (name, vector) in Audit2RBACCases.all(cases) {
      let events = vector.requests.compactMap { AuditEvent($0) }
      #expect(!events.isEmpty, "\(name)")
      let ours = try Self.applied(LeastPrivilege(Self.observed(events)).grants)
      // Sufficient together with what the cluster of the case grants already.
      let authorizer = Authorizer(ours)
      for event in events {
        #expect(authorizer.decide(Self.request(event)).isAllowed, "\(name): \(Self.request(event))")
      }
      // No wider: each of our rules is within what is expected, or granted already.
      let theirs = AccessInventory(vector.expected)
      for user in Set(events.map(\.user)) {
        let identity = Identity(user: user, groups: Array(Set(events.flatMap(\.groups))))
        for namespace in [""] + ours.namespaces(of: identity) {
          let held = theirs.rules(for: identity, namespace: namespace)
          let wider = RuleCoverage.missing(ours.rules(for: identity, namespace: namespace), heldIn: held)
          #expect(wider.isEmpty, "\(name), \(user) in '\(namespace)': \(wider.map(\.text))")
        }
      }
      compared += 1
    }
    print("audit2rbac cases compared: \(compared)")
    #expect(compared >= 10)
  }

  // MARK: What the server asks besides

  static let websocket =
    #"{"auditID":"1","stage":"ResponseComplete","verb":"get","user":{"username":"kim"},"objectRef":{"resource":"pods","namespace":"n","name":"db-0","subresource":"exec"},"responseStatus":{"code":101}}"#

  @Test(arguments: [
    ("patch", "configmaps", "", "cm", "201", "", ["create,patch configmaps (core) named cm"]),
    ("patch", "configmaps", "", "cm", "200", "", ["patch configmaps (core) named cm"]),
    ("update", "configmaps", "", "cm", "201", "", ["create,update configmaps (core) named cm"]),
    ("create", "configmaps", "", "cm", "201", "", ["create configmaps (core)"]),
    ("create", "pods/exec", "", "db-0", "101", "", ["create pods/exec (core) named db-0"]),
    ("get", "pods/exec", "", "db-0", "101", "", ["get,create pods/exec (core) named db-0"]),
    ("create", "serviceaccounts/token", "", "x", "201", "", ["create serviceaccounts/token (core) named x"]),
    (
      "update", "certificatesigningrequests/approval", "certificates.k8s.io", "c", "200",
      #""requestObject":{"spec":{"signerName":"kubernetes.io/kube-apiserver-client"}}"#,
      [
        "update certificatesigningrequests/approval (certificates.k8s.io) named c",
        "approve signers (certificates.k8s.io) named kubernetes.io/kube-apiserver-client",
      ]
    ),
    (
      "create", "rolebindings", "rbac.authorization.k8s.io", "b", "201",
      #""requestObject":{"roleRef":{"kind":"ClusterRole","name":"view"}}"#,
      [
        "bind clusterroles (rbac.authorization.k8s.io) named view", "create rolebindings (rbac.authorization.k8s.io)",
      ]
    ),
  ])
  func secondChecksAreGrantedAndProved(
    _ verb: String, _ path: String, _ group: String, _ name: String, _ status: String, _ more: String,
    _ expected: [String]
  ) throws {
    let parts = path.split(separator: "/").map(String.init)
    let namespace = group == "certificates.k8s.io" ? "" : "n"
    let event =
      #"{"stage":"ResponseComplete","verb":"\#(verb)","user":{"username":"kim"},"objectRef":{"apiGroup":"\#(group)","resource":"\#(parts[0])","subresource":"\#(parts.count > 1 ? parts[1] : "")","namespace":"\#(namespace)","name":"\#(name)"},"responseStatus":{"code":\#(status)}\#(more.isEmpty ? "" : "," + more)}"#
    let result = LeastPrivilege(Self.observed(event + "\n"))
    #expect(result.grants.flatMap(\.rules).map(\.text).sorted() == expected.sorted())
    #expect(result.refusedByGrants(try Self.applied(result.grants)).isEmpty && result.unproven.isEmpty)
    #expect(!result.refusedByGrants(try Self.applied([])).isEmpty)
  }

  @Test func allThatIsImpersonatedIsGrantedAndProved() throws {
    let event =
      #"{"stage":"ResponseComplete","verb":"get","user":{"username":"proxy"},"impersonatedUser":{"username":"dev","uid":"u1","groups":["system:authenticated","team"],"extra":{"scopes":["a","b"]}},"objectRef":{"resource":"pods","namespace":"n","name":"p"},"responseStatus":{"code":200}}"#
    let result = LeastPrivilege(Self.observed(event + "\n"))
    let texts = result.grants.filter { $0.subject == .user("proxy") }.flatMap(\.rules).map(\.text)
    #expect(
      Set(texts) == [
        "impersonate groups (core) named team", "impersonate users (core) named dev",
        "impersonate uids (authentication.k8s.io) named u1",
        "impersonate userextras/scopes (authentication.k8s.io) named a,b",
      ])
    #expect(result.refusedByGrants(try Self.applied(result.grants)).isEmpty)
  }

  /// Who may be somebody else for some requests only needs both verbs, and not the plain one.
  @Test func constrainedImpersonationIsGrantedAsItWasChecked() throws {
    let event =
      #"{"stage":"ResponseComplete","verb":"list","user":{"username":"desk"},"impersonatedUser":{"username":"dev","groups":["system:authenticated","team"]},"authenticationMetadata":{"impersonationConstraint":"impersonate:user-info"},"objectRef":{"resource":"pods","namespace":"n"},"responseStatus":{"code":200}}"#
    let result = LeastPrivilege(Self.observed(event + "\n"))
    let texts = result.grants.filter { $0.subject == .user("desk") }.flatMap(\.rules).map(\.text)
    #expect(
      Set(texts) == [
        "impersonate:user-info groups (authentication.k8s.io) named team",
        "impersonate:user-info users (authentication.k8s.io) named dev",
        "impersonate-on:user-info:list pods (core)",
      ])
    #expect(result.refusedByGrants(try Self.applied(result.grants)).isEmpty)
  }

  /// A new Namespace is in none, wherever a log puts it.
  @Test func aNamespaceIsMadeInTheCluster() {
    let made = LeastPrivilege(Self.observed(Self.event("kim", "create", "namespaces", "shop", name: "shop")))
    #expect(
      made.grants.map(\.namespaces) == [nil] && made.grants.flatMap(\.rules).map(\.text) == ["create namespaces (core)"]
    )
    let gone = LeastPrivilege(Self.observed(Self.event("kim", "delete", "namespaces", "shop", name: "shop")))
    #expect(gone.grants.map(\.namespaces) == [["shop"]])
  }

  @Test func whatTheLogDoesNotTellIsSaid() {
    let result = LeastPrivilege(
      Self.observed(
        #"{"stage":"ResponseComplete","verb":"update","user":{"username":"kim"},"objectRef":{"apiGroup":"certificates.k8s.io","resource":"certificatesigningrequests","subresource":"approval","name":"c"},"responseStatus":{"code":200}}"#
          + "\n"
          + #"{"stage":"ResponseComplete","verb":"create","user":{"username":"kim"},"objectRef":{"apiGroup":"rbac.authorization.k8s.io","resource":"clusterroles","name":"c"},"responseStatus":{"code":201}}"#
          + "\n"))
    #expect(result.unproven.map(\.what) == [.signer(verb: "approve"), .writtenRole])
  }

  @Test func anOlderServerTakesWebsocketsAsGet() {
    var options = LeastPrivilege.Options()
    options.minor = 34
    let rules = LeastPrivilege(Self.observed(Self.websocket + "\n"), options: options).grants.flatMap(\.rules)
    #expect(rules.map(\.text) == ["get pods/exec (core) named db-0"])
  }

  @Test func rolesOfTwoSubjectsNeverShareAName() throws {
    let log = [
      "system:serviceaccount:team-a:ci", "system:serviceaccount:team:a-ci", "kim@example.org", "kim.example.org",
    ]
    .enumerated().map { index, user in Self.event(user, "get", "configmaps", "", name: "c\(index)") }.joined()
    let result = LeastPrivilege(Self.observed(log))
    #expect(Set(result.grants.map(\.name)).count == 4)
    #expect(result.refusedByGrants(try Self.applied(result.grants)).isEmpty)
  }

  // MARK: Use

  @Test func rightsAreUsedThroughGroupsAndNotByRefusedRequests() {
    let inventory = AccessTests.inventory(
      AccessTests.role(
        "Role", "r-dev", "[{apiGroups: [''], resources: [pods, secrets], verbs: [get, delete]}]", namespace: "n")
        + AccessTests.bind("r-dev", to: "[{kind: Group, name: devs}]", namespace: "n")
        + AccessTests.role("ClusterRole", "all", "[{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]")
        + AccessTests.bind("all", to: "[{kind: User, name: root}]"))
    func event(_ user: String, _ verb: String, _ status: Int) -> String {
      #"{"stage":"ResponseComplete","verb":"\#(verb)","user":{"username":"\#(user)","groups":["devs","system:authenticated"]},"objectRef":{"resource":"pods","namespace":"n","name":"p"},"responseStatus":{"code":\#(status)}}"#
        + "\n"
    }
    let observed = Self.observed(event("kim", "get", 200) + event("kim", "delete", 403) + event("root", "get", 200))
    let unused = UnusedAccess.unusedRules(inventory, observed)
    let group = unused.first { $0.subject == .group("devs") }
    #expect(group?.rules.map(\.text) == ["delete pods (core)", "get,delete secrets (core)"])
    let root = unused.first { $0.subject == .user("root") }
    #expect(root?.rules.isEmpty == true && root?.partly.flatMap(\.used).map(\.text) == ["get pods (core)"])
    let tightened = UnusedAccess.tightened(inventory, observed)
    #expect(tightened.map(\.subject) == [.group("devs"), .user("root")])
    #expect(tightened.flatMap(\.rules).map(\.text) == ["get pods (core) named p", "get pods (core) named p"])
  }
}
