import Access
import Bytes
import Expressions
import Kube
import TestKit
import Testing

@testable import Admission

/// The published policies of Kubescape: their own tests, and what a real server said of objects by them.
@Suite struct KubescapePolicyTests {
  static let folder = "posture/kubescape-cel-admission/"

  static func documents(_ path: String) throws -> [DocumentNode] {
    DocumentReader.read(try SharedData.bytes(folder + path)).documents
  }

  static func controls() -> [String] {
    let files = SharedData.files(folder + "controls").filter { $0.hasSuffix("policy.yaml") }
    return files.compactMap { path in
      path.split(separator: "/").dropLast().last.map(String.init)
    }.sorted()
  }

  static func authorizer(_ user: AdmissionRequest.User) -> ClusterAuthorizer {
    ClusterAuthorizer(Authorizer(AccessInventory(ClusterSnapshot.Builder().build())), user: user)
  }

  static let user = AdmissionRequest.User(name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"])

  /// `spec.containers.[0].image=nginx`
  static func changed(_ node: DocumentNode, _ path: ArraySlice<Substring>, _ value: DocumentNode) -> DocumentNode {
    guard let first = path.first else { return value }
    let rest = path.dropFirst()
    if first.hasPrefix("["), let index = Int(first.dropFirst().dropLast()) {
      var items = node.elements
      while items.count <= index { items.append([:]) }
      items[index] = changed(items[index], rest, value)
      return DocumentNode(.array(items))
    }
    let key = String(first)
    return node.setting(key, changed(node[key] ?? [:], rest, value))
  }

  static func applying(_ changes: [String], to object: DocumentNode) -> DocumentNode {
    changes.reduce(object) { object, change in
      guard let equals = change.firstIndex(of: "=") else { return object }
      let text = String(change[change.index(after: equals)...])
      let value = DocumentReader.read(Array(text.utf8)).documents.first ?? DocumentNode(.string(text))
      return changed(object, change[..<equals].split(separator: ".")[...], value)
    }
  }

  @Test(.enabled(if: SharedData.isPresent)) func ownTests() throws {
    var equal = 0
    var others: [String] = []
    let definition = try Self.documents("configuration/policy-configuration-definition.yaml")
    let authorizer = Self.authorizer(Self.user)
    var read: [String: DocumentNode] = [:]
    func resource(_ name: String) throws -> DocumentNode {
      if let known = read[name] { return known }
      let document = try #require(try Self.documents("test-resources/" + name).first)
      read[name] = document
      return document
    }
    for control in Self.controls() {
      let source = try #require(try Self.documents("controls/\(control)/policy.yaml").first)
      let policy = ValidatingPolicy(source)
      let tests = try #require(try Self.documents("controls/\(control)/tests.json").first?.array)
      for test in tests {
        let template = try resource(RecordedRows.text(test, "template"))
        let object = Self.applying(test["field_change_list"]?.strings ?? [], to: template)
        let param = try resource(test["param_template"]?.string ?? "default-control-configuration.yaml")
        let binding = try resource(test["binding_template"]?.string ?? "policy-binding.yaml")
        let policies = ValidatingPolicies(
          [policy], [PolicyBinding(binding.setting(path: ["spec", "policyName"], DocumentNode(.string(policy.name))))])
        let cluster = AdmissionCluster(definition + [param], ignorance: "a test")
        var request = try #require(
          RecordedRows.creation(
            object, namespace: object[path: "metadata", "namespace"]?.string ?? "default", user: Self.user,
            cluster.resources))
        request.object = ObjectCreation.run(request, cluster).object
        let report = policies.validate(request, cluster, authorizer)
        let verdict = !report.denials.isEmpty ? "fail" : report.warnings.isEmpty ? "pass" : "warn"
        if verdict == test["expected"]?.string, report.notEvaluated.isEmpty {
          equal += 1
        } else {
          others.append(
            "\(control) \(RecordedRows.text(test, "name")): \(verdict), not \(RecordedRows.text(test, "expected")); \(report.violations.map(\.message)) \(report.notEvaluated)"
          )
        }
      }
    }
    RecordedRows.expect("Kubescape's tests", equal, of: others, count: 628)
  }

  @Test(.enabled(if: SharedData.isPresent)) func realWorld() throws {
    let definition = try Self.documents("configuration/policy-configuration-definition.yaml")
    let param = try Self.documents("configuration/basic-control-configuration.yaml")
    let cluster = AdmissionCluster(definition + param, ignorance: "a test")
    let policies = try Self.controls().map {
      ValidatingPolicy(try #require(try Self.documents("controls/\($0)/policy.yaml").first))
    }
    let bindings = policies.map { policy -> PolicyBinding in
      PolicyBinding([
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": ["name": DocumentNode(.string(policy.name))],
        "spec": [
          "policyName": DocumentNode(.string(policy.name)), "validationActions": ["Warn"],
          "paramRef": ["name": "basic-control-configuration", "parameterNotFoundAction": "Deny"],
        ],
      ])
    }
    let all = ValidatingPolicies(policies, bindings)
    let authorizer = Self.authorizer(Self.user)
    var equal = 0
    var evaluations = 0
    var others: [String] = []
    for row in try RecordedRows.read("vap-kubescape-real-world.jsonl") {
      guard let object = row["object"] else { continue }
      let request = try #require(
        RecordedRows.creation(
          object, namespace: object[path: "metadata", "namespace"]?.string ?? "", user: Self.user, cluster.resources))
      let report = all.validate(request, cluster, authorizer)
      evaluations += report.evaluations
      var found: [String: Set<String>] = [:]
      for violation in report.violations { found[violation.policy, default: []].insert(violation.message) }
      var recorded: [String: Set<String>] = [:]
      for entry in row["violations"]?.entries ?? [] { recorded[entry.key] = Set(entry.value.strings) }
      if found == recorded, report.notEvaluated.isEmpty {
        equal += 1
      } else {
        let names = Set(found.keys).union(recorded.keys).filter { found[$0] != recorded[$0] }
        others.append(
          "\(RecordedRows.text(row, "kind")) \(RecordedRows.text(row, "name")): \(names.map { "\($0) \(found[$0] ?? []) | \(recorded[$0] ?? [])" }) \(report.notEvaluated)"
        )
      }
    }
    RecordedRows.expect("Kubescape's policies on real objects", equal, of: others, count: 156)
  }
}
