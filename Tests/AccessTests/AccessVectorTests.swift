import Access
import Bytes
import Findings
import Kube
import TestKit
import Testing

/// The API server's own unit cases, and answers recorded from a real one.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
struct AccessVectorTests {
  static func vectors(_ name: String) throws -> [DocumentNode] {
    try JSONReader.read(SharedData.bytes("posture/k8s-rbac-vectors/\(name).json")).elements
  }

  /// A snapshot from lists of RBAC objects that leave out their kinds.
  static func inventory(_ node: DocumentNode) -> AccessInventory {
    var builder = ClusterSnapshot.Builder()
    for (key, kind) in [
      ("roles", "Role"), ("roleBindings", "RoleBinding"), ("clusterRoles", "ClusterRole"),
      ("clusterRoleBindings", "ClusterRoleBinding"),
    ] {
      let list = Mapping([
        .init(key: "apiVersion", value: DocumentNode(.string("rbac.authorization.k8s.io/v1"))),
        .init(key: "kind", value: DocumentNode(.string(kind + "List"))),
        .init(key: "items", value: node[key] ?? DocumentNode(.array([]))),
      ])
      builder.add(DocumentNode(.object(list)), file: "vectors")
    }
    return AccessInventory(builder.build())
  }

  static func rules(_ node: DocumentNode?) -> [PolicyRule] { (node?.elements ?? []).map { PolicyRule($0) } }

  @Test func theServersOwnCases() throws {
    var compared = 0
    for vector in try Self.vectors("applies-to") {
      let user = Identity(
        user: vector[path: "user", "name"]?.string ?? "", groups: vector[path: "user", "groups"]?.strings ?? [])
      let namespace = vector["namespace"]?.string
      let subjects = (vector["subjects"]?.elements ?? []).map { AccessSubject($0, bindingNamespace: namespace) }
      let index = subjects.firstIndex { $0.map(user.subjects.contains) ?? false }
      #expect(index == (vector["appliesTo"]?.bool == true ? Int(vector["index"]?.int ?? 0) : nil))
      compared += 1
    }
    for vector in try Self.vectors("authorizer") {
      let authorizer = Authorizer(Self.inventory(try #require(vector["objects"])))
      for check in vector["checks"]?.elements ?? [] {
        let request = try #require(AccessRequest(vector: check))
        #expect(authorizer.decide(request).isAllowed == check["allowed"]?.bool, "\(request)")
        compared += 1
      }
    }
    for vector in try Self.vectors("resource-matches") {
      let rule = PolicyRule(verbs: ["get"], resources: vector["ruleResources"]?.strings ?? [])
      let matches = rule.allowsResource(
        vector["combinedRequestedResource"]?.string ?? "", subresource: vector["requestedSubresource"]?.string ?? "")
      #expect(matches == vector["expected"]?.bool, "\(vector["name"]?.string ?? "")")
      compared += 1
    }
    for vector in try Self.vectors("rule-matches") {
      let rule = PolicyRule(try #require(vector["rule"]))
      for check in vector["requests"]?.elements ?? [] {
        let target: AccessRequest.Target =
          check["resourceRequest"]?.bool == true
          ? .resource(
            .init(
              group: check["apiGroup"]?.string ?? "", resource: check["resource"]?.string ?? "",
              subresource: check["subresource"]?.string ?? "", name: check["name"]?.string ?? ""))
          : .path(check["path"]?.string ?? "")
        let request = AccessRequest(
          identity: Identity(user: "u"), verb: check["verb"]?.string ?? "", target: target)
        #expect(rule.allows(request) == check["expected"]?.bool, "\(vector["name"]?.string ?? ""): \(request)")
        compared += 1
      }
    }
    for vector in try Self.vectors("covers") {
      let missing = RuleCoverage.missing(Self.rules(vector["servantRules"]), heldIn: Self.rules(vector["ownerRules"]))
      #expect(missing.isEmpty == vector["expectedCovered"]?.bool, "\(vector["name"]?.string ?? "")")
      #expect(Set(missing) == Set(Self.rules(vector["expectedUncoveredRules"])), "\(vector["name"]?.string ?? "")")
      compared += 1
    }
    for vector in try Self.vectors("nonresource-covers") {
      let held = [PolicyRule(verbs: ["get"], nonResourceURLs: [vector.elements[0].string ?? ""])]
      let wanted = [PolicyRule(verbs: ["get"], nonResourceURLs: [vector.elements[1].string ?? ""])]
      #expect(RuleCoverage.missing(wanted, heldIn: held).isEmpty == vector.elements[2].bool, "\(vector)")
      compared += 1
    }
    for vector in try Self.vectors("rule-resolver") {
      let inventory = Self.inventory(try #require(vector["staticRoles"]))
      let identity = Identity(
        user: vector[path: "user", "name"]?.string ?? "", groups: vector[path: "user", "groups"]?.strings ?? [])
      let rules = inventory.rules(for: identity, namespace: vector["namespace"]?.string ?? "")
      #expect(Set(rules) == Set(Self.rules(vector["effectiveRules"])))
      compared += 1
    }
    for vector in try Self.vectors("subject-locator") {
      let authorizer = Authorizer(Self.inventory(vector))
      for pair in vector["actionsToSubjects"]?.elements ?? [] {
        let action = pair.elements[0].elements.map { $0.string ?? "" }
        let expected = Set(pair.elements[1].elements.compactMap { AccessSubject($0, bindingNamespace: nil) })
        let target = AccessRequest.Resource(
          group: action[4], resource: action[3], subresource: action[6], namespace: action[5])
        var found = Set(
          WhoCan.subjects(verb: action[2], target: .resource(target), authorizer: authorizer).map(\.subject))
        found.insert(.group("system:masters"))
        // The super user of that test's configuration is no RBAC object.
        if let superUser = vector["superUser"]?.string, !superUser.isEmpty { found.insert(.user(superUser)) }
        #expect(found == expected, "\(action)")
        compared += 1
      }
    }
    print("RBAC vectors compared: \(compared)")
    #expect(compared > 150)
  }

  static func recorded() throws -> AccessInventory {
    let stream = DocumentReader.read(try SharedData.bytes("kubernetes-recorded/rbac-objects.json"))
    var builder = ClusterSnapshot.Builder()
    for document in stream.documents { builder.add(document, file: "recorded") }
    return AccessInventory(builder.build())
  }

  @Test func recordedReviews() throws {
    let authorizer = Authorizer(try Self.recorded())
    var compared = 0
    for record in JSONReader.readStream(try SharedData.bytes("kubernetes-recorded/rbac-sar.jsonl")).documents {
      let identity = Identity(user: record["user"]?.string ?? "", groups: record["groups"]?.strings ?? [])
      let request: AccessRequest
      if let attributes = record["resourceAttributes"] {
        request = AccessRequest(
          identity: identity, verb: attributes["verb"]?.string ?? "",
          target: .resource(
            .init(
              group: attributes["group"]?.string ?? "", resource: attributes["resource"]?.string ?? "",
              subresource: attributes["subresource"]?.string ?? "", namespace: attributes["namespace"]?.string ?? "",
              name: attributes["name"]?.string ?? "")))
      } else {
        request = AccessRequest(
          identity: identity, verb: record[path: "nonResourceAttributes", "verb"]?.string ?? "",
          target: .path(record[path: "nonResourceAttributes", "path"]?.string ?? ""))
      }
      let verdict = authorizer.decide(request)
      #expect(verdict.isAllowed == record["allowed"]?.bool, "\(request)")
      if verdict.isAllowed {
        let reasons = authorizer.grants(request).map { authorizer.reason(.allowed($0)) }
        #expect(reasons.contains(record["reason"]?.string ?? ""), "\(request): \(reasons)")
      }
      compared += 1
    }
    print("recorded reviews compared: \(compared)")
    #expect(compared == 2000)
  }

  @Test func recordedEscalationAttempts() throws {
    let root = try JSONReader.read(SharedData.bytes("kubernetes-recorded/rbac-escalation.json"))
    var builder = ClusterSnapshot.Builder()
    for object in root["objects"]?.elements ?? [] { builder.add(object, file: "recorded") }
    let check = EscalationCheck(Authorizer(AccessInventory(builder.build())))
    var compared = 0
    for attempt in root["cases"]?.elements ?? [] {
      let object = try #require(attempt["object"].flatMap { KubeObject($0, file: "attempt") })
      let outcome = check.write(object, by: Identity(user: attempt["user"]?.string ?? ""))
      let status = attempt["status"]?.int
      switch outcome {
      case .allowed: #expect(status == 201, "\(attempt["user"]?.string ?? "") \(object.subject.text)")
      case .forbidden(let missing):
        #expect(status == 403, "\(attempt["user"]?.string ?? "") \(object.subject.text)")
        #expect(!missing.isEmpty)
      case .roleNotFound: #expect(status == 404)
      }
      compared += 1
    }
    print("escalation attempts compared: \(compared)")
    #expect(compared == 120)
  }
}

extension AccessRequest {
  /// A recorded check: `{"user", "groups", "verb", "apiGroup", "resource", "subresource", "namespace", "name"}`, or with `path`.
  fileprivate init?(vector node: DocumentNode) {
    guard let user = node["user"]?.string, let verb = node["verb"]?.string else { return nil }
    let identity = node["groups"].map { Identity(user: user, groups: $0.strings) } ?? Identity(user: user)
    if let path = node["path"]?.string {
      self.init(identity: identity, verb: verb, target: .path(path))
      return
    }
    guard let word = node["resource"]?.string else { return nil }
    let parts = word.split(separator: "/", maxSplits: 1).map(String.init)
    self.init(
      identity: identity, verb: verb,
      target: .resource(
        Resource(
          group: node["apiGroup"]?.string ?? "", resource: parts.count == 2 ? parts[0] : word,
          subresource: node["subresource"]?.string ?? (parts.count == 2 ? parts[1] : ""),
          namespace: node["namespace"]?.string ?? "", name: node["name"]?.string ?? "")))
  }
}
