import Access
import Bytes
import Expressions
import Kube
import TestKit
import Testing

@testable import Admission

/// Requests that a server of release 1.36.2 changed by policies, changed by ours.
@Suite struct MutatingPolicyTests {
  static func withoutTimes(_ object: DocumentNode) -> DocumentNode {
    let plain = CustomResourceTests.withoutTimes(object)
    return DefaultingTests.withoutChoices(plain)
  }

  @Test(.enabled(if: SharedData.isPresent)) func requests() throws {
    let rows = try RecordedRows.read("admission/map.jsonl").filter { $0["kind"]?.string == "request" }
    var equal = 0
    var others: [String] = []
    for row in rows {
      let response = try #require(row["response"])
      guard let node = row["admissionRequests"]?.elements.first else {
        others.append("\(RecordedRows.text(row, "id")): no request")
        continue
      }
      let request = try AdmissionRequest(node)
      let cluster = ValidatingPolicyTests.cluster(row)
      let policies = MutatingPolicies(
        (row["policies"]?.elements ?? []).map { MutatingPolicy($0) },
        (row["bindings"]?.elements ?? []).map { PolicyBinding($0) })
      let outcome = MutationPass.run(
        request, cluster, policies, ValidatingPolicyTests.authorizer(row, request.user),
        subresourceOf: row["existing"]?.elements.first)
      var differences: [String] = []
      if let refusal = outcome.refusal {
        let body = response["body"]
        var recorded = [body]
        for other in row["otherAnswers"]?.elements ?? [] { recorded.append(other["body"]) }
        let own = "\(refusal.status) \(refusal.reason) \(refusal.message) \(refusal.causes.map(\.message).sorted())"
        let theirs = recorded.map { body in
          let causes = (body?[path: "details", "causes"]?.elements ?? []).map { $0["message"]?.string ?? "" }
          return
            "\(body?["code"]?.int ?? 0) \(RecordedRows.text(body, "reason")) \(RecordedRows.text(body, "message")) \(causes.sorted())"
        }
        let isSet = row["orderDependent"]?.bool == true && Int64(refusal.status) == body?["code"]?.int
        if !theirs.contains(own), !isSet { differences.append("\(own) | \(theirs)") }
      } else if let object = response["object"], object["kind"]?.string != "Status" {
        differences = RecordedRows.differences(Self.withoutTimes(outcome.object), Self.withoutTimes(object))
        for other in row["otherAnswers"]?.elements ?? [] {
          if let object = other["object"], Self.withoutTimes(outcome.object) == Self.withoutTimes(object) {
            differences = []
          }
        }
      } else if let message = response["body"]?["message"]?.string, message.hasPrefix("policy ") {
        differences.append("passed | \(message)")
      }
      if differences.isEmpty { equal += 1 } else { others.append("\(RecordedRows.text(row, "id")): \(differences)") }
    }
    RecordedRows.expect("map requests", equal, of: others, count: 53)
  }
}
