import Bytes
import Kube
import TestKit
import Testing

@testable import Admission

/// Policies that a server of release 1.36.2 took or refused, and what its type checker said of them.
@Suite struct PolicyLintTests {
  @Test(
    .enabled(if: SharedData.isPresent),
    arguments: [
      ("vap-features", 87, ["vap-refused/expr-073": "the message google.protobuf.Duration is not constructed"]),
      ("map", 13, [:]),
    ] as [(String, Int, [String: String])])
  func creation(_ file: String, _ count: Int, _ known: [String: String]) throws {
    let rows = try RecordedRows.read("admission/\(file).jsonl").filter { $0["kind"]?.string == "create-policy" }
    var equal = 0
    var others: [String] = []
    for row in rows {
      let submitted = try #require(row["submitted"])
      let outcome = try #require(PolicyLint.check(submitted))
      let response = try #require(row["response"])
      var differences: [String] = []
      let status = outcome.refusal.map { Int64($0.status) } ?? 201
      if status != response["status"]?.int { differences.append("status \(status) | \(response["status"]?.int ?? 0)") }
      let body = response["body"]
      if outcome.refusal?.message ?? "" != body?["message"]?.string ?? "" {
        differences.append("\(outcome.refusal?.message ?? "") | \(body?["message"]?.string ?? "")")
      }
      let causes = (body?[path: "details", "causes"]?.elements ?? []).map {
        "\(RecordedRows.text($0, "field")): \(RecordedRows.text($0, "reason")): \(RecordedRows.text($0, "message"))"
      }
      let own = (outcome.refusal?.causes ?? []).map { "\($0.field): \($0.reason): \($0.message)" }
      if causes != own { differences.append("causes \(own) | \(causes)") }
      if let stored = row["stored"], outcome.refusal == nil {
        differences += RecordedRows.differences(outcome.object["spec"] ?? [:], stored["spec"] ?? stored)
      }
      if differences.isEmpty { equal += 1 } else { others.append("\(RecordedRows.text(row, "id")): \(differences)") }
    }
    RecordedRows.expect("\(file), policies made", equal, of: others, count: count, known: known)
  }

  @Test(.enabled(if: SharedData.isPresent)) func typeChecking() throws {
    let rows = try RecordedRows.read("admission/vap-features.jsonl").filter { $0["kind"]?.string == "type-check" }
    // The kind of params that a server of these rows knew beside its own.
    let limit: DocumentNode = [
      "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
      "spec": [
        "group": "oracle.example.com", "names": ["plural": "limits", "kind": "Limit"], "scope": "Namespaced",
        "versions": [
          [
            "name": "v1", "served": true, "storage": true,
            "schema": [
              "openAPIV3Schema": [
                "type": "object",
                "properties": ["spec": ["type": "object", "properties": ["max": ["type": "integer"]]]],
              ]
            ],
          ]
        ],
      ],
    ]
    var checker = PolicyTypeChecker([limit])
    var equal = 0
    var others: [String] = []
    for row in rows {
      let policy = try #require(row["policies"]?.elements.first)
      let own = checker.check(ServerObject.decoded(policy) ?? policy).map { "\($0.field): \($0.text)" }
      let recorded = (row["status"]?[path: "typeChecking", "expressionWarnings"]?.elements ?? []).map {
        "\(RecordedRows.text($0, "fieldRef")): \(RecordedRows.text($0, "warning"))"
      }
      if own == recorded { equal += 1 } else { others.append("\(RecordedRows.text(row, "id")): \(own) | \(recorded)") }
    }
    RecordedRows.expect("type checks", equal, of: others, count: 103)
  }
}
