import Bytes
import Kube
import TestKit
import Testing
import Validation

@testable import Admission

/// Custom resources that a server of release 1.36.2 took or refused.
@Suite struct CustomResourceTests {
  static func withoutTimes(_ object: DocumentNode) -> DocumentNode {
    var metadata = object["metadata"] ?? [:]
    for key in ["uid", "creationTimestamp", "managedFields", "resourceVersion"] {
      metadata = metadata.setting(key, nil)
    }
    return object.setting("metadata", metadata)
  }

  @Test(.enabled(if: SharedData.isPresent)) func objects() throws {
    let rows = try RecordedRows.read("admission/crd-validation.jsonl").filter { $0["kind"]?.string == "object" }
    var equal = 0
    var others: [String] = []
    for row in rows {
      let definition = try #require(row["crd"].flatMap { CustomResourceDefinition($0) })
      let admission = CustomResourceAdmission(definition)
      let request = try #require(row["request"])
      let path = RecordedRows.text(request, "path")
      var body = request["body"] ?? [:]
      var duplicates: [String] = []
      if let text = body.string {
        body = JSONReader.readStream(Array(text.utf8).span, limits: .standard).documents.first ?? [:]
        duplicates = ["spec.a"]
      }
      var validation = CustomResourceAdmission.FieldValidation.warn
      for mode in [CustomResourceAdmission.FieldValidation.strict, .ignore] where path.hasSuffix("=\(mode.rawValue)") {
        validation = mode
      }
      let existing = row["existing"]
      let isUpdate = request["method"]?.string != "POST"
      if request["method"]?.string == "PATCH", let existing { body = MergePatch.apply(body, to: existing) }
      let outcome = admission.admit(
        body, old: isUpdate ? existing : nil, namespace: "crdt", fieldValidation: validation, duplicates: duplicates)
      let response = try #require(row["response"])
      var differences: [String] = []
      let status = outcome.refusal.map { Int64($0.status) } ?? (isUpdate ? 200 : 201)
      if status != response["status"]?.int { differences.append("status \(status) | \(response["status"]?.int ?? 0)") }
      if outcome.warnings != response["warnings"]?.strings ?? [] {
        differences.append("warnings \(outcome.warnings) | \(response["warnings"]?.strings ?? [])")
      }
      if let refusal = outcome.refusal {
        let body = response["body"]
        let causes = (body?[path: "details", "causes"]?.elements ?? []).map {
          "\(RecordedRows.text($0, "field")): \(RecordedRows.text($0, "reason")): \(RecordedRows.text($0, "message"))"
        }
        let own = refusal.causes.map { "\($0.field): \($0.reason): \($0.message)" }
        if row["causesUnordered"]?.bool == true {
          if causes.sorted() != own.sorted() { differences.append("causes \(own) | \(causes)") }
        } else {
          if causes != own { differences.append("causes \(own) | \(causes)") }
          if refusal.message != body?["message"]?.string {
            differences.append("message \(refusal.message) | \(body?["message"]?.string ?? "")")
          }
        }
      } else if let object = response["object"] {
        differences += RecordedRows.differences(Self.withoutTimes(outcome.object), Self.withoutTimes(object))
      }
      if differences.isEmpty {
        equal += 1
      } else {
        others.append("\(RecordedRows.text(row, "id")): \(differences)")
      }
    }
    RecordedRows.expect("crd-validation objects", equal, of: others, count: 107)
  }

  @Test(.enabled(if: SharedData.isPresent)) func definitions() throws {
    let rows = try RecordedRows.read("admission/crd-validation.jsonl").filter { $0["kind"]?.string == "create-crd" }
    var equal = 0
    var others: [String] = []
    for row in rows {
      let definition = try #require(row["crd"])
      let outcome = try #require(CustomResourceDefinitionLint.check(definition))
      let response = try #require(row["response"])
      var differences: [String] = []
      let status = outcome.refusal.map { Int64($0.status) } ?? 201
      if status != response["status"]?.int { differences.append("status \(status) | \(response["status"]?.int ?? 0)") }
      let body = response["body"]
      let causes = (body?[path: "details", "causes"]?.elements ?? []).map {
        "\(RecordedRows.text($0, "field")): \(RecordedRows.text($0, "reason")): \(RecordedRows.text($0, "message"))"
      }
      let own = (outcome.refusal?.causes ?? []).map { "\($0.field): \($0.reason): \($0.message)" }
      if causes.sorted() != own.sorted() { differences.append("causes \(own) | \(causes)") }
      if row["causesUnordered"]?.bool != true, causes.count < 2,
        outcome.refusal?.message ?? "" != body?["message"]?.string ?? ""
      {
        differences.append("\(outcome.refusal?.message ?? "") | \(body?["message"]?.string ?? "")")
      }
      if differences.isEmpty { equal += 1 } else { others.append("\(RecordedRows.text(row, "id")): \(differences)") }
    }
    RecordedRows.expect("crd-validation definitions", equal, of: others, count: 19)
  }
}
