import Access
import Bytes
import Expressions
import Kube
import TestKit
import Testing

@testable import Admission

/// Requests that a server of release 1.36.2 judged by policies, judged by ours.
@Suite struct ValidatingPolicyTests {
  /// The cluster of a row.
  static func cluster(_ row: DocumentNode) -> AdmissionCluster {
    var objects = row["params"]?.elements ?? []
    objects += row["existing"]?.elements ?? []
    objects += row["crds"]?.elements ?? []
    objects += row["rbac"]?.elements ?? []
    if let namespace = row["namespace"] { objects.append(namespace) }
    objects.append([
      "apiVersion": "v1", "kind": "Namespace",
      "metadata": ["name": "default", "labels": ["kubernetes.io/metadata.name": "default"]],
    ])
    // Kinds that the row has params of.
    for param in row["params"]?.elements ?? [] {
      guard let apiVersion = param["apiVersion"]?.string, let kind = param["kind"]?.string,
        APITypes.type(apiVersion: apiVersion, kind: kind) == nil,
        !(row["crds"]?.elements.contains { $0[path: "spec", "names", "kind"]?.string == kind } ?? false)
      else { continue }
      let (group, version) = APIResource.split(apiVersion: apiVersion)
      let plural = DocumentNode(.string(kind.lowercased() + "s"))
      objects.append([
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "spec": [
          "group": DocumentNode(.string(group)), "names": ["plural": plural, "kind": DocumentNode(.string(kind))],
          "scope": param[path: "metadata", "namespace"] == nil ? "Cluster" : "Namespaced",
          "versions": [["name": DocumentNode(.string(version)), "served": true, "storage": true]],
        ],
      ])
    }
    return AdmissionCluster(objects)
  }

  static func authorizer(_ row: DocumentNode, _ user: AdmissionRequest.User) -> ClusterAuthorizer {
    var builder = ClusterSnapshot.Builder()
    for object in row["rbac"]?.elements ?? [] { builder.add(object, file: "rbac") }
    return ClusterAuthorizer(Authorizer(AccessInventory(builder.build())), user: user)
  }

  static func policies(_ row: DocumentNode) -> ValidatingPolicies {
    ValidatingPolicies(
      (row["policies"]?.elements ?? []).map { ValidatingPolicy($0) },
      (row["bindings"]?.elements ?? []).map { PolicyBinding($0) })
  }

  struct Answer {
    var status: Int64 = 0
    var message = ""
    var reason = ""
    var causes: [String] = []
    var warnings: [String] = []
    var annotations: [String: String] = [:]
    var isDenial = false

    init() {}

    init(recorded node: DocumentNode?) {
      status = node?["status"]?.int ?? 0
      let body = node?["body"]
      message = body?["message"]?.string ?? ""
      reason = body?["reason"]?.string ?? ""
      causes = (body?[path: "details", "causes"]?.elements ?? []).map { $0["message"]?.string ?? "" }
      warnings = node?["warnings"]?.strings ?? []
      annotations = node?["auditAnnotations"]?.stringMap ?? [:]
    }

    func differences(_ recorded: Answer) -> [String] {
      var list: [String] = []
      if status != recorded.status { list.append("status \(status) | \(recorded.status)") }
      // What the server says against a request that policies let through is not theirs.
      if !isDenial {
        if recorded.message.contains("AdmissionPolicy") { list.append("no denial | \(recorded.message)") }
      } else if message != recorded.message {
        list.append("message \(message) | \(recorded.message)")
      }
      if isDenial, reason != recorded.reason { list.append("reason \(reason) | \(recorded.reason)") }
      if isDenial, causes != recorded.causes { list.append("causes \(causes) | \(recorded.causes)") }
      if warnings.sorted() != recorded.warnings.sorted() { list.append("warnings \(warnings) | \(recorded.warnings)") }
      if annotations != recorded.annotations { list.append("annotations \(annotations) | \(recorded.annotations)") }
      return list
    }
  }

  static func answer(_ row: DocumentNode, denial: Int = 0) throws -> Answer {
    var answer = Answer()
    answer.status = row["withoutPolicies"]?["status"]?.int ?? 0
    for node in row["admissionRequests"]?.elements ?? [] {
      let request = try AdmissionRequest(node)
      let cluster = cluster(row)
      let report = policies(row).validate(request, cluster, authorizer(row, request.user))
      var recorder = WarningRecorder()
      for warning in report.warnings { recorder.add(warning) }
      answer.warnings += recorder.warnings
      for annotation in report.auditAnnotations { answer.annotations[annotation.key] = annotation.value }
      if request.kind.kind == "Pod", request.subresource.isEmpty,
        request.operation == .create || request.operation == .update
      {
        answer.annotations["pod-security.kubernetes.io/enforce-policy"] = "privileged:latest"
      }
      let denials = report.denials
      if denials.indices.contains(denial) {
        let refusal = PolicyReport.refusal(denials[denial], request)
        answer.isDenial = true
        answer.status = Int64(refusal.status)
        answer.message = refusal.message
        answer.reason = refusal.reason
        answer.causes = refusal.causes.map(\.message)
        break
      }
    }
    return answer
  }

  @Test(.enabled(if: SharedData.isPresent)) func requests() throws {
    let rows = try RecordedRows.read("admission/vap-features.jsonl").filter { $0["kind"]?.string == "request" }
    var equal = 0
    var others: [String] = []
    for row in rows {
      var differences: [String] = []
      var isEqual = false
      let recorded =
        [Answer(recorded: row["response"])] + (row["otherAnswers"]?.elements ?? []).map { Answer(recorded: $0) }
      let count = row["orderDependent"]?.bool == true ? 8 : 1
      for denial in 0..<count {
        let answer = try Self.answer(row, denial: denial)
        let found = recorded.map { answer.differences($0) }
        if found.contains([]) { isEqual = true }
        if denial == 0 { differences = found[0] }
      }
      if isEqual {
        equal += 1
      } else {
        others.append("\(RecordedRows.text(row, "id")): \(differences)")
      }
    }
    RecordedRows.expect(
      "vap-features requests", equal, of: others, count: 170,
      known: ["vap/req-fields2/5": "the server draws the generated name"])
  }
}
